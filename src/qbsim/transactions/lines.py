"""From the lines that somebody asks for to those that the company file keeps: items opened, prices taken, counted.

A line as asked for is keyed by QuickBooks' names with ListIDs in its references; a group holds "lines". A line as
kept is the same with TxnLineID, and Quantity, Rate and Amount as QuickBooks would write them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from qbsim.refusals import refused
from qbsim.transactions import ledger
from qbsim.transactions.arithmetic import COUNTING, Counting, Line, at_price_level, count_lines
from qbsim.transactions.selling import Selling, selling
from qbsim.wiretext import TOO_LARGE, amount_text, cents

if TYPE_CHECKING:
    from qbsim.company import Company

Values = dict[str, Any]

NEW_LINE = "-1"  # TxnLineID of a line that a Mod adds (Intuit, InvoiceMod page)

_DECIMALS, _STEP = 5, Decimal("0.00001")

# What a line can only have when it has an item.
_NEEDS_ITEM = ("Quantity", "Rate", "RatePercent", "PriceLevelRef", "Amount")

# Kept as they come.
_PLAIN = (
    "Desc",
    "ClassRef",
    "ServiceDate",
    "Other1",
    "Other2",
    "UnitOfMeasure",
    "SerialNumber",
    "LotNumber",
    "InventorySiteRef",
    "InventorySiteLocationRef",
    "OverrideItemAccountRef",
    "OverrideUOMSetRef",
    "DataExt",
)

# What a Mod cannot clear in a line (Intuit, InvoiceMod page).
NOT_CLEARED = ("ItemRef", "Quantity", "Rate", "Amount", "SalesTaxCodeRef", "OverrideItemAccountRef")


class LineMaker:
    """Makes the lines of one invoice; `price_level` is the customer's, a percentage or None."""

    def __init__(self, company: "Company", *, price_level: Decimal | None) -> None:
        self._company = company
        self._price_level = price_level
        self._has_tax = "SalesTaxPreferences" in company.preferences()

    def make(self, asked: Iterable[Values]) -> list[Values]:
        """Return the lines as they are kept, uncounted amounts aside; TxnLineIDs are still to be given."""
        return [self._group(each) if "ItemGroupRef" in each else self._line(each) for each in asked]

    def change(self, kept: Values, asked: Values) -> Values:
        """Return a kept line with what a Mod says about it; the amount follows what changed."""
        if "ItemGroupRef" in kept:
            return self._changed_group(kept, asked)
        changes = {tag: value for tag, value in asked.items() if tag != "TxnLineID"}
        if not changes:
            return dict(kept)
        cleared = next((tag for tag in NOT_CLEARED if changes.get(tag, tag) in (None, "")), None)
        if cleared is not None:
            raise refused(3190, field=cleared)
        base = {"Desc": "", **kept}  # words that were taken out do not come back from the item
        if changes.get("ItemRef", kept.get("ItemRef")) != kept.get("ItemRef"):
            for tag in ("Desc", "Rate", "RatePercent", "Amount", "SalesTaxCodeRef"):  # the new item's own count
                base.pop(tag, None)
        if changes.keys() & {"Rate", "RatePercent", "PriceLevelRef"}:
            base.pop("Rate", None)
            base.pop("RatePercent", None)
            base.pop("Amount", None)
        elif "Amount" in changes:
            base.pop("Rate", None)
            base.pop("RatePercent", None)
        elif "Quantity" in changes:
            base.pop("Amount", None)
        return self._line(base | changes) | {"TxnLineID": kept["TxnLineID"]}

    # -- one line ------------------------------------------------------------------------------------------------

    def _line(self, asked: Values) -> Values:
        item_id = asked.get("ItemRef")
        if not item_id:
            return self._words(asked)
        item = self._company.lists.get(item_id)
        says = selling(item.kind, item.details)
        if says is None or item.kind == "ItemGroup":
            raise refused(3280, value=item.full_name, field="ItemRef")
        if says.needs_account and not (says.account_id or asked.get("OverrideItemAccountRef")):
            raise refused(3270, value=item.full_name)
        line: Values = {"TxnLineID": asked.get("TxnLineID") or NEW_LINE, "ItemRef": item_id, "kind": item.kind}
        line |= {tag: asked[tag] for tag in _PLAIN if asked.get(tag) not in (None, "")}
        if "Desc" not in asked and says.desc:
            line["Desc"] = says.desc
        code = asked.get("SalesTaxCodeRef") or says.tax_code_id
        if code and self._has_tax and COUNTING[item.kind] is not Counting.SUBTOTAL:
            line["SalesTaxCodeRef"] = code
        return line | self._pricing(asked, says)

    def _words(self, asked: Values) -> Values:
        """Return a line without an item: only words (qbXML reference 13.0, InvoiceLineAdd)."""
        if any(asked.get(tag) not in (None, "") for tag in _NEEDS_ITEM):
            raise refused(3150, field="ItemRef")
        line = {"TxnLineID": asked.get("TxnLineID") or NEW_LINE, "kind": None}
        return line | {tag: asked[tag] for tag in _PLAIN if asked.get(tag) not in (None, "")}

    def _pricing(self, asked: Values, says: Selling) -> Values:
        given = {
            tag: asked[tag]
            for tag in ("Quantity", "Rate", "RatePercent", "Amount")
            if asked.get(tag) not in (None, "")
        }
        if given.keys() & {"Rate", "RatePercent"}:
            return given
        if asked.get("PriceLevelRef"):
            level = self._company.lists.get(asked["PriceLevelRef"])
            return given | {"Rate": _text(at_price_level(says.price or Decimal(0), _level_percent(level.details)))}
        if "Amount" in given:
            return given
        if says.percent is not None:
            return given | {"RatePercent": _text(says.percent)}
        price = says.price or Decimal(0)
        if self._price_level is not None:
            price = at_price_level(price, self._price_level)
        return given | {"Rate": _text(price)}

    # -- groups --------------------------------------------------------------------------------------------------

    def _group(self, asked: Values) -> Values:
        """Open a group of items: each of its items becomes a line, as many times as the group is sold."""
        group = self._company.lists.get(asked["ItemGroupRef"])
        if group.kind != "ItemGroup":
            raise refused(3280, value=group.full_name, field="ItemGroupRef")
        times = Decimal(asked.get("Quantity") or 1)
        line: Values = {
            "TxnLineID": NEW_LINE,
            "ItemGroupRef": group.list_id,
            "IsPrintItemsInGroup": bool(group["IsPrintItemsInGroup"]),
            "lines": [self._part(part, times) for part in group["ItemGroupLine"] or ()],
        }
        line |= {tag: asked[tag] for tag in ("Quantity", "UnitOfMeasure", "DataExt") if asked.get(tag)}
        if group["ItemDesc"]:
            line["Desc"] = group["ItemDesc"]
        return line

    def _part(self, part: Mapping[str, Any], times: Decimal) -> Values:
        quantity = Decimal(str(part.get("Quantity") or 1)) * times
        return self._line({"ItemRef": part["ItemRef"], "Quantity": _text(quantity)})

    def _changed_group(self, kept: Values, asked: Values) -> Values:
        """Change a group: its lines follow the rules of all lines; another quantity multiplies them."""
        if asked.get("ItemGroupRef", kept["ItemGroupRef"]) != kept["ItemGroupRef"]:
            return self._group(asked) | {"TxnLineID": kept["TxnLineID"]}
        line = dict(kept)
        if "lines" in asked:
            line["lines"] = self.revise(kept["lines"], asked["lines"])
        if asked.get("Quantity"):
            former = Decimal(kept.get("Quantity") or 1)
            line["Quantity"] = asked["Quantity"]
            if "lines" not in asked and not former:  # nothing to multiply: open the group anew
                return self._group(kept | asked) | {"TxnLineID": kept["TxnLineID"]}
            if "lines" not in asked:
                factor = Decimal(asked["Quantity"]) / former
                line["lines"] = [self._times(part, factor) for part in kept["lines"]]
        return line

    def _times(self, part: Values, factor: Decimal) -> Values:
        if "Quantity" not in part:
            return part
        return self.change(part, {"Quantity": _text(Decimal(part["Quantity"]) * factor)})

    def revise(self, kept: Sequence[Values], asked: Sequence[Values]) -> list[Values]:
        """Return the lines after a Mod: named ones stay (changed), -1 is new, the others are gone.

        (Intuit, "Modifying, deleting and voiding" page.) The order of the request is the new order of the lines.
        """
        by_id = {line["TxnLineID"]: line for line in kept}
        revised = []
        for each in asked:
            if each["TxnLineID"] == NEW_LINE:
                revised += self.make([each])
            elif each["TxnLineID"] in by_id:
                revised.append(self.change(by_id[each["TxnLineID"]], each))
            else:
                raise refused(3120, value=each["TxnLineID"])
        return revised


