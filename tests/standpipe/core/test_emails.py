import pytest
from hypothesis import given
from hypothesis import strategies as st

from standpipe.core.emails import Mailbox, is_email, split_emails


@pytest.mark.parametrize(
    ("raw", "mailboxes"),
    [
        ("a@x.com", [Mailbox("a@x.com")]),
        ("a@x.com; b@y.com, Name <c@z.com>", [Mailbox("a@x.com"), Mailbox("b@y.com"), Mailbox("c@z.com", "Name")]),
        ("a@x.com b@y.com", [Mailbox("a@x.com"), Mailbox("b@y.com")]),
        ("a@x.com / b@y.com", [Mailbox("a@x.com"), Mailbox("b@y.com")]),
        ("a@x.com\nb@y.com", [Mailbox("a@x.com"), Mailbox("b@y.com")]),
        ('"Doe, Jane" <jane@x.com>', [Mailbox("jane@x.com", "Doe, Jane")]),
        ("Doe, Jane <jane@x.com>", [Mailbox("jane@x.com", "Doe, Jane")]),
        ("<a@x.com>", [Mailbox("a@x.com")]),
        ("mailto:a@x.com", [Mailbox("a@x.com")]),
        ("a@x.com (home), A@X.com", [Mailbox("a@x.com")]),
        ("a@x.com;", [Mailbox("a@x.com")]),
        ("a@x.com.", [Mailbox("a@x.com")]),
        ("O'Neil <o'neil@x.com>", [Mailbox("o'neil@x.com", "O'Neil")]),
        ("", []),
        (" ; , ", []),
    ],
)
def test_addresses_are_read_in_order(raw, mailboxes):
    found = split_emails(raw)
    assert list(found.mailboxes) == mailboxes
    assert found.rest == ()


@pytest.mark.parametrize(
    ("raw", "rest"),
    [
        ("no email", ("no email",)),
        ("a@x.com; ask Bob", ("ask Bob",)),
        ("a@", ("a@",)),
        ("Jane <jane at x>", ("Jane <jane at x>",)),
        ('"unclosed, a', ('"unclosed', "a")),
    ],
)
def test_what_is_no_address_is_told(raw, rest):
    assert split_emails(raw).rest == rest


@given(st.text(st.sampled_from('ab@x.com;,<>" \n/'), max_size=40) | st.text(max_size=60))
def test_any_text_can_be_read_and_only_addresses_come_out(raw):
    found = split_emails(raw)
    assert all(is_email(mailbox.address) and mailbox.address in raw for mailbox in found.mailboxes)
    folded = [mailbox.address.casefold() for mailbox in found.mailboxes]
    assert len(set(folded)) == len(folded)


@given(
    st.lists(st.emails(domains=st.sampled_from(["x.com", "mail.example.org"])).filter(is_email), max_size=4),
    st.sampled_from([";", ", ", "; ", "\n"]),
)
def test_lists_of_plain_addresses_come_back(addresses, between):
    plain = [a for a in addresses if a[0].isalnum() and a[0].isascii() and not set(a) & set("/|'`")]
    expected = list({address.casefold(): address for address in reversed(plain)}.values())[::-1]
    assert [m.address for m in split_emails(between.join(plain)).mailboxes] == sorted(expected, key=plain.index)
