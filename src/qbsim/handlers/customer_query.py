"""Answers CustomerQuery; see list_query for what all lists share."""

from collections.abc import Iterable
from typing import Any

from qbsim.answering import Asked
from qbsim.company import Company
from qbsim.customers import Customer, printed_block
from qbsim.handlers.list_query import Part, Source, answering, in_currency, of_class
from qbsim.messages.customer import CUSTOMER_RET
from qbsim.wiretext import amount_text, cents

_OPERATORS = {
    "LessThan": "<",
    "LessThanEqual": "<=",
    "Equal": "=",
    "GreaterThan": ">",
    "GreaterThanEqual": ">=",
}


def _balanced(asked: Asked) -> Iterable[Part]:
    operator = asked.text("TotalBalanceFilter/Operator")
    if operator is not None:
        yield f"total_cents {_OPERATORS[operator]} ?", (cents(asked.text("TotalBalanceFilter/Amount") or "0"),)


def _values(company: Company, customer: Customer) -> dict[str, Any]:
    """Return the balances and the addresses as printed; a card's number shows to whom it may only."""
    values: dict[str, Any] = {
        "Balance": amount_text(customer.balance_cents),
        "TotalBalance": amount_text(customer.total_cents),
    }
    for form in ("BillAddress", "ShipAddress"):
        if customer[form] and not customer[f"{form}Block"]:
            values[f"{form}Block"] = printed_block(customer[form])
    card = customer["CreditCardInfo"]
    if card and not company.is_on("CurrentAppAccessRights.IsPersonalDataAccessAllowed"):
        values["CreditCardInfo"] = card | {"CreditCardNumber": _masked(card.get("CreditCardNumber", ""))}
    return values


def _masked(number: str) -> str:
    return "x" * (len(number) - 4) + number[-4:]


CUSTOMERS = Source(
    select=lambda company, where, values, limit: company.select_customers(where, values, limit=limit),
    count=lambda company, where, values: company.count_customers(where, values),
    ret=lambda _: ("CustomerRet", CUSTOMER_RET),
    values=_values,
    filters=(_balanced, in_currency, of_class),
)

HANDLERS = {"CustomerQueryRq": answering(CUSTOMERS)}
