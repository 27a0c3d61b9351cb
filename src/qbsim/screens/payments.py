"""Received payments: the list, one of them with what it pays, receiving one by hand, deleting one."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from qbsim.company import Company, CompanyError, Customer
from qbsim.screens.choosing import NUMBER_OR_CUSTOMER, choices_of, customer_field, customer_named
from qbsim.screens.invoice_states import title_of
from qbsim.screens.markup import Child, Element, h
from qbsim.screens.numbers import amount_typed
from qbsim.screens.parts import (
    Column,
    Columns,
    Field,
    ask,
    control,
    day,
    facts,
    field,
    group,
    money,
    nothing_here,
    page,
    pager,
    refusal,
    submit,
    table,
    tool,
    tools,
)
from qbsim.screens.paths import invoice_path, payment_path, record_path
from qbsim.screens.web import Reply, Routes, Visit, see, url
from qbsim.transactions.records import Invoice, Payment
from qbsim.wiretext import amount_text, parse_date

ROUTES = Routes()

PAGE = 100

APPLY = (
    ("auto", "To the oldest invoices, by itself"),
    ("typed", "As written beside the invoices"),
    ("unused", "To none yet: it stays a credit"),
)


# -- the list --------------------------------------------------------------------------------------------------


@ROUTES.get("/payments")
def payments(visit: Visit) -> Reply:
    search, after = visit.query.get("q", "").strip(), visit.query.get("after", "")
    where, values = _condition(search)
    skip = int(after) if after.isdecimal() and len(after) < 16 else None
    count = visit.company.payments.count(where, values)
    if skip is not None:
        where, values = f"({where}) AND txn_number < ?", (*values, skip)
    found = list(visit.company.payments.select(where, values, order="txn_number DESC", limit=PAGE + 1))
    following = str(found[PAGE - 1].txn_number) if len(found) > PAGE else None
    shown = [_row(visit.company, payment) for payment in found[:PAGE]]
    columns: Columns = ["Date", Column("Customer:Job", "wide"), "Method", "Reference", *_NUMBERS]
    search_form = h(
        "form",
        field(Field("q", "Customer or reference", kind="search"), {"q": search}),
        h("button", "Search"),
        action="/payments",
        role="search",
        class_="filters",
    )
    return page(
        visit,
        "Payments",
        h("h1", "Payments"),
        tools(tool("Receive payment", "/payments/new", main=True)),
        search_form,
        h("p", "1 payment" if count == 1 else f"{count:,} payments", class_="count", role="status"),
        table("Payments, newest first", columns, shown) if shown else nothing_here("Nobody has paid anything here."),
        pager("/payments", {"q": search}, after=after, following=following),
        section="payments",
        wide=True,
    )


_NUMBERS = (Column("Amount", "number"), Column("Unused", "number"))


def _condition(search: str) -> tuple[str, tuple[object, ...]]:
    if not search:
        return "1", ()
    return NUMBER_OR_CUSTOMER, (search.lower(), search.lower())


def _row(company: Company, payment: Payment) -> list[Child]:
    method = payment["PaymentMethodRef"]
    return [
        h("a", day(payment.txn_date), href=payment_path(payment.txn_id)),
        company.name_of(payment.customer_id),
        company.name_of(method) if method else "",
        payment.ref_number,
        money(payment.total_cents),
        money(payment.unused_cents) if payment.unused_cents else "",
    ]


# -- one payment -----------------------------------------------------------------------------------------------


@ROUTES.get("/payments/<txn_id>")
def payment(visit: Visit, txn_id: str) -> Reply:
    company = visit.company
    one = company.payments.get(txn_id)
    customer = company.customer(one.customer_id)
    method, account = one["PaymentMethodRef"], one["DepositToAccountRef"]
    about: list[tuple[str, Child]] = [
        ("Customer:Job", h("a", customer.full_name, href=record_path(customer.list_id))),
        ("Date", day(one.txn_date)),
        ("Amount", h("span", money(one.total_cents), class_="amount")),
        ("Unused", h("span", money(one.unused_cents), class_="amount")),
        ("Method", company.name_of(method) if method else "–"),
        ("Reference", one.ref_number or "–"),
        ("Deposit to", company.name_of(account) if account else "–"),
        ("Memo", one.memo or "–"),
    ]
    inside: list[tuple[str, Child]] = [
        ("TxnID", h("code", one.txn_id)),
        ("TxnNumber", h("code", str(one.txn_number))),
        ("EditSequence", h("code", one.edit_sequence)),
        ("ExternalGUID", h("code", one["ExternalGUID"] or "–")),
        ("TimeCreated", h("code", one.time_created)),
        ("TimeModified", h("code", one.time_modified)),
    ]
    return page(
        visit,
        f"Payment of {day(one.txn_date)}",
        h("p", h("a", "Payments", href="/payments"), class_="path"),
        h("h1", f"Payment of {money(one.total_cents)}"),
        tools(tool("Delete", payment_path(txn_id, "delete"))),
        facts(about),
        h("h2", "Applied to"),
        _applied(company, one),
        h("h2", "For developers"),
        facts(inside),
        section="payments",
    )


def _applied(company: Company, one: Payment) -> Element:
    rows: list[list[Child]] = []
    for applied in one.applications:
        invoice = company.invoices.get(applied.invoice_id)
        link = h("a", title_of(invoice), href=invoice_path(invoice.txn_id))
        sums = (applied.paid_cents, applied.discount_cents, invoice.open_cents)
        rows.append([link, day(invoice.txn_date), *(money(each) for each in sums)])
    columns: Columns = [
        "Invoice",
        "Date",
        *(Column(each, "number") for each in ("Paid", "Discount", "Still open")),
    ]
    return table("Applied to", columns, rows) if rows else h("p", "To nothing yet: it is a credit of the customer.")


# -- receiving one ---------------------------------------------------------------------------------------------


@ROUTES.form("/payments/new")
def receive(visit: Visit) -> Reply:
    company = visit.company
    invoice = company.invoices.get(visit.query["invoice"]) if visit.query.get("invoice") else None
    list_id = invoice.customer_id if invoice is not None else visit.query.get("customer")
    if not list_id:
        return _choose_customer(visit)
    customer = company.customer(list_id)
    owed = company.invoices.all(customer=list_id, with_jobs=True, open_only=True)
    form = _form(visit, customer, invoice) | dict(visit.form)
    error = None
    if visit.is_post:
        try:
            made = company.payments.add(
                list_id, amount_typed("Amount", form["amount"]), **_fields(form), pays=_pays(form, owed)
            )
            return see(payment_path(made.txn_id), told="added")
        except CompanyError as refused:
            error = refused
    sheet = h(
        "form",
        group("Payment", *(field(each, form) for each in _heads(company))),
        h("h2", "Open invoices"),
        _owed(owed, form) if owed else h("p", "Nothing is open here: the payment stays a credit."),
        submit("Save", record_path(list_id)),
        method="post",
        action=url("/payments/new", customer=list_id),
        class_="sheet",
    )
    title = f"Payment from {customer.full_name}"
    status = HTTPStatus.OK if error is None else HTTPStatus.CONFLICT
    return page(visit, title, h("h1", title), refusal(error), sheet, section="payments", status=status)


def _choose_customer(visit: Visit) -> Reply:
    error = None
    if "of" in visit.query:
        try:
            return see("/payments/new", customer=customer_named(visit.company, visit.query["of"]).list_id)
        except CompanyError as refused:
            error = refused
    chooser = h(
        "form",
        customer_field(visit.company, "of", "Who paid?", visit.query),
        submit("Continue", "/payments"),
        action="/payments/new",
    )
    status = HTTPStatus.OK if error is None else HTTPStatus.CONFLICT
    title = "Receive payment"
    return page(visit, title, h("h1", title), refusal(error), chooser, section="payments", status=status)


def _form(visit: Visit, customer: Customer, invoice: Invoice | None) -> dict[str, str]:
    """Return what the form shows first: the invoice's balance, or what the customer owes."""
    form = {"txn_date": visit.today().isoformat(), "ref_number": "", "memo": "", "apply": "auto"}
    form["payment_method"] = customer["PreferredPaymentMethodRef"] or ""
    if invoice is None:
        return form | {"amount": amount_text(max(customer.total_cents, 0)) if customer.total_cents > 0 else ""}
    open_amount = amount_text(invoice.open_cents)
    return form | {"amount": open_amount, "apply": "typed", f"pay-{invoice.txn_id}": open_amount}


