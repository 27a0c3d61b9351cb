"""Everything that can go wrong on the wire, as one tree.

WireError
├── LocalError            ours: a bug, loud; nothing was sent
│   ├── DeclarationError  a message declaration contradicts itself; seen at import
│   └── InvalidMessage    a message breaks its own declaration: required, length, form, choice
├── RemoteError           theirs: keep the bytes, be polite, go on
│   ├── BadCall           a SOAP request that cannot be read; `method` says which one was meant, if known
│   └── DamagedDocument   a qbXML document that cannot be trusted as a whole
└── UserError             a person's: the text says what is wrong, `repair` what to change
    ├── UnstorableText    QuickBooks cannot hold this text; `field` names where it stands
    └── RefusedByConnector  the Web Connector would refuse this file; `element` names where
"""


class WireError(Exception):
    """Any failure of the wire; catch one of the three families instead."""


class LocalError(WireError):
    """Our own mistake: nothing was sent, repeating does not help."""


class DeclarationError(LocalError):
    """A message class is declared wrongly."""


class InvalidMessage(LocalError):
    """A message that its own declaration forbids; `path` is the place in wire words, like `CustomerRet/Name`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class RemoteError(WireError):
    """The other side sent something that cannot be used; its bytes are worth keeping."""


class BadCall(RemoteError):
    """A SOAP request that cannot be read.

    `method` is the wire name of the method that was meant, None if that is not known either.
    """

    def __init__(self, reason: str, *, method: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.method = method


class DamagedDocument(RemoteError):
    """A document that is no whole qbXML document: truncated, not XML, with a DTD, or something else entirely."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UserError(WireError):
    """Something that a person can put right: `str(error)` says what is wrong, `repair` what to change."""

    def __init__(self, text: str, *, repair: str) -> None:
        super().__init__(text)
        self.repair = repair


class UnstorableText(UserError):
    """QuickBooks cannot hold this text; `field` is the name a person knows it by."""

    def __init__(self, text: str, *, repair: str, field: str) -> None:
        super().__init__(text, repair=repair)
        self.field = field


class RefusedByConnector(UserError):
    """The Web Connector would refuse a file with this `element`."""

    def __init__(self, text: str, *, repair: str, element: str) -> None:
        super().__init__(text, repair=repair)
        self.element = element
