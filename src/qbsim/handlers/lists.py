"""Answers the queries of accounts, items and all the smaller lists."""

from collections.abc import Iterable
from typing import Any

from qbsim.answering import Asked
from qbsim.company import Company
from qbsim.handlers.list_query import Part, Source, answering, in_currency, of_class
from qbsim.list_kinds import KINDS
from qbsim.lists import ListElement
from qbsim.messages.items import ITEM_RETS
from qbsim.wiretext import amount_text, cents


def _said(_company: Company, _element: ListElement) -> dict[str, Any]:
    """Return nothing more than the details: most lists compute nothing."""
    return {}


def _balances(company: Company, account: ListElement) -> dict[str, Any]:
    """Return what stands on an account, alone and with those below it."""
    own = _cents_on(company, account)
    below = (company.lists.get(each) for each in company.lists.family(account.list_id)[1:])
    total = own + sum(_cents_on(company, each) for each in below)
    return {"Balance": amount_text(own), "TotalBalance": amount_text(total)}


def _cents_on(company: Company, account: ListElement) -> int:
    """What customers owe stands on the account for it; other accounts keep what they were opened with."""
    if account["SpecialAccountType"] == "AccountsReceivable":
        return int(company.db.execute("SELECT coalesce(sum(balance_cents), 0) FROM customers").fetchone()[0])
    return cents(account["Balance"] or "0")


def _one_of(asked: Asked, element: str) -> Iterable[Part]:
    """Keep those with one of the asked values, such as two AccountTypes."""
    wanted = asked.texts(element)
    if wanted:
        yield f"json_extract(details, '$.{element}') IN ({', '.join('?' * len(wanted))})", wanted


def _of_account_type(asked: Asked) -> Iterable[Part]:
    yield from _one_of(asked, "AccountType")


def _of_payment_type(asked: Asked) -> Iterable[Part]:
    yield from _one_of(asked, "PaymentMethodType")


def _source(*kinds: str, **particular: Any) -> Source:
    return Source(
        select=lambda company, where, values, limit: company.lists.select(kinds, where, values, limit=limit),
        count=lambda company, where, values: company.lists.count(kinds, where, values),
        ret=lambda element: (f"{element.kind}Ret", KINDS[element.kind].declared),  # type: ignore[union-attr]  # list elements only
        **({"values": _said} | particular),
    )


ITEMS = _source(*ITEM_RETS)

SOURCES = {
    "CustomerTypeQueryRq": _source("CustomerType"),
    "StandardTermsQueryRq": _source("StandardTerms"),
    "DateDrivenTermsQueryRq": _source("DateDrivenTerms"),
    "TermsQueryRq": _source("StandardTerms", "DateDrivenTerms"),
    "AccountQueryRq": _source("Account", values=_balances, filters=(_of_account_type, in_currency)),
    "PaymentMethodQueryRq": _source("PaymentMethod", filters=(_of_payment_type,)),
    "SalesTaxCodeQueryRq": _source("SalesTaxCode"),
    "ClassQueryRq": _source("Class"),
    "TemplateQueryRq": _source("Template", is_filtered=False),
    "ItemQueryRq": ITEMS,
    **{f"{kind}QueryRq": _source(kind, filters=(of_class,)) for kind in ITEM_RETS},
}

HANDLERS = {tag: answering(source) for tag, source in SOURCES.items()}
