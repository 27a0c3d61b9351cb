"""Received payments over the wire: what they pay, what is left, and what is refused."""

import pytest
from lxml import etree

from qbsim.company import Company
from qbsim.processor import RequestRefused
from support.company_files import Asking, StandingClock
from support.money import applied, done, invoice_add, invoice_mod, line, payment_add, ref, refused, texts

AUTO, BY_HAND = "<IsAutoApply>true</IsAutoApply>", "<IsAutoApply>false</IsAutoApply>"


def total(amount: str) -> str:
    return f"<TotalAmount>{amount}</TotalAmount>"


def invoiced(
    asking: Asking, amount: str, *, on: str = "2024-03-01", customer: str = "Elm School", head: str = ""
) -> str:
    """Invoice an amount and return the TxnID."""
    lines = line("Repair", f"<Amount>{amount}</Amount>")
    made = done(asking, invoice_add(lines, customer=customer, head=f"<TxnDate>{on}</TxnDate>{head}"))
    return made.findtext("TxnID")


def open_of(company: Company, *txn_ids: str) -> list[int]:
    return [company.invoices.get(each).open_cents for each in txn_ids]


def mod(payment: etree._Element, body: str, *, sequence: str | None = None) -> str:
    ids = f"<TxnID>{payment.findtext('TxnID')}</TxnID>"
    ids += f"<EditSequence>{sequence or payment.findtext('EditSequence')}</EditSequence>"
    return f"<ReceivePaymentModRq><ReceivePaymentMod>{ids}{body}</ReceivePaymentMod></ReceivePaymentModRq>"


def test_a_payment_pays_what_it_names_and_keeps_the_rest(company: Company, asking: Asking) -> None:
    first, second = invoiced(asking, "100.00"), invoiced(asking, "50.00")
    head = (
        f"<TxnDate>2024-03-08</TxnDate><RefNumber>4711</RefNumber>{total('130.00')}{ref('PaymentMethodRef', 'Check')}"
    )
    payment = done(asking, payment_add(applied(first, "100.00") + applied(second, "20.00"), head=head))
    assert texts(payment, "TotalAmount", "UnusedPayment", "UnusedCredits", "RefNumber", "TxnDate") == [
        "130.00",
        "10.00",
        "0.00",
        "4711",
        "2024-03-08",
    ]
    assert texts(payment, "DepositToAccountRef/FullName", "PaymentMethodRef/FullName") == [
        "Undeposited Funds",
        "Check",
    ]
    assert [
        texts(each, "TxnID", "TxnType", "Amount", "BalanceRemaining") for each in payment.findall("AppliedToTxnRet")
    ] == [
        [first, "Invoice", "100.00", "0.00"],
        [second, "Invoice", "20.00", "30.00"],
    ]
    assert company.find("Elm School").balance_cents == 3000 - 1000
    (answer,) = asking.ask(
        f"<InvoiceQueryRq><TxnID>{first}</TxnID><IncludeLinkedTxns>1</IncludeLinkedTxns></InvoiceQueryRq>"
    )
    assert texts(answer[0], "IsPaid", "AppliedAmount", "LinkedTxn/TxnType", "LinkedTxn/Amount") == [
        "true",
        "-100.00",
        "ReceivePayment",
        "-100.00",
    ]


def test_the_total_is_what_is_applied_when_nobody_says(asking: Asking) -> None:
    payment = done(asking, payment_add(applied(invoiced(asking, "100.00"), "60.00")))
    assert texts(payment, "TotalAmount", "UnusedPayment") == ["60.00", "0.00"]


def test_an_unapplied_payment_is_a_credit(company: Company, asking: Asking) -> None:
    invoiced(asking, "100.00")
    payment = done(asking, payment_add(BY_HAND, head=total("130.00")))
    assert texts(payment, "UnusedPayment", "AppliedToTxnRet") == ["130.00", None]
    assert company.find("Elm School").balance_cents == -3000


