"""The currency of a transaction: that of its customer, which is the home currency when the customer names none."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qbsim.company import Company

# The customers whose currency is one of some; to be completed by as many places.
WITHIN = (
    "customer_id IN (SELECT list_id FROM customers"
    " WHERE coalesce(json_extract(details, '$.CurrencyRef'), ?) IN ({places}))"
)

_HOME = "json_extract(details, '$.CurrencyCode') = 'USD'"  # these are books of the US edition


def home(company: "Company") -> str | None:
    """Return the ListID of the home currency, None in books without any."""
    named = company.preferences().get("MultiCurrencyPreferences", {}).get("HomeCurrencyRef")
    if named:
        return str(named["ListID"])
    found = next(company.lists.select(("Currency",), _HOME, ()), None)
    return None if found is None else found.list_id


def of_customer(company: "Company", list_id: str) -> str | None:
    """Return the ListID of the currency in which a customer is invoiced and pays."""
    return company.customer(list_id)["CurrencyRef"] or home(company)