def _level_percent(details: Mapping[str, Any]) -> Decimal:
    return Decimal(str(details.get("PriceLevelFixedPercentage") or 0))


def flat(lines: Iterable[Values]) -> Iterator[Values]:
    """Walk the lines with those inside groups, the groups' own heads left out."""
    for line in lines:
        if "ItemGroupRef" in line:
            yield from flat(line["lines"])
        else:
            yield line


def count(lines: Sequence[Values], *, is_taxable: Mapping[str, bool]) -> list[Line]:
    """Write quantity, rate and amount into each line, and return what was counted."""
    every = list(flat(lines))
    counted = count_lines(_asked(line, is_taxable=is_taxable) for line in every)
    ledger.check_amount(sum(abs(done.cents or 0) for done in counted), field="Amount")
    for line, done in zip(every, counted, strict=True):
        _check_size(done)
        for tag, number in (("Quantity", done.quantity), ("Rate", done.rate), ("RatePercent", done.percent)):
            _put(line, tag, None if number is None else _text(number))
        _put(line, "Amount", None if done.cents is None else amount_text(done.cents))
        if done.counting is Counting.SUBTOTAL:
            line["IsSubtotal"] = True
    return counted


def _check_size(done: Line) -> None:
    """Raise what a number earns that has more digits than QuickBooks holds; each alone may have fitted."""
    for code, tag, number in (
        (3060, "Quantity", done.quantity),
        (3045, "Rate", done.rate),
        (3050, "RatePercent", done.percent),
    ):
        if number is not None and abs(number) >= TOO_LARGE:
            raise refused(code, value=_text(number), field=tag)


def _asked(line: Values, *, is_taxable: Mapping[str, bool]) -> Line:
    has_percent = "RatePercent" in line
    return Line(
        counting=COUNTING[line["kind"]],
        quantity=_decimal(line.get("Quantity")),
        rate=_decimal(line.get("Rate")),
        percent=_decimal(line.get("RatePercent")),
        cents=cents(line["Amount"]) if "Amount" in line and not has_percent else None,
        is_taxable=is_taxable.get(line.get("SalesTaxCodeRef") or "", False),
    )


def _put(line: Values, tag: str, text: str | None) -> None:
    if text is None:
        line.pop(tag, None)
    else:
        line[tag] = text


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _text(number: Decimal) -> str:
    """Write a number as the wire does: no exponent, five decimals at most."""
    fits = number if -int(number.as_tuple().exponent) <= _DECIMALS else number.quantize(_STEP, ROUND_HALF_UP)
    return f"{fits:f}"