def test_quickbooks_applies_it_to_the_same_amount_else_to_the_oldest(company: Company, asking: Asking) -> None:
    young = invoiced(asking, "70.00", on="2024-03-05")
    old = invoiced(asking, "50.00", on="2024-01-05")
    done(asking, payment_add(AUTO, head=total("70.00")))
    assert open_of(company, young, old) == [0, 5000]
    young = invoiced(asking, "30.00", on="2024-03-06")
    payment = done(asking, payment_add(AUTO, head=total("60.00")))
    assert open_of(company, old, young) == [0, 2000]
    assert payment.findtext("UnusedPayment") == "0.00"
    older = invoiced(asking, "40.00", on="2024-01-06")
    done(asking, payment_add(AUTO, head=total("30.00")))
    assert open_of(company, young, older) == [2000, 1000], "the date of the invoice counts, not when it was written"
    assert done(asking, payment_add(AUTO, head=total("35.00"))).findtext("UnusedPayment") == "5.00"


def test_a_customer_pays_for_its_jobs_but_not_a_job_for_its_customer(company: Company, asking: Asking) -> None:
    gym, elm = invoiced(asking, "40.00", customer="Elm School:Gym"), invoiced(asking, "60.00")
    assert refused(company, payment_add(applied(elm, "10.00"), customer="Elm School:Gym"))[0] == "3210"
    done(asking, payment_add(applied(gym, "40.00")))
    assert (company.find("Elm School:Gym").balance_cents, company.find("Elm School").total_cents) == (0, 6000)


def test_a_pending_invoice_is_not_paid_by_itself(company: Company, asking: Asking) -> None:
    pending = invoiced(asking, "70.00", head="<IsPending>1</IsPending>")
    assert done(asking, payment_add(AUTO, head=total("70.00"))).findtext("UnusedPayment") == "70.00"
    assert refused(company, payment_add(applied(pending, "1.00")))[0] == "3210"


def test_a_discount_closes_the_rest(company: Company, asking: Asking) -> None:
    invoice = invoiced(asking, "100.00")
    discount = f"<DiscountAmount>1.00</DiscountAmount>{ref('DiscountAccountRef', 'Discounts Given')}"
    payment = done(asking, payment_add(applied(invoice, "99.00", discount)))
    found = payment.find("AppliedToTxnRet")
    assert texts(found, "Amount", "DiscountAmount", "DiscountAccountRef/FullName", "BalanceRemaining") == [
        "99.00",
        "1.00",
        "Discounts Given",
        "0.00",
    ]
    assert company.find("Elm School").balance_cents == 0


def test_a_credit_is_used_for_an_invoice(company: Company, asking: Asking) -> None:
    credit = done(asking, payment_add(BY_HAND, head=total("30.00"))).findtext("TxnID")
    take = f"<SetCredit><CreditTxnID>{credit}</CreditTxnID><AppliedAmount>20.00</AppliedAmount></SetCredit>"
    made = done(asking, invoice_add(take + line("Repair")))
    assert texts(made, "AppliedAmount", "BalanceRemaining") == ["-20.00", "98.00"]
    assert company.payments.get(credit).unused_cents == 1000
    second = take.replace("20.00", "10.00")
    payment = done(asking, payment_add(applied(made.findtext("TxnID"), "5.00", second)))
    assert open_of(company, made.findtext("TxnID")) == [8300]
    assert payment.findtext("UnusedCredits") == "0.00"
    assert refused(company, invoice_add(second + line("Repair")))[0] == "3210"


def test_a_document_may_invoice_and_pay_by_a_name_of_its_own(company: Company, asking: Asking) -> None:
    invoice = invoice_add(line("Repair")).replace("<InvoiceAdd>", '<InvoiceAdd defMacro="TxnID:first">')
    pays = applied("", "100.00").replace("<TxnID>", '<TxnID useMacro="TxnID:first">')
    made, paid = asking.ask(invoice, payment_add(pays))
    assert paid.findtext("ReceivePaymentRet/AppliedToTxnRet/TxnID") == made.findtext("InvoiceRet/TxnID")
    assert company.find("Elm School").balance_cents == 1800
    assert refused(company, payment_add(pays))[0] == "9100", "the name is that document's own"


