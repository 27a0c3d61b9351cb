"""Payments of customers.  Source: qbXML 13.0 reference, ReceivePayment, US edition.

Left out: CreditCardTxnInfo, which belongs to card processing inside QuickBooks, and TxnLineDetail, which only other
editions have. Paying more than is due is refused with 3210. A payment cannot be voided, only deleted.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from qbwire.codec import Attr, Tag, UseMacro, branches, message
from qbwire.messages.ref import DataExt, Ref
from qbwire.messages.txn import TXN_KINDS, LinkedTxn, SetCredit, TxnHead, TxnQuery
from qbwire.scalars import FLOAT, GUID, ID, MACRO

BY_QUICKBOOKS, BY_US = branches(2, required=True)

# --- adding ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAppliedTxn:
    """The invoice that is paid. Payment, discount and credits together are at most what is open of it."""

    txn_id: Annotated[str | UseMacro, Tag("TxnID", ID)]
    payment_amount: Annotated[Decimal | None, Tag("PaymentAmount")] = None
    credits: Annotated[tuple[SetCredit, ...], Tag("SetCredit")] = ()
    discount_amount: Annotated[Decimal | None, Tag("DiscountAmount")] = None
    discount_account: Annotated[Ref | None, Tag("DiscountAccountRef", 159)] = None
    discount_class: Annotated[Ref | None, Tag("DiscountClassRef", 159)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceivePayment:
    """A payment to add, either applied to the named invoices or by QuickBooks as it sees fit.

    What `total_amount` exceeds the applied amounts by stays with the customer as an unused payment.
    """

    def_macro: Annotated[str | None, Attr("defMacro", MACRO)] = None
    customer: Annotated[Ref, Tag("CustomerRef", 209)]
    receivable_account: Annotated[Ref | None, Tag("ARAccountRef", 159)] = None
    dated_on: Annotated[date | None, Tag("TxnDate")] = None
    ref_number: Annotated[str | None, Tag("RefNumber", 20)] = None
    total_amount: Annotated[Decimal | None, Tag("TotalAmount")] = None
    exchange_rate: Annotated[Decimal | None, Tag("ExchangeRate", FLOAT)] = None
    payment_method: Annotated[Ref | None, Tag("PaymentMethodRef", 31)] = None
    memo: Annotated[str | None, Tag("Memo", 4095)] = None
    deposit_account: Annotated[Ref | None, Tag("DepositToAccountRef", 159)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    applies_automatically: Annotated[bool | None, Tag("IsAutoApply"), BY_QUICKBOOKS] = None
    applied_to: Annotated[tuple[NewAppliedTxn, ...], Tag("AppliedToTxnAdd"), BY_US] = ()


@message("ReceivePaymentAddRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivePaymentAdd:
    payment: Annotated[NewReceivePayment, Tag("ReceivePaymentAdd")]
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()


# --- reading --------------------------------------------------------------------------------------


@message("ReceivePaymentQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivePaymentQuery(TxnQuery):
    """Asks for payments; what they are applied to comes only with `include_lines`."""

    include_lines: Annotated[bool | None, Tag("IncludeLineItems")] = None
    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()
    owner_ids: Annotated[tuple[str, ...], Tag("OwnerID", GUID)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedTxn:
    """A transaction, mostly an invoice, that the payment is applied to."""

    txn_id: Annotated[str, Tag("TxnID", ID)]
    kind: Annotated[str | None, Tag("TxnType", TXN_KINDS, required=True)] = None
    dated_on: Annotated[date | None, Tag("TxnDate")] = None
    ref_number: Annotated[str | None, Tag("RefNumber", 20)] = None
    balance_remaining: Annotated[Decimal | None, Tag("BalanceRemaining")] = None
    amount: Annotated[Decimal | None, Tag("Amount")] = None
    discount_amount: Annotated[Decimal | None, Tag("DiscountAmount")] = None
    discount_account: Annotated[Ref | None, Tag("DiscountAccountRef", 159)] = None
    discount_class: Annotated[Ref | None, Tag("DiscountClassRef", 159)] = None
    linked_txns: Annotated[tuple[LinkedTxn, ...], Tag("LinkedTxn")] = ()


@message("ReceivePaymentRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivePayment(TxnHead):
    """A payment as QuickBooks holds it. None is what was not asked for as well as what is blank in QuickBooks."""

    customer: Annotated[Ref | None, Tag("CustomerRef", 209)] = None
    receivable_account: Annotated[Ref | None, Tag("ARAccountRef", 159)] = None
    dated_on: Annotated[date | None, Tag("TxnDate")] = None
    ref_number: Annotated[str | None, Tag("RefNumber", 20)] = None
    total_amount: Annotated[Decimal | None, Tag("TotalAmount")] = None
    currency: Annotated[Ref | None, Tag("CurrencyRef", 64)] = None
    exchange_rate: Annotated[Decimal | None, Tag("ExchangeRate", FLOAT)] = None
    total_in_home_currency: Annotated[Decimal | None, Tag("TotalAmountInHomeCurrency")] = None
    payment_method: Annotated[Ref | None, Tag("PaymentMethodRef", 31)] = None
    memo: Annotated[str | None, Tag("Memo", 4095)] = None
    deposit_account: Annotated[Ref | None, Tag("DepositToAccountRef", 159)] = None
    unused_payment: Annotated[Decimal | None, Tag("UnusedPayment")] = None
    unused_credits: Annotated[Decimal | None, Tag("UnusedCredits")] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
    applied_to: Annotated[tuple[AppliedTxn, ...], Tag("AppliedToTxnRet")] = ()
    data_exts: Annotated[tuple[DataExt, ...], Tag("DataExtRet")] = ()
