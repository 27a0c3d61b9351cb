"""The columns of a customer that follow from the others: its keys and what a search looks through. Pure."""

from collections.abc import Mapping, Sequence
from operator import not_
from typing import Any

from standpipe.core import text
from standpipe.core.addresses import MAX_LINES
from standpipe.core.phones import phone_key
from standpipe.core.text import address_key, name_key

from .addresses import billing_address, ink, physical_address
from .details import PATH_SEPARATOR, Details
from .models import CustomerColumns
from .traits import traits_of

JOBS_FIRST = "\x1f"  # sorts below every letter and blank, so that "Elm:Gym" comes before "Elm School"
LONGEST_KEY = 255
LONGEST_SORT_KEY = 500  # an index row of PostgreSQL holds 2,700 bytes

COLUMNS = tuple(column.name for column in CustomerColumns._meta.local_fields)


def display_name(*, name: str, company_name: str) -> str:
    """The company name, else the customer's own; blank counts as missing (requirements 21, 22)."""
    return ink(company_name) or name


def sort_key(full_name: str) -> str:
    """What puts paths in order, jobs right after their customer."""
    return full_name.casefold().replace(PATH_SEPARATOR, JOBS_FIRST)[:LONGEST_SORT_KEY]


def search_text(*, full_name: str, company_name: str, details: Details) -> str:
    """What a search looks through: path, company, addresses, e-mail, phones, contact, account number."""
    return text.search_text(_searched(details.to_json(), full_name=full_name, company_name=company_name))


def _searched(details: Mapping[str, Any], *, full_name: str, company_name: str) -> list[str]:
    """Texts may be empty, and may repeat. A printed block says nothing that its fields do not say."""
    parts = [full_name, company_name]
    bill, ship = details.get("bill"), details.get("ship")
    addresses = [bill, ship if ship != bill else None, *(one["address"] for one in details.get("ship_to", ()))]
    for address in addresses:
        if address:
            parts += address["lines"]
            parts += [address[name] for name in _PLACE if name in address]
    parts += details.get("bill_block", ()) if not bill else ()
    parts += details.get("ship_block", ()) if not ship else ()
    parts += [details[name] for name in _SEARCHED_TEXTS if name in details]
    parts += [phone_key(details[name]) for name in _PHONES if name in details]
    return parts


_PLACE = ("city", "state", "postal_code", "country")
_SEARCHED_TEXTS = ("email", "contact", "phone", "alt_phone", "account_number")
_PHONES = ("phone", "alt_phone")


def derived(*, name: str, full_name: str, company_name: str, details: Details) -> dict[str, str]:
    """The columns that follow from the others."""
    shown = display_name(name=name, company_name=company_name)
    (billing, _), (physical, _) = billing_address(details), physical_address(details)
    billing_key = address_key(billing)[:LONGEST_KEY]
    return {
        "display_name": shown,
        "name_key": name_key(shown),
        "billing_key": billing_key,
        "physical_key": billing_key if physical == billing else address_key(physical)[:LONGEST_KEY],
        "search_text": search_text(full_name=full_name, company_name=company_name, details=details),
        "sort_key": sort_key(full_name),
    }


def derived_of(details: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """``derived`` and the traits. ``details`` as ``Details.to_json`` has them, which a long list never takes apart;
    ``row``: the columns that QuickBooks fills itself.
    """
    name, full_name, company_name = row["name"], row["full_name"], row["company_name"]
    parts = _searched(details, full_name=full_name, company_name=company_name)
    together = " ".join(parts)
    is_plain = text.is_plain(together)
    state: dict[str, Any] = {
        "is_active": row["is_active"],
        "parent_list_id": row["parent_list_id"],
        "job_status": row["job_status"],
    }
    if not is_plain and any(map(text.is_blank, filter(None, parts))):
        said = Details.from_json(details)
        traits = traits_of(details, company_name=company_name, **state)
        return derived(name=name, full_name=full_name, company_name=company_name, details=said) | {"traits": traits}
    # No part is blank in disguise (zero-width marks), as nearly always: all this takes a third of the time then.
    is_missing = text.is_blank if "bill_block" in details else not_  # its lines may not be in parts
    billing = _place(details.get("bill"), details.get("bill_block", ()))
    physical = _place(details.get("ship"), details.get("ship_block", ())) or _default_ship_to(details) or billing
    billing_key = _key_of(billing)
    shown = company_name or name
    return {
        "display_name": shown,
        "name_key": name_key(shown),
        "billing_key": billing_key,
        "physical_key": billing_key if physical == billing else _key_of(physical),
        "search_text": text.plain_search_text(together) if is_plain else text.search_text(parts),
        "sort_key": sort_key(full_name),
        "traits": traits_of(details, company_name=company_name, is_missing=is_missing, **state),
    }


_Place = tuple[tuple[str, ...], str, str]


def _key_of(place: _Place | None) -> str:
    return text.address_key_of(*place)[:LONGEST_KEY] if place else ""


def _default_ship_to(details: Mapping[str, Any]) -> _Place | None:
    defaults = [one["address"] for one in details["ship_to"] if one["is_default"]] if "ship_to" in details else ()
    return next(filter(None, (_place(address, ()) for address in defaults)), None) if defaults else None


def _place(said: Mapping[str, Any] | None, block: Sequence[str]) -> _Place | None:
    """Lines, postal code and city of an address, else the lines of its block; ``None`` where there is nothing."""
    if said and (said["lines"] or any(map(said.get, _PLACE))):
        return tuple(said["lines"]), said.get("postal_code", ""), said.get("city", "")
    return (tuple(block[:MAX_LINES]), "", "") if block else None
