"""One invoice as it would print, and writing, voiding and deleting one by hand."""

from collections.abc import Mapping
from http import HTTPStatus

from qbsim.company import Company, CompanyError
from qbsim.screens import invoice_form
from qbsim.screens.choosing import customer_named
from qbsim.screens.invoice_form import Form
from qbsim.screens.invoice_states import state_of, title_of
from qbsim.screens.markup import Child, Element, h
from qbsim.screens.parts import Column, Columns, ask, badge, day, facts, money, page, refusal, submit, table, tool
from qbsim.screens.paths import invoice_path, payment_path, record_path
from qbsim.screens.web import Reply, Routes, Visit, see, url
from qbsim.transactions.invoices import printed
from qbsim.transactions.records import Invoice, InvoiceLine

ROUTES = Routes()


# -- one invoice -----------------------------------------------------------------------------------------------


@ROUTES.get("/invoices/<txn_id>")
def invoice(visit: Visit, txn_id: str) -> Reply:
    company = visit.company
    one = company.invoices.get(txn_id)
    customer = company.customer(one.customer_id)
    word, tone = state_of(one, today=visit.today())
    can_be_paid = one.open_cents > 0 and not one.is_pending
    return page(
        visit,
        title_of(one),
        h("p", h("a", customer.full_name, href=record_path(customer.list_id)), class_="path no-print"),
        h("h1", title_of(one), " ", badge(word, tone=tone), class_="no-print"),
        h(
            "div",
            tool("Receive payment", url("/payments/new", invoice=txn_id), main=True) if can_be_paid else None,
            tool("Edit", invoice_path(txn_id, "edit")),
            tool("Void", invoice_path(txn_id, "void")),
            tool("Delete", invoice_path(txn_id, "delete")),
            class_="tools no-print",
        ),
        _sheet(company, one, word),
        h("p", "Your browser's Print shows the invoice alone.", class_="soft no-print"),
        h("section", *_beside(company, one), class_="no-print"),
        section="income",
    )


def _sheet(company: Company, one: Invoice, word: str) -> Element:
    about = [
        ("Date", day(one.txn_date)),
        ("Invoice no.", one.ref_number),
        ("P.O. no.", one["PONumber"]),
        ("Terms", company.name_of(one["TermsRef"]) if one["TermsRef"] else ""),
        ("Due date", day(one.due_date)),
        ("Rep", company.name_of(one["SalesRepRef"]) if one["SalesRepRef"] else ""),
    ]
    return h(
        "article",
        h("div", _our_address(company), h("p", "Invoice", class_="what"), class_="letterhead"),
        h(
            "div",
            _address("Bill to", printed(one, "BillAddress")),
            _address("Ship to", printed(one, "ShipAddress")),
            facts([(label, text) for label, text in about if text]),
            class_="addresses",
        ),
        _lines(company, one),
        _totals(company, one),
        h("p", company.name_of(one["CustomerMsgRef"])) if one["CustomerMsgRef"] else None,
        h("p", word.upper(), class_="stamp", aria_hidden="true") if word in {"Paid", "Void", "Pending"} else None,
        h("p", "From a simulator: nobody owes this.", class_="print-only"),
        class_="paper",
        aria_label="The invoice as it would print",
    )


def _our_address(company: Company) -> Element:
    told = company.facts()
    block = told.get("AddressBlock") or {}
    lines = [line for line in block.values() if line and line != told["CompanyName"]]
    return h(
        "address",
        h("strong", told["CompanyName"], class_="line"),
        *(h("span", each, class_="line") for each in lines),
    )


def _address(title: str, block: Mapping[str, str] | None) -> Element:
    lines = [h("span", line, class_="line") for line in (block or {}).values() if line.strip()]
    return h("div", h("h2", title), h("address", *lines) if lines else h("p", "–"))


def _lines(company: Company, one: Invoice) -> Element:
    columns: Columns = [
        "Item",
        Column("Description", "wide"),
        *(Column(each, "number") for each in ("Quantity", "Rate", "Amount")),
        "Tax",
    ]
    return table("Lines", columns, [row for line in one.lines for row in _rows(company, line)])


def _rows(company: Company, line: InvoiceLine, *, inside: bool = False) -> list[list[Child]]:
    rate = (
        f"{line.percent.normalize():f} %"
        if line.percent is not None
        else f"{line.rate:,f}"
        if line.rate is not None
        else ""
    )
    item = company.name_of(line.item_id) if line.item_id else ""
    row: list[Child] = [
        h("span", item, class_="level-1" if inside else None),
        h("span", line.description, class_="as-typed"),
        "" if line.quantity is None else f"{line.quantity.normalize():f}",
        rate,
        "" if line.amount_cents is None else money(line.amount_cents),
        company.name_of(line.tax_code_id) if line.tax_code_id else "",
    ]
    return [row, *(each for part_ in line.parts for each in _rows(company, part_, inside=True))]


def _totals(company: Company, one: Invoice) -> Element:
    tax_item = one["ItemSalesTaxRef"]
    tax = f"Sales tax ({company.name_of(tax_item)}, {one['SalesTaxPercentage'] or 0} %)" if tax_item else "Sales tax"
    sums = [("Subtotal", one.subtotal_cents), (tax, one.tax_cents), ("Total", one.total_cents)]
    sums += [("Payments and credits", -one.applied_cents), ("Balance due", one.open_cents)]
    return h(
        "div", facts([(label, h("span", money(cents), class_="amount")) for label, cents in sums]), class_="totals"
    )


