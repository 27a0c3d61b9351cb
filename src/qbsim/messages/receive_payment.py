"""ReceivePaymentAdd, ReceivePaymentMod and ReceivePaymentQuery (qbXML reference 13.0, ReceivePayment)."""

from qbsim.declarations import (
    Element,
    Kind,
    Request,
    aggregate,
    amount,
    boolean,
    day,
    enum,
    floating,
    guid,
    identifier,
    integer,
    moment,
    one_of,
    ref,
    string,
)
from qbsim.messages.parts import DATA_EXT, INCLUDE_RET_ELEMENT, ITERATOR, METADATA
from qbsim.messages.transactions import LINKED_TXN, SET_CREDIT_PARTS, TXN_HEADER, TXN_TYPES, txn_filter

_VERDICTS = "Pass Fail NotAvailable"


def _card(suffix: str, needed: str, *, since: str) -> Element:
    """Declare what a card payment carries; in a Mod (`needed` "?") nothing of it must be there."""
    return aggregate(
        f"CreditCardTxnInfo{suffix}",
        aggregate(
            f"CreditCardTxnInputInfo{suffix}",
            string("CreditCardNumber", 25, needed),
            integer("ExpirationMonth", needed, lowest=1, highest=12),
            integer("ExpirationYear", needed),
            string("NameOnCard", 41, needed),
            string("CreditCardAddress", 41, "?"),
            string("CreditCardPostalCode", 18, "?"),
            string("CommercialCardCode", 24, "?"),
            enum("TransactionMode", "CardNotPresent CardPresent", "?"),
            enum("CreditCardTxnType", "Authorization Capture Charge Refund VoiceAuthorization", "?"),
            many=needed,
        ),
        aggregate(
            f"CreditCardTxnResultInfo{suffix}",
            integer("ResultCode", needed),
            string("ResultMessage", 60, needed),
            string("CreditCardTransID", 24, needed),
            string("MerchantAccountNumber", 32, needed),
            string("AuthorizationCode", 12, "?"),
            enum("AVSStreet", _VERDICTS, "?"),
            enum("AVSZip", _VERDICTS, "?"),
            enum("CardSecurityCodeMatch", _VERDICTS, "?"),
            string("ReconBatchID", 84, "?"),
            integer("PaymentGroupingCode", "?"),
            enum("PaymentStatus", "Unknown Completed", needed),
            moment("TxnAuthorizationTime", needed),
            integer("TxnAuthorizationStamp", "?"),
            string("ClientTransID", 16, "?"),
            many=needed,
        ),
        many="?",
        since=since,
    )


_SET_CREDIT = aggregate("SetCredit", *SET_CREDIT_PARTS, many="*", macro="useMacro")
_DISCOUNT = (
    amount("DiscountAmount", "?"),
    ref("DiscountAccountRef", 159),
    ref("DiscountClassRef", 159, since="11.0"),
)

APPLIED_ADD = aggregate(
    "AppliedToTxnAdd",
    Element("TxnID", Kind.ID, max_length=36, macro="useMacro"),
    amount("PaymentAmount", "?"),
    _SET_CREDIT,
    *_DISCOUNT,
    many="+",
)

PAYMENT_ADD_BODY = aggregate(
    "ReceivePaymentAdd",
    ref("CustomerRef", 209, ""),
    ref("ARAccountRef", 159),
    day("TxnDate", "?"),
    string("RefNumber", 20, "?"),
    amount("TotalAmount", "?"),
    floating("ExchangeRate", "?", since="8.0"),
    ref("PaymentMethodRef", 31),
    string("Memo", 4095, "?"),
    ref("DepositToAccountRef", 159),
    _card("", "", since="4.1"),
    guid("ExternalGUID", "?", since="9.0"),
    one_of(boolean("IsAutoApply"), APPLIED_ADD),
    macro="defMacro",
)
PAYMENT_ADD = Request("ReceivePaymentAdd", (PAYMENT_ADD_BODY, INCLUDE_RET_ELEMENT), since=(1, 1))

APPLIED_MOD = aggregate(
    "AppliedToTxnMod",
    identifier("TxnID"),
    amount("PaymentAmount", "?"),
    _SET_CREDIT,
    *_DISCOUNT,
    many="*",
)

PAYMENT_MOD_BODY = aggregate(
    "ReceivePaymentMod",
    identifier("TxnID"),
    string("EditSequence", 16),
    ref("CustomerRef", 209),
    ref("ARAccountRef", 159),
    day("TxnDate", "?"),
    string("RefNumber", 20, "?"),
    amount("TotalAmount", "?"),
    floating("ExchangeRate", "?", since="8.0"),
    ref("PaymentMethodRef", 31),
    string("Memo", 4095, "?"),
    ref("DepositToAccountRef", 159),
    _card("Mod", "?", since="7.0"),
    APPLIED_MOD,
)
PAYMENT_MOD = Request("ReceivePaymentMod", (PAYMENT_MOD_BODY, INCLUDE_RET_ELEMENT))

PAYMENT_QUERY = Request(
    "ReceivePaymentQuery",
    (txn_filter(), boolean("IncludeLineItems", "?"), INCLUDE_RET_ELEMENT, guid("OwnerID", "*")),
    (METADATA, *ITERATOR),
    since=(1, 1),
)

PAYMENT_RET = (
    *TXN_HEADER,
    ref("CustomerRef", 209),
    ref("ARAccountRef", 159),
    day("TxnDate", "?"),
    string("RefNumber", 20, "?"),
    amount("TotalAmount", "?"),
    ref("CurrencyRef", 64, since="8.0"),
    floating("ExchangeRate", "?", since="8.0"),
    amount("TotalAmountInHomeCurrency", "?", since="8.0"),
    ref("PaymentMethodRef", 31),
    string("Memo", 4095, "?"),
    ref("DepositToAccountRef", 159),
    _card("", "", since="4.1"),
    amount("UnusedPayment", "?"),
    amount("UnusedCredits", "?"),
    guid("ExternalGUID", "?", since="9.0"),
    aggregate(
        "AppliedToTxnRet",
        identifier("TxnID"),
        enum("TxnType", TXN_TYPES),
        day("TxnDate", "?"),
        string("RefNumber", 20, "?"),
        amount("BalanceRemaining", "?"),
        amount("Amount", "?"),
        *_DISCOUNT,
        aggregate("LinkedTxn", *LINKED_TXN, many="*", since="10.0"),
        many="*",
    ),
    aggregate("DataExtRet", *DATA_EXT, many="*"),
)

REQUESTS = {
    "ReceivePaymentAddRq": PAYMENT_ADD,
    "ReceivePaymentModRq": PAYMENT_MOD,
    "ReceivePaymentQueryRq": PAYMENT_QUERY,
}
