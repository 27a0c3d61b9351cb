"""The form of the QuickBooks Desktop settings: choices from the copied lists, proposals where nothing is chosen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from standpipe.invoices.numbering import MAX_PREFIX, numbering_of
from standpipe.organizations.queries import members_of
from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.models import ListEntry
from standpipe.quickbooks.lists.short_lists import entries, entries_by_id

from .proposals import number_proposal, proposals_of
from .setting_checks import CHOICES, Choice, chosen, problems_of_settings
from .settings import settings_of

POST_TO = (
    ("job", "The building’s job. What it owes counts in the customer’s balance too"),
    ("customer", "The account’s customer, for all its buildings"),
)
BILL_TO = (
    ("quickbooks", "QuickBooks’ own: the one that its customer or job has there"),
    ("ours", "Ours: the billing address of the account or building here"),
)
TAX_AS = (
    ("quickbooks", "As QuickBooks’ sales tax: tax item and codes; QuickBooks computes it"),
    ("line", "As a line of its own with the item chosen below; QuickBooks sees no tax"),
)
NOTHING_CHOSEN = "Nothing chosen"
LABELS: Mapping[str, str] = {
    "default_item": "Default item code",
    "tax_line_item": "Item for the tax line",
    "taxable_code": "Code for taxable lines",
    "nontaxable_code": "Code for lines without tax",
}


def input_name(field: str) -> str:
    """The name of a choice in the form: ``methods-check-payment_method``."""
    return field.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    is_bad: bool


class PostingForm(forms.Form):
    """All settings of one company file. Lists that have not come leave their choices out: nothing is changed then."""

    post_to = forms.ChoiceField(
        label="When a building’s job and its account’s customer are both linked, invoices go to",
        choices=POST_TO,
        widget=forms.RadioSelect,
    )
    bill_to = forms.ChoiceField(label="Billing address on the invoice", choices=BILL_TO, widget=forms.RadioSelect)
    leave_out_before = forms.DateField(
        label="Leave out invoices dated before",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="For the time before Standpipe: those are in QuickBooks already, and are never sent.",
    )
    tax_as = forms.ChoiceField(label="Sales tax goes to QuickBooks", choices=TAX_AS, widget=forms.RadioSelect)
    number_prefix = forms.CharField(label="Prefix", required=False, max_length=MAX_PREFIX)
    next_number = forms.IntegerField(min_value=1)
    notify = forms.MultipleChoiceField(
        label="Who gets the e-mails", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, connection: Connection, has_lists: bool) -> None:
        self.connection, self.settings = connection, settings_of(connection)
        self.proposals = proposals_of(connection) if has_lists else {}
        self.numbers = number_proposal(connection)
        self.problems = {one.field: one for one in problems_of_settings(connection)} if has_lists else {}
        super().__init__(data, initial=self._initial())
        people: Any = self.fields["notify"]
        people.choices = [
            (str(member.person_id), f"{member.person.display_name} ({member.person.email})")
            for member in members_of(connection.organization)
        ]
        if has_lists:
            self.fields |= self._choice_fields()

    def _initial(self) -> dict[str, Any]:
        numbering = numbering_of(self.connection.organization)
        proposed = self.numbers if numbering.pk is None else None
        initial = self.settings.to_json() | {
            "leave_out_before": self.settings.leave_out_before,
            "number_prefix": proposed.prefix if proposed else numbering.prefix,
            "next_number": proposed.next_number if proposed else numbering.next_number,
        }
        for field in CHOICES:
            initial[input_name(field)] = chosen(self.settings, field) or self.proposals.get(field, "")
        return initial

    def _choice_fields(self) -> dict[str, forms.Field]:
        """One query a list, and one for those that are chosen but not on offer."""
        offers: dict[tuple[Any, ...], list[ListEntry]] = {}
        fields: dict[str, forms.Field] = {}
        for name, choice in CHOICES.items():
            key = (choice.kind, choice.types, choice.account_types, choice.is_taxable)
            if key not in offers:
                offers[key] = list(_offered(self.connection, choice))
            fields[input_name(name)] = forms.ChoiceField(
                label=LABELS.get(name, choice.noun.capitalize()),
                required=False,
                choices=list(self._options(name, choice, offers[key])),
            )
        return fields

    def _options(self, field: str, choice: Choice, offered: Sequence[ListEntry]) -> Iterator[tuple[str, str]]:
        yield "", "QuickBooks decides" if field.endswith("deposit_account") else NOTHING_CHOSEN
        now = chosen(self.settings, field)
        if now and now not in {one.list_id for one in offered}:
            known = entries_by_id(self.connection, choice.kind, [now]).get(now)
            yield now, f"{known.full_name if known else 'Not in the list'} – cannot be used any more"
        for one in offered:
            yield one.list_id, _option_words(one)

    # What the page says beside a field

    def note_of(self, field: str) -> Note | None:
        """What is wrong with what is stored; else that the choice is proposed and not stored yet."""
        problem = self.problems.get(field)
        if problem is not None and problem.wrong != "missing":
            return Note(problem.text, is_bad=True)
        if field in self.proposals:
            return Note("Proposed. It holds when you save.", is_bad=False)
        if problem is not None:
            return Note(MISSING.get(field, problem.text), is_bad=False)
        return None

    def changes(self) -> dict[str, Any]:
        """What ``setting_actions.change_settings`` takes."""
        cleaned = self.cleaned_data
        plain = ("post_to", "bill_to", "leave_out_before", "tax_as", "notify")
        found: dict[str, Any] = {name: cleaned[name] for name in plain}
        methods: dict[str, dict[str, str]] = {}
        for field in CHOICES:
            if (value := cleaned.get(input_name(field))) is None:
                continue
            if field.startswith("methods."):
                _, method, part = field.split(".")
                methods.setdefault(method, {})[part] = value
            else:
                found[field] = value
        return found | ({"methods": methods} if methods else {})


MISSING = {
    "default_item": "Not chosen yet: lines whose item is not from QuickBooks cannot be sent.",
}


def _offered(connection: Connection, choice: Choice) -> Iterator[ListEntry]:
    for one in entries(connection, choice.kind, types=choice.types):
        if choice.account_types and one.said.get("AccountType") not in choice.account_types:
            continue
        if choice.is_taxable is not None and (one.said.get("IsTaxable") in ("true", "1")) != choice.is_taxable:
            continue
        yield one


def _option_words(one: ListEntry) -> str:
    """With the account's number or the code's description, which tell alike ones apart."""
    if number := one.said.get("AccountNumber"):
        return f"{number} · {one.full_name}"
    described = one.said.get("Desc") if one.type == "SalesTaxCode" else ""
    return f"{one.full_name} – {described}" if described else one.full_name
