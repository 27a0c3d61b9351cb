"""Features that the books use or not: switched off, their elements are refused in requests (3250) and missing in
answers (interweave cheat sheet; Intuit, QBD-errorcodes page).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qbsim.refusals import refused

if TYPE_CHECKING:
    from qbsim.company import Company

# How 3250 calls each feature, and the preference that tells whether it is on. A group alone: on when it is there.
_FEATURES = {
    "class tracking": "AccountingPreferences.IsUsingClassTracking",
    "multicurrency": "MultiCurrencyPreferences.IsMultiCurrencyOn",
    "price levels": "SalesAndCustomersPreferences.PriceLevels.IsUsingPriceLevels",
    "sales tax": "SalesTaxPreferences",
    "inventory sites": "MultiLocationInventoryPreferences.IsMultiLocationInventoryEnabled",
    "bar codes": "ItemsAndInventoryPreferences.IsBarcodeEnabled",
    "units of measure": "ItemsAndInventoryPreferences.IsUsingUnitsOfMeasure",  # told by no answer: off as delivered
}

# Which elements belong to which feature.
_FEATURE_OF = {
    "BarCode": "bar codes",
    "BarCodeValue": "bar codes",
    "ClassFilter": "class tracking",
    "ClassRef": "class tracking",
    "CurrencyFilter": "multicurrency",
    "CurrencyRef": "multicurrency",
    "CustomerSalesTaxCodeRef": "sales tax",
    "DiscountClassRef": "class tracking",
    "ExchangeRate": "multicurrency",
    "InventorySiteLocationRef": "inventory sites",
    "InventorySiteRef": "inventory sites",
    "ItemSalesTaxRef": "sales tax",
    "OverrideUOMSetRef": "units of measure",
    "PriceLevelRef": "price levels",
    "SalesTaxCodeRef": "sales tax",
    "UnitOfMeasure": "units of measure",
    "UnitOfMeasureSetRef": "units of measure",
}

# Lists that cannot be asked for while their feature is off. No source shows it for any other list.
_FEATURE_OF_QUERY = {"SalesTaxCodeQueryRq": "sales tax"}


def switched_off(company: "Company") -> dict[str, str]:
    """Return the elements whose feature is off, each with the feature's name."""
    preferences = company.preferences()
    off = {feature for feature, path in _FEATURES.items() if not _is_on(preferences, path)}
    return {tag: feature for tag, feature in _FEATURE_OF.items() if feature in off}


def check_query(company: "Company", tag: str) -> None:
    """Raise CompanyError 3250 for a question about a list whose feature is off."""
    feature = _FEATURE_OF_QUERY.get(tag)
    if feature is not None and not _is_on(company.preferences(), _FEATURES[feature]):
        raise refused(3250, field=feature)


def check_features(company: "Company", tags: Iterable[str]) -> None:
    """Raise CompanyError 3250 for the first element whose feature is off."""
    off = switched_off(company)
    for tag in tags:
        if tag in off:
            raise refused(3250, field=off[tag])


def tags_in(values: Any) -> Iterator[str]:
    """Walk the element names of a request's values at any depth, those sent empty left out."""
    if isinstance(values, Mapping):
        for tag, value in values.items():
            if value not in ("", None, {}):
                yield tag
                yield from tags_in(value)
    elif isinstance(values, list):
        for value in values:
            yield from tags_in(value)


def _is_on(preferences: Mapping[str, Any], path: str) -> bool:
    found: Any = preferences
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found is True or isinstance(found, Mapping)