def test_a_credit_is_used_for_an_invoice_that_is_there(company: Company, asking: Asking) -> None:
    credit = done(asking, payment_add(BY_HAND, head=total("30.00"))).findtext("TxnID")
    made = done(asking, invoice_add(line("Repair")))
    take = f"<SetCredit><CreditTxnID>{credit}</CreditTxnID><AppliedAmount>30.00</AppliedAmount></SetCredit>"
    changed = done(asking, invoice_mod(made, take))
    assert texts(changed, "AppliedAmount", "BalanceRemaining") == ["-30.00", "88.00"]
    assert company.find("Elm School").balance_cents == 8800


def test_paying_nothing_links_nothing(company: Company, asking: Asking) -> None:
    invoice = invoiced(asking, "100.00")
    payment = done(asking, payment_add(applied(invoice, "0.00"), head=total("5.00")))
    assert payment.find("AppliedToTxnRet") is None
    company.invoices.delete(invoice)


# -- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "head", "code"),
    [
        ("{pays:100.01}", "", "3210"),
        ("{pays:60.00}", total("59.99"), "3210"),
        ("{pays:60.00}{pays:50.00}", total("110.00"), "3210"),
        ("{pays:-1.00}", "", "3210"),
        ("{none}", total("1.00"), "3120"),
        ("{ash}", total("1.00"), "3210"),
        ("{discount}", "", "3150"),
        ("{too much discount}", "", "3210"),
        ("{class of a discount}", "", "3250"),
        ("{credit of another}", "", "3210"),
        (AUTO, "", "3150"),
        (BY_HAND, total("-5.00"), "3210"),
        (BY_HAND, total("5.00") + ref("PaymentMethodRef", "Barter"), "3140"),
        (BY_HAND, total("5.00") + "<Memo/>" + ref("DepositToAccountRef", "Mattress"), "3140"),
        (BY_HAND, total("5.00") + ref("DepositToAccountRef", "Service Income"), "3140"),
        (BY_HAND, ref("ARAccountRef", "Checking") + total("5.00"), "3140"),
        (BY_HAND, f"<RefNumber>{'1' * 21}</RefNumber>{total('5.00')}", "3070"),
        (BY_HAND, total("5.00") + "<ExchangeRate>2</ExchangeRate>", "3250"),
    ],
)
def test_a_refused_payment_changes_nothing(company: Company, asking: Asking, body: str, head: str, code: str) -> None:
    elm, ash = invoiced(asking, "100.00"), invoiced(asking, "100.00", customer="Ash School")
    credit = done(asking, payment_add(BY_HAND, customer="Ash School", head=total("9.00"))).findtext("TxnID")
    places = {
        "{none}": applied("7-7", "1.00"),
        "{ash}": applied(ash, "1.00"),
        "{too much discount}": applied(
            elm, "100.00", f"<DiscountAmount>0.01</DiscountAmount>{ref('DiscountAccountRef', 'Discounts Given')}"
        ),
        "{discount}": applied(elm, "1.00", "<DiscountAmount>1.00</DiscountAmount>"),
        "{class of a discount}": applied(
            elm,
            "1.00",
            f"<DiscountAmount>1.00</DiscountAmount>{ref('DiscountAccountRef', 'Discounts Given')}"
            f"{ref('DiscountClassRef', 'Repairs')}",
        ),
        "{credit of another}": applied(
            elm,
            "1.00",
            f"<SetCredit><CreditTxnID>{credit}</CreditTxnID><AppliedAmount>1.00</AppliedAmount></SetCredit>",
        ),
        **{f"{{pays:{amount}}}": applied(elm, amount) for amount in ("100.01", "60.00", "50.00", "-1.00")},
    }
    for place, text in places.items():
        body = body.replace(place, text)
    assert refused(company, payment_add(body, head=head))[0] == code


