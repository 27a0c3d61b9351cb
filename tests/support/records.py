"""All that people may see of accounts, buildings, contacts and links, byte for byte, to compare before and after."""

from typing import Any

from standpipe.accounts.models import Account
from standpipe.buildings.models import Building
from standpipe.contacts.models import Contact, Place
from standpipe.quickbooks.linking.models import Link

NOUNS = (Account, Building, Contact, Place)


def everything(*models: type[Any]) -> dict[str, list[str]]:
    """Every column of every row, in a stable order."""
    return {
        model.__name__: sorted(repr(sorted(row.items())) for row in model.objects.values())
        for model in models or (*NOUNS, Link)
    }
