"""From a customer as QuickBooks says it to the row that is kept. Pure: no database, no clock.

Also the one place that knows which of a customer's addresses is the billing and which the physical one, because the
keys of look-alikes are derived from them.
"""

from standpipe.core.addresses import Address
from standpipe.core.text import address_key, name_key

from .details import Details

PATH_SEPARATOR = ":"  # of FullName (qbXML 13 reference, CustomerRet)
JOBS_FIRST = "\x1f"  # sorts below every letter and blank, so that "Elm:Gym" comes before "Elm School"
LONGEST_KEY = 255
LONGEST_SORT_KEY = 500  # an index row of PostgreSQL holds 2,700 bytes
LONGEST_NAME_KEY = 64


def display_name(*, name: str, company_name: str) -> str:
    """The company name, else the customer's own; blank counts as missing (requirements 21, 22)."""
    return company_name.strip() or name


def billing_address(details: Details) -> Address:
    """The billing address, else the lines of its printed block (design 3.4)."""
    return _address_or_block(details.bill, details.bill_block)


def physical_address(details: Details) -> Address:
    """Ship To, else the default ship-to address, else the billing address (design 3.2; requirements 27, 28, 46)."""
    ship = _address_or_block(details.ship, details.ship_block)
    if not ship.is_blank:
        return ship
    default = next((named.address for named in details.ship_to if named.is_default), Address())
    return billing_address(details) if default.is_blank else default


def _address_or_block(address: Address, block: tuple[str, ...]) -> Address:
    return Address(lines=block) if address.is_blank else address


def path_keys(full_name: str) -> dict[str, str]:
    """The columns that follow from the path alone."""
    return {"sort_key": full_name.casefold().replace(PATH_SEPARATOR, JOBS_FIRST)[:LONGEST_SORT_KEY]}


def search_text(*, full_name: str, company_name: str, details: Details) -> str:
    """What a search looks through: path, company, addresses, e-mail, phones, account number; casefolded."""
    addresses = (details.bill, details.ship, *(named.address for named in details.ship_to))
    parts = [
        full_name,
        company_name,
        *(line for address in addresses for line in address.printed_lines),
        *details.bill_block,
        *details.ship_block,
        details.email,
        details.phone,
        details.alt_phone,
        details.contact,
        details.account_number,
    ]
    return "\n".join(dict.fromkeys(part for part in parts if part)).casefold()


def derived(*, name: str, full_name: str, company_name: str, details: Details) -> dict[str, str]:
    """The columns that follow from the others."""
    shown = display_name(name=name, company_name=company_name)
    billing, physical = billing_address(details), physical_address(details)
    billing_key = address_key(billing)[:LONGEST_KEY]
    return {
        "display_name": shown,
        "name_key": name_key(shown)[:LONGEST_NAME_KEY],
        "billing_key": billing_key,
        "physical_key": billing_key if physical is billing else address_key(physical)[:LONGEST_KEY],
        "search_text": search_text(full_name=full_name, company_name=company_name, details=details),
        **path_keys(full_name),
    }
