"""What programs send. What they receive is made by each noun's ``as_json``, so that pages and API cannot differ."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints, field_validator

from standpipe.core.addresses import MAX_LINES, Address
from standpipe.core.text import is_storable

Text = Annotated[str, StringConstraints(max_length=255)]
Name = Annotated[str, StringConstraints(max_length=255)]
Role = Literal["report", "proposal", "backflow", "billing", "scheduling", "owner"]


class Input(Schema):
    """An unknown field is refused by name: a misspelt one must not vanish without a word.

    So is a text that no database takes, where only an id or a name is looked up by it too.
    """

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="after")
    @classmethod
    def _can_be_stored(cls, value: Any) -> Any:
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and not is_storable(text):
                raise ValueError("This text holds a sign that cannot be stored. Delete it.")
        return value

    def changes(self) -> dict[str, Any]:
        """Only what was sent; addresses as :class:`Address`."""
        return {
            name: value.to_address() if isinstance(value := getattr(self, name), AddressIn) else value
            for name in self.model_fields_set
        }


class AddressIn(Input):
    lines: Annotated[list[Text], Field(max_length=MAX_LINES)] = []
    city: Text = ""
    state: Text = ""
    postal_code: Text = ""
    country: Text = ""
    note: Text = ""

    def to_address(self) -> Address:
        return Address.from_json(self.model_dump())


class AccountIn(Input):
    name: Name
    billing_address: AddressIn = AddressIn()


class AccountPatch(Input):
    name: Name = ""
    billing_address: AddressIn = AddressIn()
    archived: bool = False


class BuildingIn(Input):
    name: Name
    billing_address: AddressIn = AddressIn()
    physical_address: AddressIn = AddressIn()
    account_id: str | None = None


class BuildingPatch(Input):
    name: Name = ""
    billing_address: AddressIn = AddressIn()
    physical_address: AddressIn = AddressIn()
    account_id: str | None = None
    archived: bool = False


class PlaceIn(Input):
    """Exactly one of the two ids."""

    account_id: str | None = None
    building_id: str | None = None
    roles: list[Role] = []


class ContactIn(Input):
    name: Name
    email: Annotated[str, StringConstraints(max_length=1023)] = ""
    phone: Annotated[str, StringConstraints(max_length=60)] = ""
    cell_phone: Annotated[str, StringConstraints(max_length=60)] = ""
    address: AddressIn = AddressIn()
    places: list[PlaceIn] = []


class ContactPatch(ContactIn):
    name: Name = ""
    archived: bool = False


class ConnectionIn(Input):
    name: Annotated[str, StringConstraints(max_length=150)]


ListID = Annotated[str, StringConstraints(max_length=36)]


class MethodPatch(Input):
    """ListIDs; an empty one chooses nothing."""

    payment_method: ListID = ""
    deposit_account: ListID = ""


class PostingPatch(Input):
    """How invoices and payments are posted; entries of QuickBooks' lists by ListID."""

    default_item: ListID = ""
    post_to: Literal["job", "customer"] = "job"
    tax_as: Literal["quickbooks", "line"] = "quickbooks"
    tax_line_item: ListID = ""
    taxable_code: ListID = ""
    nontaxable_code: ListID = ""
    methods: dict[Literal["credit_card", "ach_echeck", "check", "cash"], MethodPatch] = {}
    leave_out_before: date | None = None
    bill_to: Literal["quickbooks", "ours"] = "quickbooks"
    notify: list[str] = []

    def changes(self) -> dict[str, Any]:
        said = super().changes()
        if "methods" in said:
            said["methods"] = {key: method.changes() for key, method in said["methods"].items()}
        return said


class NumberingPatch(Input):
    prefix: Annotated[str, StringConstraints(max_length=8)] = ""
    next_number: Annotated[int, Field(ge=1)] = 1


class SettingsPatch(Input):
    name: Annotated[str, StringConstraints(max_length=150)] = ""
    poll_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    posting: PostingPatch = PostingPatch()
    invoice_numbering: NumberingPatch = NumberingPatch()