def test_overpaying_names_the_field_and_the_reason(company: Company, asking: Asking) -> None:
    """quickbooks-php, SQL/Errors."""
    _, text = refused(company, payment_add(applied(invoiced(asking, "100.00"), "100.01")))
    assert text.startswith('The "PaymentAmount" field has an invalid value "100.01".')
    assert text.endswith("You cannot pay more than the amount due.")


def test_closed_books_take_no_payment(company: Company, asking: Asking) -> None:
    payment = done(asking, payment_add(BY_HAND, head="<TxnDate>2024-02-01</TxnDate>" + total("1.00")))
    company.set_preference("AccountingPreferences.ClosingDate", "2024-02-29")
    assert refused(company, payment_add(BY_HAND, head="<TxnDate>2024-02-29</TxnDate>" + total("1.00")))[0] == "3171"
    assert refused(company, mod(payment, "<Memo>x</Memo>"))[0] == "3171"
    assert refused(company, delete(payment))[0] == "3161"


# -- modify and delete -------------------------------------------------------------------------------------------


def delete(payment: etree._Element) -> str:
    return f"<TxnDelRq><TxnDelType>ReceivePayment</TxnDelType><TxnID>{payment.findtext('TxnID')}</TxnID></TxnDelRq>"


def applied_mod(txn_id: str, amount: str | None = None) -> str:
    return applied(txn_id, amount).replace("AppliedToTxnAdd", "AppliedToTxnMod")


def test_a_modified_payment_pays_what_is_listed_and_nothing_else(
    company: Company, asking: Asking, clock: StandingClock
) -> None:
    first, second = invoiced(asking, "100.00"), invoiced(asking, "50.00")
    payment = done(asking, payment_add(applied(first, "60.00") + applied(second, "40.00"), head=total("100.00")))
    clock.move(60)
    changed = done(asking, mod(payment, "<Memo>x</Memo>"))
    assert open_of(company, first, second) == [4000, 1000], "without a list nothing moves"
    changed = done(asking, mod(changed, applied_mod(first) + applied_mod(second, "30.00")))
    assert open_of(company, first, second) == [4000, 2000]
    assert changed.findtext("UnusedPayment") == "10.00"
    changed = done(asking, mod(changed, total("110.00") + applied_mod(first, "100.00")))
    assert open_of(company, first, second) == [0, 5000]
    assert company.find("Elm School").balance_cents == 5000 - 1000
    assert int(changed.findtext("EditSequence")) > int(payment.findtext("EditSequence"))


def test_a_payment_cannot_shrink_below_what_it_pays(company: Company, asking: Asking) -> None:
    first = invoiced(asking, "100.00")
    payment = done(asking, payment_add(applied(first, "60.00"), head=total("100.00")))
    assert refused(company, mod(payment, total("59.99")))[0] == "3210"
    assert refused(company, mod(payment, ref("CustomerRef", "Ash School")))[0] == "3210"
    assert refused(company, mod(payment, applied_mod(first, "100.01")))[0] == "3210"
    assert refused(company, mod(payment, "", sequence="1"))[0] == "3200"
    assert refused(company, mod(payment, "<CustomerRef/>"))[0] == "3190"


def test_a_payment_moves_to_no_account_that_cannot_take_it(company: Company, asking: Asking) -> None:
    payment = done(asking, payment_add(BY_HAND, head=total("5.00")))
    assert refused(company, mod(payment, ref("ARAccountRef", "Checking")))[0] == "3140"
    assert refused(company, mod(payment, ref("DepositToAccountRef", "Service Income")))[0] == "3140"
    moved = done(asking, mod(payment, ref("DepositToAccountRef", "Checking")))
    assert moved.findtext("DepositToAccountRef/FullName") == "Checking"


def test_what_a_deleted_payment_paid_is_open_again(company: Company, asking: Asking, clock: StandingClock) -> None:
    invoice = invoiced(asking, "100.00")
    payment = done(asking, payment_add(applied(invoice, "100.00")))
    before = int(company.invoices.get(invoice).edit_sequence)
    clock.move(5)
    asking.ask(delete(payment))
    assert open_of(company, invoice) == [10000]
    assert company.find("Elm School").balance_cents == 10000
    assert int(company.invoices.get(invoice).edit_sequence) > before
    assert [each.txn_id for each in company.payments.deleted()] == [payment.findtext("TxnID")]


