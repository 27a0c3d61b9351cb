"""The file that registers Standpipe in one Web Connector. Downloaded ten times, it is the same file.

Everything in it follows from what never changes of a connection (user name, FileID, interval) and from the address
of this installation. A file with other IDs would be another application to the Web Connector, and a second stamp
in the company file (QBWC1039).
"""

from uuid import UUID

from qbwire.errors import RefusedByConnector
from qbwire.qwc import Qwc, check_addresses, encode_qwc
from standpipe.core.errors import UserError

from .models import Connection

# One per application, the same for every customer and for ever: the Web Connector keeps each FileID in the company
# file as private data under this owner (QBWC Programmer's Guide, ch. 4). Another value orphans every connection.
OWNER_ID = UUID("4254c422-2bbb-4d2e-8f2c-d5c23343f980")

_REPAIR = (
    "Whoever runs Standpipe sets STANDPIPE_BASE_URL to its address with https:// and a host name, like "
    "https://standpipe.example.com, and starts it again. The operator guide says how."
)

CONTENT_TYPE = "application/x-qwc"
SOAP_PATH = "/qbwc/"
HELP_PATH = "/help/quickbooks/"


def app_name(connection: Connection) -> str:
    """How the row in the Web Connector is called: unique there, and the same after any renaming here."""
    return f"Standpipe {connection.username}"


def file_name(connection: Connection) -> str:
    return f"standpipe-{connection.username}.qwc"


def encode(connection: Connection, *, base_url: str) -> bytes:
    """The QWC file. Raises ``UserError`` where the Web Connector would refuse it."""
    if refusal := address_refusal(base_url):
        raise refusal
    return encode_qwc(
        Qwc(
            app_name=app_name(connection),
            app_url=base_url + SOAP_PATH,
            app_description="Brings customers to Standpipe; takes invoices and payments to QuickBooks",
            app_support=base_url + HELP_PATH,
            user_name=connection.username,
            owner_id=_braced(OWNER_ID),
            file_id=_braced(connection.file_id),
            run_every_minutes=connection.poll_minutes,
        )
    )


def address_refusal(base_url: str) -> UserError | None:
    """Why the Web Connector would refuse a file for this address, or ``None``."""
    try:
        check_addresses(base_url + SOAP_PATH, base_url + HELP_PATH)
    except RefusedByConnector as refused:
        return UserError(
            f"No QWC file can be made for {base_url}: the Web Connector would refuse it. {refused} {_REPAIR}",
            code="address_refused",
        )
    return None


def _braced(guid: UUID) -> str:
    return f"{{{guid}}}"
