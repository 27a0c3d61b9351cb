"""Reads of the trail."""

from uuid import UUID

from django.db.models import QuerySet

from standpipe.organizations.models import Organization

from .models import Activity


def activity_of(organization: Organization, *, subject_type: str, subject_id: UUID | str) -> QuerySet[Activity]:
    """What happened to one record, latest first."""
    return Activity.objects.filter(
        organization_id=organization.id, subject_type=subject_type, subject_id=str(subject_id)
    ).order_by("-at", "-id")


def latest_activity(organization: Organization) -> QuerySet[Activity]:
    """What happened in the organization, latest first."""
    return Activity.objects.filter(organization_id=organization.id).order_by("-at", "-id")
