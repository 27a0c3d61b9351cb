"""The markers that documents bear in QuickBooks (ExternalGUID). Pure.

A database that was put back to an earlier state has forgotten documents that are in the company file. So a marker can
be made again: of the first document of an invoice or payment it is that one's own id, then the next of a row.
"""

from uuid import UUID, uuid5

REACH = 20  # documents of one thing that a restored database may have forgotten


def marker_of(record_id: UUID, *, earlier: int) -> UUID:
    """Of a document of this invoice or payment that had ``earlier`` ones before it, ended ones among them."""
    return uuid5(record_id, str(earlier)) if earlier else record_id


def markers_of(record_id: UUID, *, documents: int) -> frozenset[UUID]:
    """All that its documents may bear, where ``documents`` of them are known here."""
    return frozenset(marker_of(record_id, earlier=earlier) for earlier in range(documents + REACH))
