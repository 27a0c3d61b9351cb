"""What an item says about itself on an invoice line: words, price, account, tax code.

Where each kind keeps them differs (qbXML reference 13.0, ItemRet); READINGS is the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Details = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Selling:
    """`price` is in dollars for one, `percent` of the line above; at most one of them is set."""

    desc: str = ""
    price: Decimal | None = None
    percent: Decimal | None = None
    account_id: str | None = None
    tax_code_id: str | None = None
    needs_account: bool = True  # QuickBooks posts the line to it, and refuses with 3270 when there is none


def _number(text: Any) -> Decimal | None:
    return None if text in (None, "") else Decimal(str(text))


def _sold(details: Details) -> Selling:
    """Services and the like are sold, or sold and bought."""
    one, both = details.get("SalesOrPurchase") or {}, details.get("SalesAndPurchase") or {}
    return Selling(
        desc=one.get("Desc") or both.get("SalesDesc") or "",
        price=_number(one.get("Price") or both.get("SalesPrice")),
        percent=_number(one.get("PricePercent")),
        account_id=one.get("AccountRef") or both.get("IncomeAccountRef"),
        tax_code_id=details.get("SalesTaxCodeRef"),
    )


def _stock(details: Details) -> Selling:
    return Selling(
        desc=details.get("SalesDesc") or "",
        price=_number(details.get("SalesPrice")),
        account_id=details.get("IncomeAccountRef"),
        tax_code_id=details.get("SalesTaxCodeRef"),
    )


def _discount(details: Details) -> Selling:
    return Selling(
        desc=details.get("ItemDesc") or "",
        price=_number(details.get("DiscountRate")),
        percent=_number(details.get("DiscountRatePercent")),
        account_id=details.get("AccountRef"),
        tax_code_id=details.get("SalesTaxCodeRef"),
    )


def _tax(details: Details) -> Selling:
    return Selling(desc=details.get("ItemDesc") or "", percent=_number(details.get("TaxRate")), needs_account=False)


def _words(details: Details) -> Selling:
    return Selling(desc=details.get("ItemDesc") or "", needs_account=False)


def _asset(details: Details) -> Selling:
    return Selling(desc=details.get("AssetDesc") or "", account_id=details.get("AssetAccountRef"))


READINGS: dict[str, Callable[[Details], Selling]] = {
    "ItemService": _sold,
    "ItemNonInventory": _sold,
    "ItemOtherCharge": _sold,
    "ItemInventory": _stock,
    "ItemInventoryAssembly": _stock,
    "ItemFixedAsset": _asset,
    "ItemDiscount": _discount,
    "ItemPayment": _words,
    "ItemSubtotal": _words,
    "ItemSalesTax": _tax,
    "ItemGroup": _words,
}


def selling(kind: str, details: Details) -> Selling | None:
    """Return what such an item says on a line, None when its kind cannot stand on one (a tax group)."""
    reading = READINGS.get(kind)
    return None if reading is None else reading(details)
