"""The three catalogues and the lists that fill them: one table for pages, import and links."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from standpipe.catalog import actions as catalog
from standpipe.catalog.models import Item, SalesTax, Terms
from standpipe.quickbooks.lists.models import ListKind

from . import mapping
from .mapping import LINE_TYPES, TAX_TYPES, TERMS_TYPES, Surroundings

Record = Item | Terms | SalesTax


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    key: str  # in addresses
    model: type[Item] | type[Terms] | type[SalesTax]
    noun: str  # the field of CatalogLink
    word: str  # of one
    words: str  # of many
    kind: ListKind
    types: tuple[str, ...]  # of entries that may become one
    fields: Callable[..., dict[str, Any]]  # (entry, *, around)
    new: Callable[..., Any]  # an unsaved record of these fields
    link_words: str  # the button


TARGETS: Mapping[str, Target] = {
    target.key: target
    for target in (
        Target(
            key="items",
            model=Item,
            noun="item",
            word="item",
            words="items",
            kind=ListKind.ITEMS,
            types=LINE_TYPES,
            fields=mapping.item,
            new=catalog.new_item,
            link_words="Link QuickBooks Item",
        ),
        Target(
            key="terms",
            model=Terms,
            noun="terms",
            word="terms",
            words="terms",
            kind=ListKind.TERMS,
            types=TERMS_TYPES,
            fields=mapping.terms,
            new=catalog.new_terms,
            link_words="Link QuickBooks Terms",
        ),
        Target(
            key="sales-taxes",
            model=SalesTax,
            noun="sales_tax",
            word="sales tax",
            words="sales taxes",
            kind=ListKind.ITEMS,
            types=TAX_TYPES,
            fields=mapping.sales_tax,
            new=catalog.new_sales_tax,
            link_words="Link QuickBooks Sales Tax",
        ),
    )
}


def target_of(record: Record) -> Target:
    return next(target for target in TARGETS.values() if isinstance(record, target.model))


__all__ = ["TARGETS", "Record", "Surroundings", "Target", "target_of"]
