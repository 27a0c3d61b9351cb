"""What people do to a customer or job: add, edit, move, merge, deactivate and delete it."""

from http import HTTPStatus

from qbsim.company import CompanyError
from qbsim.screens.choosing import customer_field, customer_named
from qbsim.screens.customer_form import NAME, Form, changes, fieldsets, form_of, form_of_new
from qbsim.screens.markup import h
from qbsim.screens.parts import ask, field, page, refusal, submit
from qbsim.screens.paths import record_path
from qbsim.screens.web import Reply, Routes, Visit, see, url

ROUTES = Routes()


@ROUTES.form("/customers/new")
def add(visit: Visit) -> Reply:
    parent_id = visit.query.get("parent")
    parent = visit.company.customer(parent_id) if parent_id else None
    before = form_of_new(parent)
    form = {**before, **visit.form}
    error = None
    if visit.is_post:
        try:
            # What the form showed was filled in from the customer already; what was emptied stays empty.
            made = visit.company.add_customer(form["name"], parent=parent_id, **changes(form, before=before))
            return see(record_path(made.list_id), told="added")
        except CompanyError as refused:
            error = refused
    title = f"New job for {parent.full_name}" if parent else "New customer"
    back = record_path(parent.list_id) if parent else "/"
    return _edit_page(
        visit, form, title=title, action=url("/customers/new", parent=parent_id), back=back, error=error
    )


@ROUTES.form("/customers/<list_id>/edit")
def edit(visit: Visit, list_id: str) -> Reply:
    customer = visit.company.customer(list_id)
    before = form_of(customer)
    form = {**before, **visit.form}
    error = None
    if visit.is_post:
        try:
            changed = changes(form, before=before)
            if form["name"] != before["name"]:
                changed["name"] = form["name"]
            if changed:
                visit.company.edit_customer(list_id, **changed)
            return see(record_path(list_id), told="saved" if changed else "same")
        except CompanyError as refused:
            error = refused
    title, back = f"Edit {customer.full_name}", record_path(list_id)
    return _edit_page(visit, form, title=title, action=visit.path, back=back, error=error)


def _edit_page(visit: Visit, form: Form, *, title: str, action: str, back: str, error: CompanyError | None) -> Reply:
    sheet = h(
        "form",
        field(NAME, form),
        *fieldsets(visit.company, form),
        submit("Save", back),
        method="post",
        action=action,
        class_="sheet",
    )
    status = HTTPStatus.OK if error is None else HTTPStatus.CONFLICT
    return page(visit, title, h("h1", title), refusal(error), sheet, section="customers", status=status)


@ROUTES.post("/customers/<list_id>/active")
def set_active(visit: Visit, list_id: str) -> Reply:
    active = visit.form.get("active") == "1"
    visit.company.set_active(list_id, active=active)
    return see(record_path(list_id), told="active" if active else "inactive")


@ROUTES.form("/customers/<list_id>/move")
def move(visit: Visit, list_id: str) -> Reply:
    customer = visit.company.customer(list_id)
    parent = visit.company.customer(customer.parent_id) if customer.parent_id else None
    form = {"to": parent.full_name if parent else ""} | dict(visit.form)
    error = None
    if visit.is_post:
        try:
            to = customer_named(visit.company, form["to"]).list_id if form["to"].strip() else None
            if to != customer.parent_id:
                visit.company.edit_customer(list_id, parent=to)
            return see(record_path(list_id), told="moved" if to != customer.parent_id else "same")
        except CompanyError as refused:
            error = refused
    where = customer_field(
        visit.company,
        "to",
        "Job of",
        form,
        hint="The whole path of a customer or job, such as Elm School:Gym. Empty: a customer of its own.",
        required=False,
    )
    return ask(
        visit,
        title=f"Move {customer.full_name}",
        text="Its jobs move along. Invoices and payments stay with it.",
        fields=[where],
        button="Move",
        back=record_path(list_id),
        error=error,
        section="customers",
    )


@ROUTES.form("/customers/<list_id>/merge")
def merge(visit: Visit, list_id: str) -> Reply:
    customer = visit.company.customer(list_id)
    error = None
    if visit.is_post:
        try:
            target = customer_named(visit.company, visit.form.get("to", ""))
            merged = visit.company.merge_customers(list_id, to=target.list_id)
            return see(record_path(merged.list_id), told="merged")
        except CompanyError as refused:
            error = refused
    return ask(
        visit,
        title=f"Merge {customer.full_name} into another",
        text="Its jobs, invoices and payments move over, and it vanishes from the list. This cannot be undone.",
        fields=[customer_field(visit.company, "to", "Full name of the other", visit.form)],
        button="Merge",
        back=record_path(list_id),
        error=error,
        section="customers",
    )


@ROUTES.form("/customers/<list_id>/delete")
def delete(visit: Visit, list_id: str) -> Reply:
    customer = visit.company.customer(list_id)
    error = None
    if visit.is_post:
        try:
            visit.company.delete_customer(list_id)
            return see("/", told="deleted")
        except CompanyError as refused:
            error = refused
    return ask(
        visit,
        title=f"Delete {customer.full_name}?",
        text="It vanishes from the list for good. What has jobs, invoices or payments can only be made inactive.",
        button="Delete",
        back=record_path(list_id),
        error=error,
        section="customers",
    )
