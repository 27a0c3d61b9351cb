"""Does ItemServiceAdd."""

from typing import Any

from lxml import etree

from qbsim.answering import Asked, Status
from qbsim.features import check_features, tags_in
from qbsim.handlers.list_query import append_records
from qbsim.handlers.lists import ITEMS
from qbsim.list_kinds import KINDS
from qbsim.messages.items import ITEM_SERVICE_ADD_FIELDS
from qbsim.refusals import refused
from qbsim.request_values import values_of, without_empty

_KIND = "ItemService"


def add_service(asked: Asked, rs: etree._Element) -> Status:
    """Add a service item. What it is sold for must have an account to post to: 3270 without one."""
    lists = asked.company.lists
    values = values_of(asked.element[0], ITEM_SERVICE_ADD_FIELDS)
    check_features(asked.company, tags_in(values))
    name, active = values.pop("Name"), values.pop("IsActive", True)
    parent = lists.parent_id(_KIND, values.pop("ParentRef", {}))
    values = {tag: kept for tag, value in values.items() if (kept := without_empty(value)) is not None}
    _check_accounts(values, name=name)
    bar_code = values.pop("BarCode", {}).get("BarCodeValue")
    if bar_code:
        values["BarCodeValue"] = bar_code
    details = KINDS[_KIND].fields.checked(values, resolve=lists.resolver("Item"))
    added = lists.add_record(_KIND, name, parent=parent, is_active=active is not False, details=details)
    append_records(asked, rs, (added,), source=ITEMS)
    return Status()


def _check_accounts(values: dict[str, Any], *, name: str) -> None:
    needed = {"SalesOrPurchase": ("AccountRef",), "SalesAndPurchase": ("IncomeAccountRef", "ExpenseAccountRef")}
    sold = next((group for group in needed if group in values), "SalesOrPurchase")
    if any(tag not in values.get(sold, {}) for tag in needed[sold]):
        raise refused(3270, value=name)


HANDLERS = {"ItemServiceAddRq": add_service}