ShortListName = Literal["items", "terms", "payment_methods", "sales_tax_codes", "accounts", "preferences"]


class RefreshIn(Input):
    """Customers are one list; the others are short and are always read together."""

    lists: Annotated[list[Literal["customers"] | ShortListName], Field(min_length=1)] = ["customers"]
    full: bool = False


class CustomerFilter(Input):
    """The filter of the customer list, to import everything that matches."""

    search: str = ""
    kind: Literal["customer", "job"] | None = None
    active: Literal["true", "false", "all"] = "true"
    status: Literal["available", "imported", "linked", "deleted"] | None = None


class LinkIn(Input):
    """``seen``: the ListID that the record was linked to when you looked, ``""`` for none; 409 where it is another
    one by now.
    """

    connection_id: str
    list_id: Annotated[str, StringConstraints(max_length=36)]
    seen: Annotated[str, StringConstraints(max_length=36)] | None = None


class DecideIn(Input):
    """Names of fields as the drift of the record has them. ``seen``: their ``in_quickbooks`` when you looked, by
    name; 409 where QuickBooks says something else by now, and then nothing is done.
    """

    accept: list[Annotated[str, StringConstraints(max_length=40)]] = []
    leave: list[Annotated[str, StringConstraints(max_length=40)]] = []
    seen: dict[str, Any] | None = None


class AcceptAllIn(Input):
    """``expected``: how many you saw; ``as_of``: of which comparison. Another number or a newer one is refused."""

    for_: Annotated[Literal["accounts", "buildings"], Field(alias="for")]
    line: Annotated[int, Field(ge=1, le=100)] = 80
    expected: Annotated[int, Field(ge=0)] | None = None
    as_of: Annotated[str, StringConstraints(max_length=40)] | None = None


class RecordSideIn(Input):
    """An account or building as it would stand here."""

    type: Literal["account", "building"] = "account"
    name: Text
    account_name: Text = ""
    billing_address: AddressIn = AddressIn()
    physical_address: AddressIn = AddressIn()
    phone: Text = ""
    email: Text = ""
    contact: Text = ""


class CustomerSideIn(Input):
    """A customer or job as QuickBooks would say it; ``full_name`` is the path with colons."""

    name: Text = ""
    full_name: Text = ""
    company_name: Text = ""
    billing_address: AddressIn = AddressIn()
    physical_address: AddressIn = AddressIn()
    phone: Text = ""
    email: Text = ""
    contact: Text = ""


class PairIn(Input):
    record: RecordSideIn
    customer: CustomerSideIn


class PairsIn(Input):
    pairs: Annotated[list[PairIn], Field(min_length=1, max_length=1000)]


class PostToIn(Input):
    """Where an invoice is posted, and whose billing address it bears; ``None``: as it is."""

    list_id: Annotated[str, StringConstraints(max_length=36)] = ""
    send_bill_to: bool | None = None


class AlreadyIn(Input):
    txn_id: Annotated[str, StringConstraints(max_length=36)] = ""
    number: Annotated[str, StringConstraints(max_length=20)] = ""


class InvoiceAnswerIn(Input):
    """What a person decides of an invoice that needs somebody.

    ``retry``: send it again, or end its pause; ``this_one``: it is the one of ``candidates`` with ``txn_id``;
    ``not_there``: somebody looked, it is not in QuickBooks, send it; ``release``: it was voided or deleted there, and
    counts as not sent; ``read_again``: read from QuickBooks at the next visit.
    """

    answer: Literal["retry", "this_one", "not_there", "release", "read_again"]
    txn_id: Annotated[str, StringConstraints(max_length=36)] = ""


class InvoicesIn(Input):
    invoice_ids: Annotated[list[str], Field(min_length=1, max_length=1000)]


class FirstSendIn(Input):
    """``null``: all may go."""

    leave_out_before: date | None
