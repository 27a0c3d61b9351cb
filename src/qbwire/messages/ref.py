"""What every list object is made of: its head, references to others, labelled values, data extensions.

Source: qbXML 13.0 reference, shared aggregates.
"""

from dataclasses import dataclass
from typing import Annotated

from qbwire.codec import OUTER, Tag, message, words
from qbwire.scalars import DATETIME, GUID, ID

DATA_EXT_TYPES = words(
    "AMTTYPE", "DATETIMETYPE", "INTTYPE", "PERCENTTYPE", "PRICETYPE", "QUANTYPE", "STR1024TYPE", "STR255TYPE"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHead:
    """The head of every list object. IncludeRetElement hides all of it but what it names."""

    list_id: Annotated[str, Tag("ListID", ID)]  # opaque, case sensitive, unique within one company file
    time_created: Annotated[str | None, Tag("TimeCreated", DATETIME)] = None  # QuickBooks' own text, see scalars
    time_modified: Annotated[str | None, Tag("TimeModified", DATETIME)] = None
    edit_sequence: Annotated[str | None, Tag("EditSequence", 16)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """Another list object, by ID or by full name; with both, QuickBooks ignores the name."""

    list_id: Annotated[str | None, Tag("ListID", ID)] = None
    full_name: Annotated[str | None, Tag("FullName", OUTER)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledValue:
    """A contact field of free label and value, like Mobile and a number."""

    label: Annotated[str, Tag("ContactName", 40)]
    value: Annotated[str, Tag("ContactValue", 255, required=True)] = ""


@message("DataExtRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class DataExt:
    """A custom field (owner 0), or private data of the owner asked for; QuickBooks returns the GUID upper-cased."""

    owner_id: Annotated[str | None, Tag("OwnerID", GUID)] = None
    name: Annotated[str, Tag("DataExtName", 31)]
    type: Annotated[str, Tag("DataExtType", DATA_EXT_TYPES)]
    value: Annotated[str, Tag("DataExtValue", required=True)] = ""  # the Web Connector blanks AppLock when it is done


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDataExt:
    """A custom field or private data, to be put on a line as it is added."""

    owner_id: Annotated[str, Tag("OwnerID", GUID)]
    name: Annotated[str, Tag("DataExtName", 31)]
    value: Annotated[str, Tag("DataExtValue")]
