"""What people type about an invoice and its lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.catalog.models import Item, SalesTax, Terms
from standpipe.catalog.queries import sales_taxes_of, terms_of
from standpipe.contacts.models import Contact, Role
from standpipe.contacts.queries import contacts_at
from standpipe.core.errors import UserError
from standpipe.core.text import name_key
from standpipe.organizations.models import Organization
from standpipe.ui.editing import EditForm, seen, show_refusal
from standpipe.ui.forms import NumberField

from .actions import kept_lines
from .lines import KeptLine, NewLine
from .models import Invoice
from .numbering import MAX_PREFIX

TAXABLE = (("", "As item"), ("yes", "Yes"), ("no", "No"))
_TAXABLE_VALUES = {"": None, "yes": True, "no": False}
_DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"})
_INVALID_DATE = {"invalid": "Enter a date, like 2026-03-12.", "required": "Enter a date."}


class ChosenField(forms.TypedChoiceField):
    """One of the records that are offered; nothing chosen is ``None``."""

    def offer(self, records: Sequence[tuple[Any, str]], *, none: str) -> None:
        """``records`` with the words that each is offered with; ``none``: how choosing nothing is called."""
        by_id = {str(record.pk): record for record, _ in records}
        self.choices = [("", none), *((str(record.pk), words) for record, words in records)]
        self.coerce = by_id.get
        self.empty_value = None

    def prepare_value(self, value: Any) -> Any:
        return str(value.pk) if hasattr(value, "pk") else value


class InvoiceForm(EditForm):
    """The head of an invoice. Its lines are :class:`LineForm` each, in ``lines``."""

    number = forms.CharField(
        label="Number",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "aria-describedby": "number-check"}),
    )
    date = forms.DateField(label="Date", widget=_DATE, error_messages=_INVALID_DATE)
    terms = ChosenField(label="Terms", required=False)
    due_date = forms.DateField(
        label="Due date",
        required=False,
        widget=_DATE,
        error_messages=_INVALID_DATE,
    )
    contact = ChosenField(label="Contact", required=False)
    sales_tax = ChosenField(label="Sales tax", required=False)
    memo = forms.CharField(
        label="Memo",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Printed below the lines, and kept with the invoice in QuickBooks.",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        billed: Account | Building,
        initial: Mapping[str, Any],
        lines: Sequence["LineForm"],
        typed: QueryDict | None = None,
    ) -> None:
        """``initial``: what stands there. ``typed``: shown in its place as it was typed, and not judged yet."""
        shown = dict(initial) if typed is None else {name: typed.get(name, "") for name in self.base_fields}
        super().__init__(data, initial=shown)
        self.lines = list(lines)
        self._offer(billed.organization, billed=billed, now=initial)

    def _offer(self, organization: Organization, *, billed: Account | Building, now: Mapping[str, Any]) -> None:
        terms = [
            (one, f"{one.name} – {one.due_text.lower()}") for one in _with(terms_of(organization), now.get("terms"))
        ]
        taxes = [
            (one, f"{one.name} ({one.rate_text})")
            for one in _with(sales_taxes_of(organization), now.get("sales_tax"))
        ]
        self.fields["terms"].offer(terms, none="No terms")  # type: ignore[attr-defined]  # ChosenField
        self.fields["sales_tax"].offer(taxes, none="No sales tax")  # type: ignore[attr-defined]
        self.fields["contact"].offer(_contacts(billed, now.get("contact")), none="Nobody")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        if [line for line in self.filled_lines if line.has_errors]:  # each of them is asked
            raise forms.ValidationError("Look at the lines.", code="lines")
        return super().clean()

    @property
    def filled_lines(self) -> list["LineForm"]:
        """Rows in which something stands."""
        return [line for line in self.lines if not line.is_empty]

    @property
    def new_lines(self) -> list[NewLine]:
        return [line.new_line for line in self.filled_lines]

    @property
    def changes(self) -> dict[str, Any]:
        """For an edit: a due date that nobody touched follows date and terms."""
        values = self.values | {"lines": self.new_lines}
        if "due_date" not in self.changed_data:
            del values["due_date"]
        return values

    def refuse(self, error: UserError, *, invoice: Invoice | None = None) -> None:
        """Shows an action's refusal where it belongs: ``lines.2.rate`` is the third filled row."""
        name, _, rest = (error.field or "").partition(".")
        index, _, field = rest.partition(".")
        if name == "lines" and index:
            row = self.filled_lines[int(index)]
            row.add_error(field if field in row.fields else None, str(error))
            self.add_error(None, forms.ValidationError("Look at the lines.", code="lines"))
        else:
            show_refusal(self, error=error, record=invoice)


