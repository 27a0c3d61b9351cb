"""Parts that several messages share (qbXML reference 13.0, common aggregates)."""

from qbsim.declarations import (
    Attribute,
    Element,
    Particle,
    Request,
    aggregate,
    boolean,
    enum,
    guid,
    identifier,
    integer,
    moment,
    one_of,
    string,
)
from qbsim.wiretext import Version, version

LIST_HEADER = (
    identifier("ListID", "?"),
    moment("TimeCreated", "?"),
    moment("TimeModified", "?"),
    string("EditSequence", 16, "?"),
)

ADDRESS = (
    string("Addr1", 41, "?"),
    string("Addr2", 41, "?"),
    string("Addr3", 41, "?"),
    string("Addr4", 41, "?", since="2.0"),
    string("Addr5", 41, "?", since="6.0"),
    string("City", 31, "?"),
    string("State", 21, "?"),
    string("PostalCode", 13, "?"),
    string("Country", 31, "?"),
    string("Note", 41, "?", since="6.0"),
)

BLOCK = tuple(string(f"Addr{number}", 41, "?") for number in range(1, 6))

SHIP_TO = (string("Name", 41), *ADDRESS, boolean("DefaultShipTo", "?"))

LABELLED = (string("ContactName", 40), string("ContactValue", 255))

DATA_EXT = (
    guid("OwnerID", "?"),
    string("DataExtName", 31),
    enum(
        "DataExtType",
        "AMTTYPE DATETIMETYPE INTTYPE PERCENTTYPE PRICETYPE QUANTYPE STR1024TYPE STR255TYPE",
    ),
    string("DataExtValue"),
)

INCLUDE_RET_ELEMENT = string("IncludeRetElement", 50, "*", since="4.0")

METADATA = Attribute("metaData", ("NoMetaData", "MetaDataOnly", "MetaDataAndResponseData"), since=version("4.0"))
ITERATOR = (
    Attribute("iterator", ("Start", "Continue", "Stop"), since=version("5.0")),
    Attribute("iteratorID", since=version("5.0")),
)

LIST_FILTER = (
    integer("MaxReturned", "?", lowest=1),
    enum("ActiveStatus", "ActiveOnly InactiveOnly All", "?"),
    moment("FromModifiedDate", "?"),
    moment("ToModifiedDate", "?"),
    one_of(
        Element(
            "NameFilter",
            children=(enum("MatchCriterion", "StartsWith Contains EndsWith"), string("Name")),
        ),
        Element("NameRangeFilter", children=(string("FromName", None, "?"), string("ToName", None, "?"))),
        many="?",
    ),
)

CURRENCY_FILTER = aggregate(
    "CurrencyFilter",
    one_of(identifier("ListID", "+"), string("FullName", 64, "+")),
    many="?",
    since="8.0",
)
CLASS_FILTER = aggregate(
    "ClassFilter",
    one_of(
        identifier("ListID", "+"),
        string("FullName", None, "+"),
        identifier("ListIDWithChildren"),
        string("FullNameWithChildren"),
    ),
    many="?",
    since="12.0",
)
OWNER_IDS = (guid("OwnerID", "*"),)


def list_query(
    tag: str,
    *more_filters: Particle,
    then: tuple[Particle, ...] = (INCLUDE_RET_ELEMENT,),
    attributes: tuple[Attribute, ...] = (METADATA,),
    since: Version = (1, 0),
) -> Request:
    """Declare a query of a list: by ListID, by FullName, or by the filters that all share and `more_filters`."""
    by = one_of(identifier("ListID", "+"), string("FullName", None, "+"), (*LIST_FILTER, *more_filters), many="?")
    return Request(tag, (by, *then), attributes, since)
