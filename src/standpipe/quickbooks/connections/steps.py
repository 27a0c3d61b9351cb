"""What has to be done at the QuickBooks computer, and what is known to go wrong there: two tables.

The set-up page, the page behind a set-up link and the public help page all read them. Words in quotation marks are
those of the Web Connector and of QuickBooks Desktop.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class StepKey(StrEnum):
    OPEN_FILE = "open-file"
    GET_FILE = "get-file"
    ADD = "add"
    CERTIFICATE = "certificate"
    PASSWORD = "password"  # noqa: S105  # the step's name
    RUN = "run"
    BACK = "back"


class Evidence(StrEnum):
    """What can be seen from here. A step ticks itself when its evidence is there."""

    DOWNLOADED = "downloaded"  # the QWC file was handed out
    CONTACT = "contact"  # the Web Connector called with the password that holds now
    FILE_READ = "file_read"  # and named its company file


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    key: StepKey
    title: str
    lines: tuple[str, ...]
    evidence: Evidence | None  # None: only the person there knows


# QBWC Programmer's Guide ch. 3 (adding a web service, password, Auto-Run); QuickBooks grants access to a program only
# to the Admin user in single-user mode (same guide, ch. 3; 0x80040418 otherwise).
STEPS = (
    Step(
        key=StepKey.OPEN_FILE,
        title="Open the company file as Admin, in single-user mode",
        lines=(
            "Start QuickBooks Desktop and sign in to the company file as Admin.",
            (
                "In QuickBooks, choose File, then Switch to Single-user Mode. (If the menu offers Switch to "
                "Multi-user Mode, it is in single-user mode already.) Everybody else has to close the company file "
                "for these minutes."
            ),
        ),
        evidence=Evidence.CONTACT,
    ),
    Step(
        key=StepKey.GET_FILE,
        title="Download the QWC file and open it",
        lines=(
            "Download the file on this computer and open it with a double click. The Web Connector starts.",
            (
                "If Windows does not know the file: start QuickBooks Web Connector from the Start menu, press "
                "“Add an Application” and choose the file in the Downloads folder."
            ),
        ),
        evidence=Evidence.DOWNLOADED,
    ),
    Step(
        key=StepKey.ADD,
        title="“Authorize New Web Service”",
        lines=("The Web Connector asks about Standpipe and shows its address. Press OK.",),
        evidence=Evidence.CONTACT,
    ),
    Step(
        key=StepKey.CERTIFICATE,
        title="“Application Certificate”: always, even if QuickBooks is not running",
        lines=(
            (
                "QuickBooks asks whether Standpipe may read and modify the company file. Choose “Yes, always; allow "
                "access even if QuickBooks is not running”, then Continue, and Done."
            ),
            "Standpipe never changes a customer in QuickBooks.",
        ),
        evidence=Evidence.CONTACT,
    ),
    Step(
        key=StepKey.PASSWORD,
        title="Paste the password",
        lines=(
            (
                "In the Web Connector, click the Password field in the row of Standpipe, paste the password and "
                "press Enter. Answer Yes when it asks whether to save it."
            ),
        ),
        evidence=Evidence.CONTACT,
    ),
    Step(
        key=StepKey.RUN,
        title="Tick the row and Auto-Run, then press Update Selected",
        lines=(
            "Tick the box at the left of the row, and the box Auto-Run in it.",
            "Press Update Selected at the top. Within a minute this page shows the name of your company file.",
        ),
        evidence=Evidence.FILE_READ,
    ),
    Step(
        key=StepKey.BACK,
        title="Back to multi-user mode",
        lines=(
            "In QuickBooks, choose File, then Switch to Multi-user Mode. Everybody can work again.",
            (
                "Leave the Web Connector running; it may be minimised. It works whenever this computer is on and "
                "somebody is signed in to Windows."
            ),
        ),
        evidence=None,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that the Web Connector or QuickBooks may say. ``codes``: as on the screen or in the log."""

    codes: tuple[str, ...]
    step: StepKey
    meaning: str
    repair: str


