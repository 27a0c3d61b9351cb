"""How invoices and payments of one company file are posted: what a person chose, kept in ``Connection.settings``.

Entries of QuickBooks' lists are named by ListID; "" stands for "nothing chosen". Whether a choice still holds is
asked of the copied lists: ``setting_checks.problems_of_settings``. A new connection has the defaults below.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Literal, Self

from standpipe.payments.models import Method
from standpipe.quickbooks.connections.models import Connection

KEY = "posting"  # in Connection.settings

PostTo = Literal["job", "customer"]
TaxAs = Literal["quickbooks", "line"]
BillTo = Literal["quickbooks", "ours"]


@dataclass(frozen=True, slots=True)
class MethodSetting:
    """What a payment method is called in QuickBooks, and where its money goes. ListIDs; "": not chosen."""

    payment_method: str = ""
    deposit_account: str = ""  # "": QuickBooks' own preference decides

    def to_json(self) -> dict[str, str]:
        return {"payment_method": self.payment_method, "deposit_account": self.deposit_account}


def _no_methods() -> Mapping[str, MethodSetting]:
    return {method.value: MethodSetting() for method in Method}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingSettings:
    default_item: str = ""  # for lines whose item is not from QuickBooks (requirement 52)
    post_to: PostTo = "job"  # a building's job under its account's customer, or that customer (design 3.6)
    tax_as: TaxAs = "quickbooks"  # QuickBooks' sales tax item and codes, or a line with ``tax_line_item``
    tax_line_item: str = ""
    taxable_code: str = ""
    nontaxable_code: str = ""
    methods: Mapping[str, MethodSetting] = field(default_factory=_no_methods)  # by payments.models.Method, all four
    leave_out_before: date | None = None  # the answer to "Leave out invoices dated before …?"
    first_send_asked: bool = False  # that question was answered; it is asked once
    bill_to: BillTo = "quickbooks"  # whose billing address an invoice bears
    notify: tuple[str, ...] = ()  # ids of the people who get e-mails

    def to_json(self) -> dict[str, Any]:
        """As stored, and as the API shows it."""
        return {
            **{one.name: getattr(self, one.name) for one in fields(self)},
            "methods": {key: method.to_json() for key, method in self.methods.items()},
            "leave_out_before": self.leave_out_before.isoformat() if self.leave_out_before else None,
            "notify": list(self.notify),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What is stored, with defaults for what is not."""
        known = {one.name: stored[one.name] for one in fields(cls) if one.name in stored}
        said = known.get("methods", {})
        before = known.get("leave_out_before")
        return cls(
            **known
            | {
                "methods": {key: MethodSetting(**said.get(key, {})) for key in Method.values},
                "leave_out_before": date.fromisoformat(before) if before else None,
                "notify": tuple(known.get("notify", ())),
            }
        )

    def method(self, method: str) -> MethodSetting:
        return self.methods.get(method, MethodSetting())

    def with_method(self, method: str, **changes: str) -> Self:
        """The same with one method's ``payment_method`` or ``deposit_account`` changed."""
        return replace(self, methods={**self.methods, method: replace(self.method(method), **changes)})


def settings_of(connection: Connection) -> PostingSettings:
    """No query: they stand in the connection's row."""
    return PostingSettings.from_json(connection.settings.get(KEY, {}))
