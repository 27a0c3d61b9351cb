"""The messages that Standpipe speaks, one file an object, and the sets that carry them."""

from qbwire.codec import UnreadableRecord, declared_messages, tags_of
from qbwire.messages.address import Address, AddressBlock, ShipToAddress
from qbwire.messages.company import AccountantCopy, Company, CompanyQuery, Service, SubscribedServices
from qbwire.messages.customer import Contact, CreditCard, Customer, CustomerQuery, Note, TotalBalanceFilter
from qbwire.messages.envelope import (
    BrokenRecord,
    Record,
    Response,
    ResponseSet,
    Status,
    decode_response_set,
    encode_request_set,
)
from qbwire.messages.host import Host, HostQuery
from qbwire.messages.list_deleted import DeletedDateRange, ListDeleted, ListDeletedQuery
from qbwire.messages.preferences import Preferences, PreferencesQuery
from qbwire.messages.query import ClassFilter, CurrencyFilter, ListQuery, NameFilter, NameRange
from qbwire.messages.ref import DataExt, LabelledValue, Ref

__all__ = [
    "AccountantCopy",
    "Address",
    "AddressBlock",
    "BrokenRecord",
    "ClassFilter",
    "Company",
    "CompanyQuery",
    "Contact",
    "CreditCard",
    "CurrencyFilter",
    "Customer",
    "CustomerQuery",
    "DataExt",
    "DeletedDateRange",
    "Host",
    "HostQuery",
    "LabelledValue",
    "ListDeleted",
    "ListDeletedQuery",
    "ListQuery",
    "NameFilter",
    "NameRange",
    "Note",
    "Preferences",
    "PreferencesQuery",
    "Record",
    "Ref",
    "Response",
    "ResponseSet",
    "Service",
    "ShipToAddress",
    "Status",
    "SubscribedServices",
    "TotalBalanceFilter",
    "UnreadableRecord",
    "declared_messages",
    "decode_response_set",
    "encode_request_set",
    "tags_of",
]
