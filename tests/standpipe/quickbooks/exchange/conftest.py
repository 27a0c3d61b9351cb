from __future__ import annotations

import pytest

from standpipe.quickbooks.connections.models import Connection
from support.quickbooks_worlds import make_connection
from support.worlds import make_organization


@pytest.fixture
def connection(db: None) -> Connection:
    """A connection whose company file was read and confirmed; nothing waits."""
    return make_connection(make_organization())
