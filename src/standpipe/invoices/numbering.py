"""The numbers that invoices bear. A number stands on one live invoice only; QuickBooks would take it twice."""

from uuid import UUID

from django.db import transaction

from standpipe.activity.actions import record
from standpipe.core.errors import UserError
from standpipe.core.limits import LIMITS, one_line
from standpipe.organizations.models import Organization, Person

from .models import Invoice, Numbering

MAX_LENGTH = LIMITS["number"].length
MAX_PREFIX = 8  # three digits are left
LOOKED_AHEAD = 1000  # numbers asked for at once when some of the next ones were given by hand


def numbering_of(organization: Organization) -> Numbering:
    """Unsaved where nobody has set it yet."""
    return Numbering.objects.filter(organization=organization).first() or Numbering(organization=organization)


def set_numbering(organization: Organization, *, by: Person | None, prefix: str, next_number: int) -> Numbering:
    prefix = one_line(prefix, field="prefix", limit="number")
    if len(prefix) > MAX_PREFIX:
        raise UserError(f"A prefix has at most {MAX_PREFIX} characters.", code="invalid_length", field="prefix")
    if next_number < 1 or len(f"{prefix}{next_number}") > MAX_LENGTH:
        raise UserError(
            f"With its prefix, a number has at most {MAX_LENGTH} characters: QuickBooks holds no more.",
            code="invalid_number",
            field="next_number",
        )
    with transaction.atomic():
        numbering = locked_numbering(organization)
        before = {"prefix": numbering.prefix, "next_number": numbering.next_number}
        after = {"prefix": prefix, "next_number": next_number}
        if after != before:
            numbering.prefix, numbering.next_number = prefix, next_number
            numbering.save()
            record(
                "invoice_numbering.changed",
                organization=organization,
                by=by,
                subject_type="organization",
                subject_id=organization.id,
                subject_name=organization.name,
                before=before,
                after=after,
            )
    return numbering


def locked_numbering(organization: Organization) -> Numbering:
    """For the length of the transaction: two people who save at once get two numbers."""
    Numbering.objects.get_or_create(organization=organization)
    return Numbering.objects.select_for_update().get(organization=organization)


def next_number(organization: Organization) -> str:
    """The first that no invoice bears, not even an archived one; ``""`` where none of eleven characters is left."""
    number, _ = free_number(numbering_of(organization))
    return number


def free_number(numbering: Numbering) -> tuple[str, int]:
    """As :func:`next_number`, with the count that it is made of."""
    count = numbering.next_number
    while len(f"{numbering.prefix}{count}") <= MAX_LENGTH:
        ahead = {f"{numbering.prefix}{number}": number for number in range(count, count + LOOKED_AHEAD)}
        used = set(
            Invoice.objects.filter(organization=numbering.organization, number__in=ahead).values_list(
                "number", flat=True
            )
        )
        for text, number in ahead.items():
            if text not in used and len(text) <= MAX_LENGTH:
                return text, number
        count += LOOKED_AHEAD
    return "", count


def holder_of(organization: Organization, number: str, *, besides: UUID | None = None) -> Invoice | None:
    """The live invoice that bears ``number``. Case counts, as it does in QuickBooks."""
    if not number:
        return None
    bearing = Invoice.objects.filter(organization=organization, number=number, archived_at__isnull=True)
    others = bearing.exclude(pk=besides) if besides is not None else bearing
    return others.select_related("account", "building").first()


def remark_on(organization: Organization, number: str, *, besides: UUID | None = None) -> str:
    """What is wrong with ``number``, as somebody types it; ``""``: nothing."""
    try:
        refuse_if_used(organization, one_line(number, field="number"), besides=besides)
    except UserError as error:
        return str(error)
    return ""


def refuse_if_used(organization: Organization, number: str, *, besides: UUID | None = None) -> None:
    if holder := holder_of(organization, number, besides=besides):
        free = next_number(organization)
        ahead = f" {free} is free." if free else ""
        raise UserError(
            f"Number {number} is on another invoice, for “{holder.billed.name}”.{ahead}",
            code="number_used",
            field="number",
        )