def _heads(company: Company) -> Sequence[Field]:
    return (
        Field("amount", "Amount", 15, required=True),
        Field("txn_date", "Date", kind="date"),
        Field("payment_method", "Method", choices=choices_of(company, "PaymentMethod")),
        Field("ref_number", "Reference (check no.)", 20),
        Field("memo", "Memo", 4095),
        Field("apply", "Apply it", choices=APPLY),
    )


def _owed(owed: Sequence[Invoice], form: Mapping[str, str]) -> Element:
    rows: list[list[Child]] = [
        [
            h("a", title_of(each), href=invoice_path(each.txn_id)),
            day(each.txn_date),
            day(each.due_date),
            money(each.open_cents),
            control(Field(f"pay-{each.txn_id}", "", 15), form, label=f"Pay of {title_of(each)}"),
        ]
        for each in owed
    ]
    return table("Open invoices", ["Invoice", "Date", "Due", Column("Open", "number"), Column("Pay", "number")], rows)


def _fields(form: Mapping[str, str]) -> dict[str, str]:
    if form["txn_date"] and parse_date(form["txn_date"]) is None:
        raise CompanyError(f"Date: {form['txn_date']} is no date.")
    return {name: form[name] for name in ("txn_date", "payment_method", "ref_number", "memo") if form.get(name)}


def _pays(form: Mapping[str, str], owed: Sequence[Invoice]) -> dict[str, str] | None:
    """Return how much for which invoice; None lets QuickBooks apply the payment by itself."""
    if form["apply"] == "auto":
        return None
    if form["apply"] != "typed":
        return {}
    typed = [(each, form.get(f"pay-{each.txn_id}", "").strip()) for each in owed]
    return {each.txn_id: amount_typed(title_of(each), text) for each, text in typed if text}


@ROUTES.form("/payments/<txn_id>/delete")
def delete(visit: Visit, txn_id: str) -> Reply:
    one = visit.company.payments.get(txn_id)
    error = None
    if visit.is_post:
        try:
            visit.company.payments.delete(txn_id)
            return see("/payments", told="deleted")
        except CompanyError as refused:
            error = refused
    return ask(
        visit,
        title=f"Delete the payment of {money(one.total_cents)}?",
        text="What it paid is open again.",
        button="Delete",
        back=payment_path(txn_id),
        error=error,
        section="payments",
    )
