"""What list queries share: IDs, or full names, or a filter.

Source: qbXML 13.0 reference, list queries; QBSDK Programmer's Guide on iterators and ActiveStatus.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from qbwire.codec import Attr, Tag, branches
from qbwire.scalars import DATETIME, ID, integer

MetaData = Literal["NoMetaData", "MetaDataOnly", "MetaDataAndResponseData"]
Iterator = Literal["Start", "Continue", "Stop"]
ActiveStatus = Literal["ActiveOnly", "InactiveOnly", "All"]
Comparison = Literal["LessThan", "LessThanEqual", "Equal", "GreaterThan", "GreaterThanEqual"]

LIST_BY_ID, LIST_BY_NAME, LIST_BY_FILTER = branches(3)
NAME_LIKE, NAME_BETWEEN = branches(2)
CURRENCY_BY_ID, CURRENCY_BY_NAME = branches(2, required=True)
BY_ID, BY_NAME, TREE_BY_ID, TREE_BY_NAME = branches(4, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFilter:
    """Matches the name, not the full name."""

    match: Annotated[Literal["StartsWith", "Contains", "EndsWith"], Tag("MatchCriterion")]
    name: Annotated[str, Tag("Name")]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRange:
    """Names from and to, both included; a missing end is open."""

    from_name: Annotated[str | None, Tag("FromName")] = None
    to_name: Annotated[str | None, Tag("ToName")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyFilter:
    list_ids: Annotated[tuple[str, ...], Tag("ListID", ID), CURRENCY_BY_ID] = ()
    full_names: Annotated[tuple[str, ...], Tag("FullName", 64), CURRENCY_BY_NAME] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeFilter:
    """Objects of a list that has levels: these alone, or one with all under it."""

    list_ids: Annotated[tuple[str, ...], Tag("ListID", ID), BY_ID] = ()
    full_names: Annotated[tuple[str, ...], Tag("FullName"), BY_NAME] = ()
    list_id_with_children: Annotated[str | None, Tag("ListIDWithChildren", ID), TREE_BY_ID] = None
    full_name_with_children: Annotated[str | None, Tag("FullNameWithChildren"), TREE_BY_NAME] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFilter(TreeFilter):
    """What belongs to these classes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """The start of a list query; without anything it asks for all active objects.

    `active_status` is ActiveOnly unless stated: an inactivated object would silently disappear. Both dates are
    inclusive and, sent without an offset, wall time of the QuickBooks computer.
    """

    list_ids: Annotated[tuple[str, ...], Tag("ListID", ID), LIST_BY_ID] = ()
    full_names: Annotated[tuple[str, ...], Tag("FullName"), LIST_BY_NAME] = ()
    max_returned: Annotated[int | None, Tag("MaxReturned", integer(least=1)), LIST_BY_FILTER] = None
    active_status: Annotated[ActiveStatus | None, Tag("ActiveStatus"), LIST_BY_FILTER] = None
    from_modified: Annotated[str | None, Tag("FromModifiedDate", DATETIME), LIST_BY_FILTER] = None
    to_modified: Annotated[str | None, Tag("ToModifiedDate", DATETIME), LIST_BY_FILTER] = None
    name_filter: Annotated[NameFilter | None, Tag("NameFilter"), LIST_BY_FILTER, NAME_LIKE] = None
    name_range: Annotated[NameRange | None, Tag("NameRangeFilter"), LIST_BY_FILTER, NAME_BETWEEN] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainListQuery(ListQuery):
    """A list query without filters of its own and without iterator."""

    include_ret_element: Annotated[tuple[str, ...], Tag("IncludeRetElement", 50)] = ()
    metadata: Annotated[MetaData | None, Attr("metaData")] = None
