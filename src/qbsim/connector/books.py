"""Which company file stands open in QuickBooks: the one that was given, or what a fault puts in its place."""

from pathlib import Path
from uuid import uuid4

from qbsim.company import Clock, Company
from qbsim.faults import Faults
from qbsim.processor import QuickBooks


class Books:
    """The company file of one application, kept open from update to update until another takes its place."""

    def __init__(self, company: Company | Path | str, *, owner_id: str, clock: Clock) -> None:
        self.company = company
        self.owner_id = owner_id
        self.clock = clock
        self._opened: tuple[tuple[Path, int], Company] | None = None

    def close(self) -> None:
        """Close the company file, unless it was given open."""
        if self._opened is not None:
            self._opened[1].close()
            self._opened = None

    def quickbooks(self, faults: Faults) -> QuickBooks:
        """Return QuickBooks with the file that stands open in it. CompanyError when there is none to open."""
        company = self._open(faults)
        shown_path = str(self._path().absolute())
        if "moved-file" in faults:
            moved = self._path().absolute()
            shown_path = faults.parameter("moved-file") or str(moved.parent / "Moved" / moved.name)
        elif "other-company-file" in faults:
            shown_path = str(company.path.absolute())
        return QuickBooks(company, faults=faults, shown_path=shown_path)

    def _path(self) -> Path:
        return self.company.path if isinstance(self.company, Company) else Path(self.company)

    def _open(self, faults: Faults) -> Company:
        if "restored-copy" in faults:
            return self._opened_file(Path(faults.parameter("restored-copy")))
        if "other-company-file" in faults:
            path = faults.parameter("other-company-file")
            return self._opened_file(Path(path) if path else self._strangers_file())
        if isinstance(self.company, Company):
            return self.company
        return self._opened_file(Path(self.company))

    def _opened_file(self, path: Path) -> Company:
        """Return the file open, again the one of last time unless another has taken its place."""
        identity = (path, path.stat().st_ino if path.exists() else 0)
        if self._opened is None or self._opened[0] != identity:
            self.close()
            self._opened = (identity, Company.open(path, clock=self.clock))
        return self._opened[1]

    def _strangers_file(self) -> Path:
        """Return somebody else's company file, beside ours, to which the same application was once added."""
        path = self._path().with_name("Somebody Else.qbw")
        if not path.exists():
            name = "Somebody Else's Plumbing, Inc."
            with Company.create(path, customers=20, seed=4711, name=name, clock=self.clock) as stranger:
                stranger.set_data_ext(self.owner_id, "FileID", f"{{{str(uuid4()).upper()}}}")
        return path
