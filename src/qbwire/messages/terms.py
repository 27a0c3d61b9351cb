"""Payment terms: a number of days, or a day of the month.  Source: qbXML 13.0 reference, Terms, US edition.

TermsQuery brings both kinds, mixed. A reference to terms is by name of at most 31 characters.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from qbwire.codec import Tag, message
from qbwire.messages.query import PlainListQuery
from qbwire.messages.ref import ListHead
from qbwire.scalars import PERCENT, integer

DAY_OF_MONTH = integer(least=1, most=31)


@message("TermsQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class TermsQuery(PlainListQuery):
    """Asks for terms of both kinds."""


@message("StandardTermsQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class StandardTermsQuery(PlainListQuery):
    """Asks for terms that count days."""


@message("DateDrivenTermsQueryRq")
@dataclass(frozen=True, slots=True, kw_only=True)
class DateDrivenTermsQuery(PlainListQuery):
    """Asks for terms that name a day of the month."""


@message("StandardTermsRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class StandardTerms(ListHead):
    """Due a number of days after the date of the invoice."""

    name: Annotated[str, Tag("Name", 31)] = ""
    is_active: Annotated[bool | None, Tag("IsActive")] = None
    due_days: Annotated[int | None, Tag("StdDueDays")] = None
    discount_days: Annotated[int | None, Tag("StdDiscountDays")] = None
    discount_percent: Annotated[Decimal | None, Tag("DiscountPct", PERCENT)] = None


@message("DateDrivenTermsRet")
@dataclass(frozen=True, slots=True, kw_only=True)
class DateDrivenTerms(ListHead):
    """Due on a day of the month; of the month after, if the invoice is at most `due_next_month_days` before it."""

    name: Annotated[str, Tag("Name", 31)] = ""
    is_active: Annotated[bool | None, Tag("IsActive")] = None
    due_day_of_month: Annotated[int | None, Tag("DayOfMonthDue", DAY_OF_MONTH)] = None
    due_next_month_days: Annotated[int | None, Tag("DueNextMonthDays")] = None
    discount_day_of_month: Annotated[int | None, Tag("DiscountDayOfMonth", DAY_OF_MONTH)] = None
    discount_percent: Annotated[Decimal | None, Tag("DiscountPct", PERCENT)] = None
