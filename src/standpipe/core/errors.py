"""What people can put right. Bugs and remote failures have their own families (see ``qbwire.errors``)."""


class UserError(Exception):
    """A refusal that a person can act on: ``str(error)`` is shown as it is.

    ``code`` is stable and for programs (the API's problem type), ``field`` names the input at fault, if one is.
    """

    def __init__(self, text: str, *, code: str, field: str | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.field = field


class NotAllowed(UserError):
    """The person's role does not include what was asked for."""