# Numbers QBWC1000-1048: QBWC Programmer's Guide, Appendix A. 0x8004....: QuickBooks SDK Programmer's Guide, error
# codes of the request processor. Causes of QBWC1039 also from public support pages about re-added files.
FAILURES = (
    Failure(
        codes=("0x80040418",),
        step=StepKey.CERTIFICATE,
        meaning="Standpipe has not been allowed into this company file yet.",
        repair="Sign in to the company file as Admin, in single-user mode, open the QWC file again, and answer the "
        "Application Certificate with “Yes, always”.",
    ),
    Failure(
        codes=("0x80040410",),
        step=StepKey.OPEN_FILE,
        meaning="The company file is open in the other mode, single-user instead of multi-user or the reverse.",
        repair="While setting up: single-user mode, as Admin. Afterwards: multi-user mode. Then press Update "
        "Selected.",
    ),
    Failure(
        codes=("QBWC1007", "QBWC1008", "0x80040408"),
        step=StepKey.OPEN_FILE,
        meaning="The Web Connector could not start QuickBooks, or could not reach it.",
        repair="Open QuickBooks and the company file yourself, as the same Windows user as the Web Connector, and "
        "start neither of them with “Run as administrator”. Close any window that waits in QuickBooks.",
    ),
    Failure(
        codes=("QBWC1003", "QBWC1004"),
        step=StepKey.GET_FILE,
        meaning="The Web Connector cannot open the help page of Standpipe from this computer.",
        repair="Open the help page in a browser on this computer. If it does not open there either, a firewall, a "
        "proxy or the name of the address is in the way: ask whoever looks after the network.",
    ),
    Failure(
        codes=("QBWC1000", "QBWC1001", "QBWC1002", "QBWC1010"),
        step=StepKey.GET_FILE,
        meaning="The Web Connector does not accept the address in the file.",
        repair="Download the file again and do not edit it. If that does not help, whoever runs Standpipe has to set "
        "its address to one that begins with https:// and has a host name.",
    ),
    Failure(
        codes=("QBWC1048",),
        step=StepKey.ADD,
        meaning="Windows could not verify the certificate of the Standpipe server.",
        repair="Check date and time of this computer, and open Standpipe in a browser on it. If the browser warns "
        "too, whoever runs Standpipe has to install the complete certificate chain. If only the Web Connector "
        "complains, install Windows updates and the newest Web Connector.",
    ),
    Failure(
        codes=("QBWC1039",),
        step=StepKey.ADD,
        meaning="The application could not be added: QuickBooks was not open as Admin in single-user mode, or this "
        "company file holds the mark of an earlier set-up of Standpipe.",
        repair="If the Web Connector shows a row of Standpipe already, here or on another computer, use that row "
        "with a new password, or remove it first. Otherwise open the company file as Admin in single-user mode and "
        "open the QWC file again. Hosted QuickBooks: the host has to add the file.",
    ),
    Failure(
        codes=("QBWC1022", "QBWC1023", "QBWC1024", "QBWC1025", "QBWC1026", "QBWC1027"),
        step=StepKey.ADD,
        meaning="The Web Connector could not read or write its mark in the company file.",
        repair="Close the company file on all other computers, sign in as Admin in single-user mode, and open the "
        "QWC file again.",
    ),
    Failure(
        codes=("0x8004041A", "0x80040420"),
        step=StepKey.CERTIFICATE,
        meaning="QuickBooks refuses Standpipe: access was denied when it asked, or taken away later.",
        repair="As Admin: Edit, Preferences, Integrated Applications, Company Preferences. Select Standpipe, press "
        "Properties, and tick “Allow this application to read and modify this company file”.",
    ),
    Failure(
        codes=("0x8004041D", "0x80040416", "0x80040417"),
        step=StepKey.CERTIFICATE,
        meaning="QuickBooks is closed, and Standpipe may not open it by itself.",
        repair="Leave QuickBooks open with the company file. Or, as Admin: Edit, Preferences, Integrated "
        "Applications, Company Preferences, Standpipe, Properties, “Allow this application to login automatically”.",
    ),
    Failure(
        codes=("QBWC1040",),
        step=StepKey.PASSWORD,
        meaning="The password is not the one that holds now.",
        repair="Make a new password, paste it into the Password field of the row, press Enter, and press Update "
        "Selected. Only the newest password works.",
    ),
    Failure(
        codes=("QBWC1028", "QBWC1029", "QBWC1030", "QBWC1038"),
        step=StepKey.PASSWORD,
        meaning="The Web Connector has no password, or cannot read the one it stored.",
        repair="Click the Password field of the row, paste the password again and press Enter. If it is lost, make a "
        "new one.",
    ),
    Failure(
        codes=("QBWC1012", "QBWC1041", "QBWC1042", "QBWC1044"),
        step=StepKey.RUN,
        meaning="The Web Connector did not reach Standpipe, or the connection broke off.",
        repair="Check that this computer is on the internet and opens Standpipe in a browser, then press Update "
        "Selected. Nothing is lost or done twice: the next run goes on by itself.",
    ),
    Failure(
        codes=("QBWC1013", "QBWC1014"),
        step=StepKey.RUN,
        meaning="The Web Connector could not work with QuickBooks. The number beginning with 0x beside it says why.",
        repair="Look that number up here. Most often QuickBooks is closed, or a window in it waits for an answer.",
    ),
    Failure(
        codes=("0x80040414",),
        step=StepKey.RUN,
        meaning="A window in QuickBooks waits for an answer.",
        repair="Close the window in QuickBooks, then press Update Selected.",
    ),
    Failure(
        codes=("0x80040422",),
        step=StepKey.RUN,
        meaning="Another program holds the company file in single-user mode.",
        repair="Wait until it has finished, or close it. Then press Update Selected.",
    ),
    Failure(
        codes=("0x80040401", "0x80040402", "0x80040424", "0x80040438"),
        step=StepKey.RUN,
        meaning="QuickBooks did not answer as it should, or several QuickBooks run at once.",
        repair="Close QuickBooks, restart the computer if it stays on the screen, and open it once with the company "
        "file. Then press Update Selected.",
    ),
    Failure(
        codes=("0x80040308", "0x80040154", "0x80010105"),
        step=StepKey.RUN,
        meaning="The part of QuickBooks that other programs talk to is missing or damaged.",
        repair="Restart the computer. If it comes again, repair QuickBooks: Windows Settings, Apps, QuickBooks, "
        "Modify, Repair.",
    ),
    Failure(
        codes=("0x8004040A",),
        step=StepKey.RUN,
        meaning="Another company file is open in QuickBooks.",
        repair="Open the company file that Standpipe is connected to, then press Update Selected.",
    ),
    Failure(
        codes=("0x80040403", "0x80040406"),
        step=StepKey.RUN,
        meaning="QuickBooks cannot find or open the company file.",
        repair="Open the company file in QuickBooks on this computer. If it was moved, remove the row from the Web "
        "Connector and open the QWC file again; the connection and all links stay.",
    ),
    Failure(
        codes=("QBWC1005", "QBWC1006", "QBWC1033", "QBWC1085"),
        step=StepKey.RUN,
        meaning="The Web Connector cannot write its log.",
        repair="Close the Web Connector (Exit in its tray icon), rename the file QWCLog.txt, and start it again.",
    ),
)

_BY_CODE: Mapping[str, Failure] = {code.casefold(): failure for failure in FAILURES for code in failure.codes}


def failure_of(code: str) -> Failure | None:
    """What is known of a number, in any case of letters; ``None`` where nothing is."""
    return _BY_CODE.get(code.strip().casefold())


def failures_at(step: StepKey) -> tuple[Failure, ...]:
    return tuple(failure for failure in FAILURES if failure.step is step)