def test_payments_cannot_be_voided(asking: Asking) -> None:
    """Intuit, TxnVoid page: TxnVoidType does not list them."""
    with pytest.raises(RequestRefused):
        asking.ask("<TxnVoidRq><TxnVoidType>ReceivePayment</TxnVoidType><TxnID>1-1</TxnID></TxnVoidRq>")


def test_of_a_card_only_the_last_digits_stay_and_only_with_permission(company: Company, asking: Asking) -> None:
    card = (
        "<CreditCardTxnInfo><CreditCardTxnInputInfo><CreditCardNumber>4111111111111111</CreditCardNumber>"
        "<ExpirationMonth>12</ExpirationMonth><ExpirationYear>2030</ExpirationYear><NameOnCard>Ann Ash</NameOnCard>"
        "</CreditCardTxnInputInfo><CreditCardTxnResultInfo><ResultCode>0</ResultCode><ResultMessage>ok</ResultMessage>"
        "<CreditCardTransID>1</CreditCardTransID><MerchantAccountNumber>2</MerchantAccountNumber>"
        "<PaymentStatus>Completed</PaymentStatus><TxnAuthorizationTime>2024-03-09T11:00:00</TxnAuthorizationTime>"
        "</CreditCardTxnResultInfo></CreditCardTxnInfo>"
    )
    assert refused(company, payment_add(BY_HAND, head=total("5.00") + card))[0] == "3261"
    company.set_preference("CurrentAppAccessRights.IsPersonalDataAccessAllowed", True)
    payment = done(asking, payment_add(BY_HAND, head=total("5.00") + card))
    assert next(payment.iter("CreditCardNumber")).text == "xxxxxxxxxxxx1111"


def test_a_card_is_changed_only_with_permission(company: Company, asking: Asking) -> None:
    payment = done(asking, payment_add(BY_HAND, head=total("5.00")))
    card = (
        "<CreditCardTxnInfoMod><CreditCardTxnInputInfoMod><CreditCardNumber>4111111111111111</CreditCardNumber>"
        "<ExpirationMonth>12</ExpirationMonth><ExpirationYear>2030</ExpirationYear><NameOnCard>Ann Ash</NameOnCard>"
        "</CreditCardTxnInputInfoMod></CreditCardTxnInfoMod>"
    )
    assert refused(company, mod(payment, card))[0] == "3261"


@pytest.mark.parametrize(("kind", "tag"), [("PaymentMethod", "PaymentMethodRef"), ("Account", "DepositToAccountRef")])
def test_what_only_a_payment_names_is_in_use(company: Company, asking: Asking, kind: str, tag: str) -> None:
    fields = {"account_type": "Bank"} if kind == "Account" else {}
    only = company.lists.add(kind, "Only here", **fields)
    done(asking, payment_add(BY_HAND, head=total("5.00") + ref(tag, "Only here")))
    company.set_host("QBFileMode", "SingleUser")
    gone = f"<ListDelRq><ListDelType>{kind}</ListDelType><ListID>{only.list_id}</ListID></ListDelRq>"
    assert refused(company, gone)[0] == "3160"


def test_a_person_takes_a_payment(company: Company, asking: Asking) -> None:
    invoice = invoiced(asking, "100.00")
    payment = company.payments.add("Elm School", "70.00", pays={invoice: "60.00"}, payment_method="Cash", memo="cash")
    assert (payment.unused_cents, payment.applications[0].paid_cents, payment.memo) == (1000, 6000, "cash")
    assert company.payments.edit(payment.txn_id, amount="80.00", pays={}).unused_cents == 8000
    assert company.payments.all(invoice=invoice) == []
    company.payments.delete(payment.txn_id)
    assert company.payments.all(customer=payment.customer_id) == []
