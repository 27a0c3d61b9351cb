"""Issue 5.9: the mail server is named by one address in the environment."""

import pytest

from standpipe.site.mail import UnreadableAddress, read_mail_address


def test_nothing_is_sent_unless_a_mail_server_is_named() -> None:
    assert read_mail_address("") == {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}


@pytest.mark.parametrize(
    ("address", "port", "starttls", "tls"),
    [
        ("smtp://books:se%40cret@mail.example.com", 587, True, False),
        ("smtps://books:se%40cret@mail.example.com", 465, False, True),
        ("smtp://books:se%40cret@mail.example.com:2525", 2525, True, False),
    ],
)
def test_an_address_names_the_server(address: str, port: int, starttls: bool, tls: bool) -> None:
    found = read_mail_address(address)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.com", port)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("books", "se@cret")
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (starttls, tls)


def test_a_server_on_this_machine_is_spoken_to_plainly() -> None:
    assert read_mail_address("smtp://localhost:1025")["EMAIL_USE_TLS"] is False


@pytest.mark.parametrize("address", ["mail.example.com", "smtp://", "smtp://host:many", "https://mail.example.com"])
def test_an_address_that_cannot_be_read_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(UnreadableAddress):
        read_mail_address(address)
