"""requestIDs: which request of which set of a session a response belongs to. Pure."""

from qbwire.messages import ResponseSet


def request_id(number: int, index: int) -> str:
    """The requestID of one message: the number of its set, and its place in it."""
    return f"{number}.{index}"


def number_of(answer: ResponseSet) -> int | None:
    """The number of the set that this answers, ``None`` where it does not say."""
    for response in answer.responses:
        number, _, _ = (response.request_id or "").partition(".")
        if number.isdecimal():
            return int(number)
    return None
