"""Every kind of list element besides customers: which name space it lives in and what it may hold.

Pure data, derived from the declarations of the answers (qbXML reference 13.0).
"""

from dataclasses import dataclass
from functools import cached_property

from qbsim.declarations import Element, Particle, elements
from qbsim.fields import Fields
from qbsim.messages.items import ITEM_RETS
from qbsim.messages.lists import LIST_RETS, QUIET_LISTS

# Kinds that share one name space with others; each other kind has its own (QuickBooks Desktop help, "Lists").
_SPACES = {
    **dict.fromkeys(ITEM_RETS, "Item"),
    "StandardTerms": "Terms",
    "DateDrivenTerms": "Terms",
    "Vendor": "Entity",
    "Employee": "Entity",
    "OtherName": "Entity",
}

# What QuickBooks merges (qbXML reference 13.0, ListMergeType), besides customers.
MERGEABLE = frozenset(
    {
        "Account",
        "Class",
        "ItemDiscount",
        "ItemGroup",
        "ItemInventory",
        "ItemNonInventory",
        "ItemOtherCharge",
        "ItemPayment",
        "ItemSalesTax",
        "ItemSalesTaxGroup",
        "ItemService",
        "ItemSubtotal",
        "Vendor",
    }
)


@dataclass(frozen=True)
class ListKind:
    """One kind, under QuickBooks' own name for it."""

    name: str
    space: str
    declared: tuple[Particle, ...]

    @cached_property
    def fields(self) -> Fields:
        return Fields(self.declared)

    @cached_property
    def max_name(self) -> int:
        return self._element("Name").max_length or 31

    @cached_property
    def max_full_name(self) -> int:
        return self._element("FullName").max_length or 159 if self.has_levels else self.max_name

    @cached_property
    def has_levels(self) -> bool:
        """Flat lists have no parents, and no FullName either."""
        return any(element.tag == "ParentRef" for element in elements(self.declared))

    def _element(self, tag: str) -> Element:
        return next(element for element in elements(self.declared) if element.tag == tag)


KINDS: dict[str, ListKind] = {
    name: ListKind(name, _SPACES.get(name, name), declared)
    for name, declared in {**ITEM_RETS, **LIST_RETS, **QUIET_LISTS}.items()
}
