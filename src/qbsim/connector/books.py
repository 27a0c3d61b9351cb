"""Which company file stands open in QuickBooks: the one that was given, or what a fault puts in its place."""

from pathlib import Path
from uuid import uuid4

from qbsim.company import Clock, Company
from qbsim.faults import Faults
from qbsim.processor import QuickBooks


class Books:
    """The company file of one application, kept open from update to update until another takes its place.

    Its switches for faults count, also while a fault shows another file instead of it.
    """

    def __init__(self, company: Company | Path | str, *, owner_id: str, clock: Clock) -> None:
        self.company = company
        self.owner_id = owner_id
        self.clock = clock
        self._opened: dict[str, tuple[tuple[Path, int], Company]] = {}

    def close(self) -> None:
        """Close what was opened here, not a company file that was given open."""
        for _, company in self._opened.values():
            company.close()
        self._opened.clear()

    def quickbooks(self, faults: Faults) -> QuickBooks:
        """Return QuickBooks with the file that stands open in it. CompanyError when there is none to open."""
        own = self.company if isinstance(self.company, Company) else self._open(Path(self.company), place="own")
        faults.obey(own.faults)
        company = self._shown(faults, own=own)
        shown_path = str(self._path().absolute())
        if "moved-file" in faults:
            moved = self._path().absolute()
            shown_path = faults.parameter("moved-file") or str(moved.parent / "Moved" / moved.name)
        elif "other-company-file" in faults:
            shown_path = str(company.path.absolute())
        return QuickBooks(company, faults=faults, shown_path=shown_path)

    def _path(self) -> Path:
        return self.company.path if isinstance(self.company, Company) else Path(self.company)

    def _shown(self, faults: Faults, *, own: Company) -> Company:
        if "restored-copy" in faults:
            return self._open(Path(faults.parameter("restored-copy")), place="other")
        if "other-company-file" in faults:
            path = faults.parameter("other-company-file")
            return self._open(Path(path) if path else self._strangers_file(), place="other")
        return own

    def _open(self, path: Path, *, place: str) -> Company:
        """Return the file open, again the one of last time unless another has taken its place."""
        identity = (path, path.stat().st_ino if path.exists() else 0)
        before, company = self._opened.get(place, (None, None))
        if company is None or before != identity:
            if company is not None:
                company.close()
                del self._opened[place]
            company = Company.open(path, clock=self.clock)
            self._opened[place] = (identity, company)
        return company

    def _strangers_file(self) -> Path:
        """Return somebody else's company file, beside ours, to which the same application was once added."""
        path = self._path().with_name("Somebody Else.qbw")
        if not path.exists():
            name = "Somebody Else's Plumbing, Inc."
            with Company.create(path, customers=20, seed=4711, name=name, clock=self.clock) as stranger:
                stranger.set_data_ext(self.owner_id, "FileID", f"{{{str(uuid4()).upper()}}}")
        return path
