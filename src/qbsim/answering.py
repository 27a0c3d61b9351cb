"""What a handler is given and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

from lxml import etree

from qbsim.company import Company, CompanyError
from qbsim.faults import Faults
from qbsim.wiretext import Version


@dataclass(frozen=True, slots=True)
class Status:
    """How one request ended, with the places of its text and further attributes of its answer in wire order."""

    code: int = 0
    places: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""  # instead of the table's, where a refusal says more

    @classmethod
    def of(cls, error: CompanyError) -> Self:
        """What the company file would not do, as a status; 3180 where no code of its own fits."""
        return cls(error.code, text=str(error)) if error.code else cls(3180, {"reason": str(error)})


@dataclass(slots=True)
class QueryIterator:
    """Where a paged query stands: what it selects and shows, and the last record that it gave."""

    where: str
    values: tuple[object, ...]
    only: tuple[str, ...]
    owner_ids: tuple[str, ...]
    page_size: int
    after: str = ""
    of: str = ""  # the request that began it; no other goes on with it
    total: int = 0  # how many it selected when it began: retCount of every page


class Iterators(dict[str, QueryIterator]):
    """The iterators of one session by iteratorID."""

    def keep(self, iterator: QueryIterator) -> str:
        iterator_id = f"{{{uuid4()}}}"
        self[iterator_id] = iterator
        return iterator_id


@dataclass(frozen=True, slots=True)
class Asked:
    """One sound request with what answering it needs."""

    element: etree._Element
    version: Version
    company: Company
    faults: Faults
    iterators: Iterators

    def text(self, path: str) -> str | None:
        """Return the text at a path below the request, None when nothing is there."""
        return self.element.findtext(path) or None

    def texts(self, path: str) -> tuple[str, ...]:
        return tuple(found.text or "" for found in self.element.findall(path))

    @property
    def only(self) -> tuple[str, ...]:
        """The names in IncludeRetElement; none of them means everything."""
        return self.texts("IncludeRetElement")