class LineForm(forms.Form):
    """One row of the lines. Items are chosen by name: a long list of them is on the page once, not in every row."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    item = forms.CharField(
        label="Item", required=False, widget=forms.TextInput(attrs={"list": "items", "autocomplete": "off"})
    )
    description = forms.CharField(
        label="Description", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 1})
    )
    quantity = NumberField(label="Quantity", required=False)
    rate = NumberField(label="Rate", required=False, places=2)
    amount = NumberField(label="Amount", required=False, places=2)
    is_taxable = forms.ChoiceField(label="Taxable", required=False, choices=TAXABLE)

    def __init__(self, data: QueryDict | None = None, *, row: str, items: "ItemNames", initial: Any = None) -> None:
        super().__init__(data, prefix=f"line-{row}", initial=initial)
        self.row, self.items = row, items

    @property
    def is_empty(self) -> bool:
        """Nothing is typed in it, whatever is chosen for its tax."""
        if not self.is_bound:
            return not self.initial
        return not any(str(self[name].value() or "").strip() for name in _TYPED)

    @property
    def has_errors(self) -> bool:
        return not self.is_valid()

    def clean_item(self) -> Item | None:
        return self.items.find(self.cleaned_data["item"])

    def clean_is_taxable(self) -> bool | None:
        return _TAXABLE_VALUES[self.cleaned_data["is_taxable"]]

    @property
    def new_line(self) -> NewLine:
        """Only what could be read; all of it where the row is valid."""
        return NewLine(**{name: value for name, value in self.cleaned_data.items() if value not in ("", None)})


class NumberingForm(forms.Form):
    prefix = forms.CharField(  # type: ignore[assignment]  # Django takes fields off the class
        label="Prefix",
        required=False,
        max_length=MAX_PREFIX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Stands before every number: INV- makes INV-1042. Together they have at most 11 characters.",
    )
    next_number = forms.IntegerField(
        label="Next number",
        min_value=1,
        help_text="Numbers that are on an invoice already are left out.",
    )


_TYPED = ("item", "description", "quantity", "rate", "amount")


class ItemNames:
    """Items by the names that people type or choose; asked for once a page."""

    def __init__(self, organization: Organization) -> None:
        self._organization = organization
        self._found: dict[str, Item] | None = None

    def find(self, typed: str) -> Item | None:
        """Raises ``ValidationError`` where no item, or none for sure, bears the name."""
        if not typed.strip():
            return None
        found = self._by_name.get(typed.strip()) or self._by_name.get(name_key(typed))
        if found is None:
            raise forms.ValidationError(
                f"There is no item called “{typed}”. Choose one of the list, or leave this empty.",
                code="item_unknown",
            )
        return found

    @property
    def names(self) -> list[str]:
        """Those that can be chosen."""
        live = (item for item in self._by_name.values() if item.archived_at is None)
        return list(dict.fromkeys(item.name for item in live))

    @property
    def _by_name(self) -> dict[str, Item]:
        """Under the exact name, and under what is left of it without case and signs; those in use come first."""
        if self._found is None:
            self._found = {}
            items = Item.objects.filter(organization=self._organization)
            for item in sorted(items, key=lambda item: (item.archived_at is not None, item.name_key, item.name)):
                self._found.setdefault(item.name, item)
                self._found.setdefault(item.name_key, item)
        return self._found


def bound_lines(data: QueryDict, *, items: ItemNames) -> list[LineForm]:
    """The rows as the page sent them, in their order there: every row names itself in ``row``."""
    return [LineForm(data, row=row, items=items) for row in dict.fromkeys(data.getlist("row"))]


def typed_lines(data: QueryDict, *, rows: Sequence[str], items: ItemNames) -> list[LineForm]:
    """The rows of these names as they were typed, not judged yet."""
    typed = [{name: data.get(f"line-{row}-{name}", "") for name in LineForm.base_fields} for row in rows]
    shown = [LineForm(row=str(index), items=items, initial=initial) for index, initial in enumerate(typed)]
    return shown or [LineForm(row="0", items=items)]


def lines_to_show(lines: Sequence[KeptLine | NewLine], *, items: ItemNames) -> list[LineForm]:
    """Rows for lines that are kept, or an empty one."""
    shown = [LineForm(row=str(index), items=items, initial=_initial(line)) for index, line in enumerate(lines)]
    return shown or [LineForm(row="0", items=items)]


def initial_of(invoice: Invoice) -> dict[str, Any]:
    names = ("number", "date", "terms", "due_date", "contact", "sales_tax", "memo")
    return {name: getattr(invoice, name) for name in names} | {"seen": seen(invoice)}


def initial_lines(invoice: Invoice, *, items: ItemNames) -> list[LineForm]:
    return lines_to_show(kept_lines(invoice), items=items)


def _initial(line: KeptLine | NewLine) -> dict[str, Any]:
    taxable = {None: "", True: "yes", False: "no"}[line.is_taxable]
    return {
        "id": line.id,
        "item": line.item.name if line.item else "",
        "description": line.description,
        "quantity": line.quantity,
        "rate": line.rate,
        "amount": line.amount,
        "is_taxable": "" if line.amount is None else taxable,
    }


def _with(records: Any, chosen: Terms | SalesTax | None) -> list[Any]:
    """Those in use, and the one that stands there already though it is archived."""
    offered = list(records)
    return offered if chosen is None or chosen in offered else [chosen, *offered]


def _contacts(billed: Account | Building, chosen: Contact | None) -> list[tuple[Contact, str]]:
    """Those who stand there, billing first, with what tells them apart."""
    here = sorted(contacts_at(billed), key=lambda one: Role.BILLING not in one.roles)
    offered = [(one.contact, _contact_words(one.contact, roles=one.roles)) for one in here]
    if chosen is not None and all(contact != chosen for contact, _ in offered):
        offered.insert(0, (chosen, _contact_words(chosen, roles=())))
    return offered


def _contact_words(contact: Contact, *, roles: Sequence[Role]) -> str:
    more = [role.label.lower() for role in roles] + ([contact.email] if contact.email else [])
    return f"{contact.name} ({', '.join(more)})" if more else contact.name
