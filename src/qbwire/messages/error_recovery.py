"""What QuickBooks says of an object that it saved and could not return.  Source: qbXML 13.0 reference, ErrorRecovery.

Responses that add, change, void or delete may hold it since 11.0. It proves that the request was executed.
"""

from dataclasses import dataclass
from typing import Annotated

from qbwire.codec import Tag, branches, message
from qbwire.scalars import GUID, ID

A_LIST_OBJECT, A_DATA_EXT, A_TXN = branches(3, required=True)


@message("ErrorRecovery")
@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRecovery:
    list_id: Annotated[str | None, Tag("ListID", ID), A_LIST_OBJECT] = None
    owner_id: Annotated[str | None, Tag("OwnerID", GUID), A_DATA_EXT] = None
    txn_id: Annotated[str | None, Tag("TxnID", ID), A_TXN] = None
    txn_number: Annotated[int | None, Tag("TxnNumber")] = None
    edit_sequence: Annotated[str | None, Tag("EditSequence", 16)] = None
    external_guid: Annotated[str | None, Tag("ExternalGUID", GUID)] = None
