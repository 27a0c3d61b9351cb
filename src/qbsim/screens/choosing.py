"""Choosing from what the company file holds: a customer by name, an element of a small list."""

from collections.abc import Mapping

from qbsim.company import Company, CompanyError, Customer
from qbsim.screens.markup import Element, h

_SUGGESTED = 800  # names that a browser gets to complete what is typed; bigger files are typed by heart
_NEAR = 5

# A condition over invoices and payments: both question marks are what somebody searches for, in lower case.
NUMBER_OR_CUSTOMER = (
    "instr(fold(ref_number), ?) OR customer_id IN (SELECT list_id FROM customers WHERE instr(fold(full_name), ?))"
)

Choices = list[tuple[str, str]]


def choices_of(company: Company, *kinds: str, chosen: str = "", none: str = "–") -> Choices:
    """Return (ListID, full name) of what is active in some lists, and of what is chosen already."""
    elements = [
        each for kind in kinds for each in company.lists.all(kind) if each.is_active or each.list_id == chosen
    ]
    return [("", none), *((each.list_id, each.full_name) for each in elements)]


def customer_field(
    company: Company, name: str, label: str, form: Mapping[str, str], *, hint: str = "", required: bool = True
) -> Element:
    """Return a text field for a Customer:Job; the browser completes it where the list is not too long."""
    known: list[str] = []
    if company.count(active_only=True) <= _SUGGESTED:
        known = [each.full_name for each in company.customers(active_only=True)]
    names = h("datalist", *(h("option", value=each) for each in known), id=f"{name}-names") if known else None
    box = h(
        "input",
        id=name,
        name=name,
        value=form.get(name, ""),
        maxlength="209",
        required=required,
        list=f"{name}-names" if known else None,
        autocomplete="off",
        aria_describedby=f"{name}-hint",
    )
    told = h("span", hint or "The whole path, such as Elm School:Gym.", id=f"{name}-hint", class_="hint")
    return h("p", h("label", label, for_=name), box, names, told, class_="field")


def customer_named(company: Company, text: str) -> Customer:
    """Return the customer with that path. CompanyError that names some like it when there is none."""
    wanted = text.strip()
    if not wanted:
        raise CompanyError("No customer or job was named.")
    found = company.find(wanted)
    if found is not None:
        return found
    near = company.select_customers("instr(fold(full_name), ?)", (wanted.lower(),), limit=_NEAR)
    names = ", ".join(each.full_name for each in near)
    like = f" Names like it: {names}." if names else ""
    raise CompanyError(f"There is no customer or job with the full name {wanted}.{like}")
