"""Interactive mode: the service asks for a person at the screen in the middle of an update.

(QBWC Programmer's Guide, chapters 2, 6 and 10, which disagree on whether interactiveDone ends with "Done" or with an
empty text: both end the wait here.)
"""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from qbsim.connector.calls import Calls
from qbsim.connector.outcome import Ended

# Shown the address; None when the person follows it, otherwise why not.
Person = Callable[[str], str | None]

NOBODY: Final = "The service asks for a person at the screen, which an unattended run does not have."
_WAIT_SECONDS = 5  # the guide names no number; that of NoOp
_ENDS = {"", "done"}


def bring_a_person(
    calls: Calls, *, ticket: str, person: Person, sleep: Callable[[float], None], log: Callable[[str], None]
) -> None:
    """Show the service's page and wait until the service says that the person is done. Ended when they refuse.

    Ctrl-C while waiting counts as a refusal: the person closed the window.
    """
    url = calls.text("getInteractiveURL", ticket, str(uuid4()))
    if not url:
        raise Ended("failed", text="The service asks for a person, but names no address to show.")
    log(f"The service wants a person to look at {url}")
    try:
        refusal = person(url)
        while refusal is None and calls.text("interactiveDone", ticket).strip().lower() not in _ENDS:
            sleep(_WAIT_SECONDS)
    except KeyboardInterrupt:
        refusal = "The user closed the window."
    if refusal is None:
        log("The person is done.")
        return
    said = calls.text("interactiveRejected", ticket, refusal)
    raise Ended("rejected", text=said or refusal)
