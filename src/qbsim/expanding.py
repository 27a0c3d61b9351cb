"""Turns what the company file keeps into what an answer says: references with their names, nothing of features
that are off."""

from typing import TYPE_CHECKING, Any

from qbsim.features import switched_off
from qbsim.references import KINDS_OF

if TYPE_CHECKING:
    from qbsim.company import Company

# Parts of a customer that refer to nothing. They make up most of a big list, and walking them a tenth of the time.
_PLAIN = frozenset(
    {
        "AdditionalContactRef",
        "AdditionalNotesRet",
        "BillAddress",
        "BillAddressBlock",
        "ContactsRet",
        "CreditCardInfo",
        "ShipAddress",
        "ShipAddressBlock",
        "ShipToAddress",
    }
)


class Expander:
    """For one answer: each name is looked up once."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._hidden = switched_off(company)
        self._names: dict[str, str] = {}

    def __call__(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values with every bare ListID below a reference's name as {ListID, FullName}."""
        return {tag: self._value(tag, value) for tag, value in values.items() if tag not in self._hidden}

    def hides(self, tag: str) -> bool:
        """Whether an element is missing in answers because its feature is off."""
        return tag in self._hidden

    def reference(self, list_id: str) -> dict[str, str]:
        if list_id not in self._names:
            self._names[list_id] = self._company.name_of(list_id)
        return {"ListID": list_id, "FullName": self._names[list_id]}

    def _value(self, tag: str, value: Any) -> Any:
        if tag in _PLAIN:
            return value
        if isinstance(value, dict):
            return self(value)
        if isinstance(value, list):
            return [self._value(tag, each) for each in value]
        return self.reference(value) if tag in KINDS_OF and isinstance(value, str) else value