def _beside(company: Company, one: Invoice) -> list[Child]:
    """Show what the paper does not: payments, memo, identity."""
    rows: list[list[Child]] = [
        [
            h("a", day(payment.txn_date), href=payment_path(payment.txn_id)),
            payment.ref_number,
            money(sum(each.total_cents for each in payment.applications if each.invoice_id == one.txn_id)),
        ]
        for payment in company.payments.all(invoice=one.txn_id)
    ]
    paid = (
        [h("h2", "Payments"), table("Payments", ["Date", "Reference", Column("Applied", "number")], rows)]
        if rows
        else []
    )
    custom = company.data_ext("0", list_id=one.txn_id)
    inside: list[tuple[str, Child]] = [
        ("Memo", one.memo or "–"),
        *((f"Custom field {name}", value) for name, value in custom.items()),
        ("TxnID", h("code", one.txn_id)),
        ("TxnNumber", h("code", str(one.txn_number))),
        ("EditSequence", h("code", one.edit_sequence)),
        ("ExternalGUID", h("code", one["ExternalGUID"] or "–")),
        ("TimeCreated", h("code", one.time_created)),
        ("TimeModified", h("code", one.time_modified)),
    ]
    return [*paid, h("h2", "For developers"), facts(inside)]


# -- writing one -----------------------------------------------------------------------------------------------


@ROUTES.form("/invoices/new")
def add(visit: Visit) -> Reply:
    company, list_id = visit.company, visit.query.get("customer")
    customer = company.customer(list_id).full_name if list_id else ""
    before = invoice_form.form_of_new(company, customer=customer, today=visit.today().isoformat())
    form = {**before, **visit.form}
    error = None
    if visit.is_post and not visit.form.get("more"):
        try:
            fields = invoice_form.head_changes(company, form, before={})
            fields["customer"] = customer_named(company, form["customer"]).list_id
            made = company.invoices.add(lines=invoice_form.new_lines(form), **fields)
            return see(invoice_path(made.txn_id), told="added")
        except CompanyError as refused:
            error = refused
    back = record_path(list_id) if list_id else "/income"
    return _form_page(visit, form, title="New invoice", back=back, error=error, groups={})


@ROUTES.form("/invoices/<txn_id>/edit")
def edit(visit: Visit, txn_id: str) -> Reply:
    company = visit.company
    one = company.invoices.get(txn_id)
    before = invoice_form.form_of(company, one)
    form = {**before, **visit.form}
    error = None
    if visit.is_post:
        form["pending"] = visit.form.get("pending", "")
    if visit.is_post and not visit.form.get("more"):
        try:
            fields = invoice_form.head_changes(company, form, before=before)
            lines = invoice_form.edited_lines(form, before=before)
            if fields or lines is not None:
                company.invoices.edit(txn_id, lines=lines, **fields)
            return see(invoice_path(txn_id), told="saved" if fields or lines is not None else "same")
        except CompanyError as refused:
            error = refused
    groups = {line.line_id: company.name_of(line.item_id or "") for line in one.lines if line.is_group}
    return _form_page(
        visit, form, title=f"Edit {title_of(one)}", back=invoice_path(txn_id), error=error, groups=groups
    )


def _form_page(
    visit: Visit, form: Form, *, title: str, back: str, error: CompanyError | None, groups: Mapping[str, str]
) -> Reply:
    more = h("button", "More lines", name="more", value="1", formnovalidate=True)
    sheet = h(
        "form",
        # The first button is what Enter presses.
        *invoice_form.fields(visit.company, form, groups=groups),
        submit("Save", back, more),
        method="post",
        action=url(visit.path, customer=visit.query.get("customer")),
        class_="sheet",
    )
    status = HTTPStatus.OK if error is None else HTTPStatus.CONFLICT
    return page(visit, title, h("h1", title), refusal(error), sheet, section="income", status=status, wide=True)


@ROUTES.form("/invoices/<txn_id>/void")
def void(visit: Visit, txn_id: str) -> Reply:
    one = visit.company.invoices.get(txn_id)
    error = None
    if visit.is_post:
        try:
            visit.company.invoices.void(txn_id)
            return see(invoice_path(txn_id), told="voided")
        except CompanyError as refused:
            error = refused
    return ask(
        visit,
        title=f"Void {title_of(one)}?",
        text=f"It stays in the books under its number, but its {money(one.total_cents)} become zero. No way back.",
        button="Void",
        back=invoice_path(txn_id),
        error=error,
        section="income",
    )


@ROUTES.form("/invoices/<txn_id>/delete")
def delete(visit: Visit, txn_id: str) -> Reply:
    one = visit.company.invoices.get(txn_id)
    error = None
    if visit.is_post:
        try:
            visit.company.invoices.delete(txn_id)
            return see("/income", told="deleted")
        except CompanyError as refused:
            error = refused
    return ask(
        visit,
        title=f"Delete {title_of(one)}?",
        text="It vanishes from the books for good. An invoice that was paid cannot be deleted before its payments.",
        button="Delete",
        back=invoice_path(txn_id),
        error=error,
        section="income",
    )
