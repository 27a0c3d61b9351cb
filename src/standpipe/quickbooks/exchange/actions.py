"""What people do with a visit of the Web Connector."""

from django.db import transaction

from standpipe.activity.actions import record
from standpipe.organizations.models import Person
from standpipe.quickbooks.connections.models import Connection

from .models import Session
from .sessions import release


@transaction.atomic
def release_session(connection: Connection, *, by: Person | None) -> bool:
    """Ends the live session, so that another may begin at once; ``False`` where there is none. Safe to repeat.

    An answer that is still on its way is kept, and told that the session is over.
    """
    live = Session.objects.filter(connection=connection, closed_at=None).first()
    if live is None or not release(live):
        return False
    record(
        "connection.session_released",
        organization=connection.organization,
        by=by,
        subject_type="connection",
        subject_id=connection.pk,
        subject_name=connection.name,
    )
    return True
