"""What no source settles about qbXML: reading and writing are right whichever is true (docs/uncertain-facts.md)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwire.errors import UserError
from qbwire.messages import decode_response_set
from qbwire.scalars import storable_text
from qbwire.status import Action, explain_status

SPANISH = "Peñón – Café “Ñandú” €"


@given(st.text() | st.text(st.characters(codec="cp1252")))
def test_what_may_leave_is_as_long_in_bytes_as_in_characters(text: str) -> None:
    """Whether lengths count characters or QuickBooks' own bytes (Windows-1252) makes no difference then."""
    try:
        storable = storable_text(text, field="Name", limit=41)
    except UserError:
        return
    assert len(storable.text.encode("cp1252")) == len(storable.text) <= 41


@pytest.mark.parametrize("length", [41, 42, 82, 164])
def test_a_name_of_any_length_is_read_whole(length: int) -> None:
    """Were the limit counted in other units than ours, a name could come longer than we would write it."""
    name = (SPANISH * 8)[:length]
    document = (
        '<QBXML><QBXMLMsgsRs><CustomerQueryRs statusCode="0" statusSeverity="Info"><CustomerRet>'
        f"<ListID>1</ListID><Name>{name}</Name></CustomerRet></CustomerQueryRs></QBXMLMsgsRs></QBXML>"
    )
    assert decode_response_set(document).responses[0].items[0].name == name


def test_a_list_id_that_is_gone_is_told_in_two_ways() -> None:
    """500 brings what was found besides, 3120 brings nothing; neither is ever tried again as it was."""
    found = "<CustomerRet><ListID>2</ListID><Name>Oak</Name></CustomerRet>"
    for code, severity, inside in ((500, "Warn", found), (3120, "Error", "")):
        document = (
            f'<QBXML><QBXMLMsgsRs><CustomerQueryRs statusCode="{code}" statusSeverity="{severity}">{inside}'
            "</CustomerQueryRs></QBXMLMsgsRs></QBXML>"
        )
        (response,) = decode_response_set(document).responses
        assert response.status.is_error == (severity == "Error")
        assert len(response.items) == (1 if inside else 0)
        assert explain_status(code).action not in (Action.RETRY, Action.RETRY_FRESH)
