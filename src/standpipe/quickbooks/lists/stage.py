"""Everything that writes to the copied list. Bulk SQL below the ORM, the same on SQLite and PostgreSQL."""

from standpipe.quickbooks.connections.models import Task

from .models import SeenCustomer, StagedCustomer


def clear(task: Task) -> None:
    """Forgets what a refresh has staged so far; the list is not touched."""
    StagedCustomer.objects.filter(task=task).delete()
    SeenCustomer.objects.filter(task=task).delete()
