"""Small worlds of QuickBooks' short lists, as a finished refresh leaves them."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from standpipe.quickbooks.connections.models import Connection
from standpipe.quickbooks.lists.entry_reading import fact, kept
from standpipe.quickbooks.lists.models import ListEntry, ListKind, ShortList

_numbers = count(1)
REF = {
    "income": {"ListID": "A0000001-1", "FullName": "Service Income"},
    "Tax": {"ListID": "80000T1-1", "FullName": "Tax"},
    "Non": {"ListID": "80000N1-1", "FullName": "Non"},
}


def make_entry(
    connection: Connection,
    type_: str,
    name: str,
    *,
    list_id: str | None = None,
    is_active: bool = True,
    gone: bool = False,
    **said: Any,
) -> ListEntry:
    """One entry; ``said`` by wire name: ``make_entry(connection, "ItemSalesTax", "County", TaxRate="1")``."""
    kind = KIND_OF[type_]
    texts = {
        "ListID": list_id or f"{0x90000000 + next(_numbers):X}-1",
        "EditSequence": "1",
        "Name": name.rpartition(":")[2],
        "FullName": name,
        "IsActive": str(is_active).lower(),
        **said,
    }
    row = kept(kind, texts, type_=type_)
    whole(connection, kind)
    return ListEntry.objects.create(connection=connection, gone_at=timezone.now() if gone else None, **row)


def make_service(
    connection: Connection, name: str, *, price: str = "80.00", tax: str = "Non", **more: Any
) -> ListEntry:
    offer = {"Desc": f"{name}, each", "Price": price, "AccountRef": REF["income"]}
    return make_entry(connection, "ItemService", name, SalesTaxCodeRef=REF[tax], SalesOrPurchase=offer, **more)


def whole(connection: Connection, *kinds: ListKind) -> None:
    """Marks lists as arrived."""
    now = timezone.now()
    for kind in kinds or tuple(ListKind):
        ShortList.objects.update_or_create(
            connection=connection, kind=kind, defaults={"asked_at": now, "refreshed_at": now, "count": 1}
        )


def set_fact(connection: Connection, kind: ListKind, said: dict[str, Any], *, at: datetime | None = None) -> None:
    whole(connection, kind)
    ListEntry.objects.update_or_create(connection=connection, kind=kind, list_id="", defaults=fact(kind, said))


def make_usual_lists(connection: Connection) -> dict[str, ListEntry]:
    """What most files have; by names to take them from."""
    whole(connection)
    made = {
        "Repair": make_service(connection, "Repair"),
        "Recharge": make_service(connection, "Extinguisher Recharge", price="24.75", tax="Tax"),
        "Trip": make_entry(connection, "ItemOtherCharge", "Trip"),
        "County": make_entry(connection, "ItemSalesTax", "County", TaxRate="7.25"),
        "Net 30": make_entry(connection, "StandardTerms", "Net 30", StdDueDays="30"),
        "Tax": make_entry(connection, "SalesTaxCode", "Tax", IsTaxable="true", list_id=REF["Tax"]["ListID"]),
        "Non": make_entry(connection, "SalesTaxCode", "Non", IsTaxable="false", list_id=REF["Non"]["ListID"]),
        "Check": make_entry(connection, "PaymentMethod", "Check", PaymentMethodType="Check"),
        "Cash": make_entry(connection, "PaymentMethod", "Cash", PaymentMethodType="Cash"),
        "Visa": make_entry(connection, "PaymentMethod", "Visa", PaymentMethodType="Visa"),
        "E-Check": make_entry(connection, "PaymentMethod", "E-Check", PaymentMethodType="ECheck"),
        "Funds": make_entry(
            connection,
            "Account",
            "*Undeposited Funds",
            AccountType="OtherCurrentAsset",
            SpecialAccountType="UndepositedFunds",
        ),
        "Checking": make_entry(connection, "Account", "Checking", AccountType="Bank"),
        "Income": make_entry(connection, "Account", "Service Income", AccountType="Income"),
    }
    set_fact(connection, ListKind.PREFERENCES, {"SalesTaxPreferences": {"DefaultTaxableSalesTaxCodeRef": REF["Tax"]}})
    set_fact(connection, ListKind.INVOICE_NUMBERS, {"series": {"": [1041, 30]}, "until": "2026-03-01"})
    return made


KIND_OF: dict[str, ListKind] = {
    "StandardTerms": ListKind.TERMS,
    "DateDrivenTerms": ListKind.TERMS,
    "SalesTaxCode": ListKind.SALES_TAX_CODES,
    "PaymentMethod": ListKind.PAYMENT_METHODS,
    "Account": ListKind.ACCOUNTS,
    **dict.fromkeys(
        (
            "ItemService", "ItemNonInventory", "ItemOtherCharge", "ItemInventory", "ItemInventoryAssembly",
            "ItemFixedAsset", "ItemSubtotal", "ItemDiscount", "ItemPayment", "ItemSalesTax", "ItemSalesTaxGroup",
            "ItemGroup",
        ),
        ListKind.ITEMS,
    ),
}  # fmt: skip
