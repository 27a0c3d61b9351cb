"""What QuickBooks would not do, as an exception with the status code of its refusal."""

from qbsim.texts import status_text


class CompanyError(Exception):
    """QuickBooks would not do that. `code` is the status code of its refusal, 0 where it has none."""

    def __init__(self, text: str, *, code: int = 0) -> None:
        super().__init__(text)
        self.code = code


def refused(code: int, **places: object) -> CompanyError:
    return CompanyError(status_text(code, **places), code=code)
