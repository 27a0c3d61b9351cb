"""From what stands here and what QuickBooks says to the two sides that are compared. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from standpipe.core.addresses import Address
from standpipe.core.emails import split_emails
from standpipe.core.phones import phone_keys
from standpipe.core.text import is_blank, name_key
from standpipe.quickbooks.lists.addresses import billing_address, ink, physical_address
from standpipe.quickbooks.lists.details import PATH_SEPARATOR, Details

from .reading import read_names
from .scoring import Party

NO_DETAILS = Details()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A customer or job as QuickBooks says it."""

    name: str
    full_name: str = ""
    company_name: str = ""
    details: Details = NO_DETAILS

    @property
    def path(self) -> list[str]:
        return (self.full_name or self.name).split(PATH_SEPARATOR)


def party_of_record(
    *,
    name: str,
    is_account: bool,
    billing: Address,
    physical: Address,
    account_name: str = "",
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    people: Iterable[str] = (),
    is_one_of_many: bool = False,
) -> Party:
    """An account or a building, with the phones, e-mails and names of its contacts."""
    return Party(
        names=(name,),
        path_names=(f"{account_name} {name}",) if account_name else (),
        billing=billing,
        physical=physical,
        phones=_keys(phones),
        emails=_mailboxes(emails),
        people=tuple(people),
        parents=(account_name,) if account_name else (),
        is_account=is_account,
        is_one_of_many=is_one_of_many,
    )


def party_of_customer(
    said: Said, *, parent: Said | None = None, has_jobs: bool = False, is_one_of_many: bool = False
) -> Party:
    """A customer, or a job with ``parent`` (its customer, where that is in the list).

    A job is often filled in from its customer: what it only repeats tells nothing of the job (requirement 44).
    """
    details, above = said.details, said.path[:-1]
    names, path_names = _names(said, parent=parent)
    return Party(
        names=names,
        path_names=path_names,
        billing=billing_address(details)[0],
        physical=physical_address(details)[0],
        phones=_phones(details),
        emails=_mailboxes([details.email]),
        people=tuple(name for name in _people(details) if not is_blank(name)),
        parents=tuple(
            dict.fromkeys([*reversed(above), *([parent.company_name] if parent and parent.company_name else [])])
        ),
        shared=_shared(details, parent) if parent else frozenset(),
        is_job=bool(above),
        has_jobs=has_jobs,
        is_one_of_many=is_one_of_many,
    )


def _names(said: Said, *, parent: Said | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of its own; then a job's own name behind that of its customer."""
    *above, own = said.path
    company = ink(said.company_name)
    if not above:
        return tuple(dict.fromkeys(name for name in (company, own) if name)), ()
    ancestors = {name_key(name) for name in (*above, parent.company_name if parent else "") if name}
    behind = f"{above[-1]} {own}"
    if company and (name_key(company) in ancestors or any(_begins(company, name) for name in above)):
        return (own,), tuple(dict.fromkeys([behind, f"{company} {own}"]))
    return tuple(dict.fromkeys(name for name in (company, own) if name)), (behind,)


def _begins(company: str, ancestor: str) -> bool:
    """As "Harmon Properties LLC" is the company of "Harmon Properties"."""
    key, other = name_key(company), name_key(ancestor)
    return bool(other) and (key.startswith(f"{other} ") or other.startswith(f"{key} "))


def _shared(details: Details, parent: Said) -> frozenset[str]:
    theirs = parent.details
    found = set()
    if set(_phones(details)) & set(_phones(theirs)):
        found.add("phone")
    if set(_mailboxes([details.email])) & set(_mailboxes([theirs.email])):
        found.add("email")
    billing = billing_address(theirs)[0]
    if not billing.is_blank:
        if billing_address(details)[0] == billing:
            found.add("billing")
        if physical_address(details)[0] in (billing, physical_address(theirs)[0]):
            found.add("physical")
    return frozenset(found)


def _phones(details: Details) -> tuple[str, ...]:
    labelled = [value for label, value in details.fields if is_phone_label(label)]
    return _keys([details.phone, details.alt_phone, details.mobile, *labelled])


def is_phone_label(label: str) -> bool:
    key = name_key(label)
    return any(word in key for word in ("phone", "mobile", "cell", "tel"))


def _people(details: Details) -> list[str]:
    whole = " ".join(part for part in (details.first_name, details.last_name) if part) if details.last_name else ""
    return [details.contact, details.alt_contact, whole, *(person.name for person in details.people)]


def _keys(phones: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for raw in phones if raw for key in phone_keys(raw)))


def _mailboxes(raws: Iterable[str]) -> tuple[str, ...]:
    found = (mailbox.address.casefold() for raw in raws if raw for mailbox in split_emails(raw).mailboxes)
    return tuple(dict.fromkeys(found))


def marked(parties: Sequence[Party]) -> list[Party]:
    """Marks the names that several of one list have: they tell less."""
    keys = [_key(party) for party in parties]
    counts = Counter(keys)
    return [
        replace(party, is_one_of_many=True) if key and counts[key] > 1 else party
        for party, key in zip(parties, keys, strict=True)
    ]


def _key(party: Party) -> str:
    whole = party.path_names or party.names
    names = read_names(whole[0]) if whole else ()
    return names[0].key if names else ""
