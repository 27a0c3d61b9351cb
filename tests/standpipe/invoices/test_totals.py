"""Requirement 71: our totals and QuickBooks' agree to the cent. QuickBooks' are the simulator's, whose arithmetic is
its own reading of how QuickBooks counts; neither side shares code with the other.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from qbsim.company import Company
from qbsim.transactions.arithmetic import Counting, Line, add_up, count_lines
from qbsim.transactions.invoices import line as sold
from standpipe.catalog.models import Item
from standpipe.invoices.arithmetic import totals
from standpipe.invoices.lines import KeptLine, NewLine, checked_lines
from support.invoices import some_lines

INVOICES = 10_000
IN_A_COMPANY_FILE = 150  # the same through the whole façade: a hundred times slower


def some_rates(random: Random) -> list[Decimal]:
    """Nothing, one tax, or the parts of a group; up to five decimals."""
    return [
        Decimal(random.randint(0, 1_200_000)).scaleb(-random.choice((5, 5, 4)))
        for _ in range(random.choice((0, 1, 1, 1, 2, 3, 4)))
    ]


def as_sent(line: KeptLine) -> Line:
    """As its message carries it: quantity and rate, or quantity and amount."""
    if line.amount is None:
        return Line(Counting.TEXT)
    if line.rate is not None:
        return Line(Counting.PRICED, quantity=line.quantity, rate=line.rate, is_taxable=line.is_taxable)
    return Line(Counting.PRICED, quantity=line.quantity, cents=cents(line.amount), is_taxable=line.is_taxable)


def cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def test_ten_thousand_random_invoices_agree_to_the_cent():
    random = Random(20260312)
    for number in range(INVOICES):
        kept, rates = checked_lines(some_lines(random)), some_rates(random)
        ours = totals(kept, rates)
        counted = count_lines(map(as_sent, kept))
        theirs = add_up(counted, tax_rates=rates)
        assert [line.cents for line in counted] == [
            None if line.amount is None else cents(line.amount) for line in kept
        ], (number, kept)
        assert (cents(ours.subtotal), cents(ours.taxable), cents(ours.tax), cents(ours.total)) == (
            theirs.subtotal,
            theirs.taxable,
            theirs.tax,
            theirs.total,
        ), (number, kept, rates)


@pytest.fixture
def company(tmp_path: Path):
    with Company.create(tmp_path / "Alder Fire.qbw", customers=0, transactions=False) as company:
        company.add_customer("Elm School", sales_tax_code="Tax")
        yield company


def test_random_invoices_agree_with_a_company_file(company: Company):
    random = Random(71)
    with company.transaction():
        taxes = [some_tax(company, random, name=f"Tax {number}") for number in range(6)]
        asked = 0
        while asked < IN_A_COMPANY_FILE:
            kept, (tax, rates) = checked_lines(some_lines(random)), random.choice(taxes)
            ours = totals(kept, rates)
            if ours.total < 0:
                continue
            asked += 1
            there = company.invoices.add("Elm School", lines=[in_the_file(line) for line in kept], item_sales_tax=tax)
            assert there.total_cents == cents(ours.total), (kept, rates)


def test_percentage_discounts_agree_with_a_company_file(company: Company):
    """A percentage of the line above, counted there and here, whatever stands above; it always takes away."""
    random = Random(8)
    company.lists.add("ItemDiscount", "Off", discount_rate_percent="7.125", account="Discounts Given")
    off = Item(name="Off", percent=Decimal("7.125"), is_taxable=True)
    with company.transaction():
        tax, rates = some_tax(company, random, name="Tax")
        asked = 0
        while asked < IN_A_COMPANY_FILE // 3:
            lines = some_lines(random)
            for _ in range(random.randint(1, 3)):
                lines.insert(random.randint(0, len(lines)), NewLine(item=off, is_taxable=random.random() < 0.5))
            kept = checked_lines(lines)
            ours = totals(kept, rates)
            if ours.total < 0:
                continue
            asked += 1
            there = company.invoices.add(
                "Elm School", lines=[_discounted(line, off) for line in kept], item_sales_tax=tax
            )
            assert there.total_cents == cents(ours.total), (kept, rates)


def _discounted(line: KeptLine, off: Item) -> dict[str, object]:
    """The file counts the discount itself."""
    return sold("Off", sales_tax_code="Tax" if line.is_taxable else "Non") if line.item is off else in_the_file(line)


def some_tax(company: Company, random: Random, *, name: str) -> tuple[str, list[Decimal]]:
    rates = some_rates(random) or [Decimal("6.35")]
    names = [f"{name} {part}" for part in range(len(rates))]
    for part, rate in zip(names, rates, strict=True):
        company.lists.add("ItemSalesTax", part, tax_rate=str(rate))
    if len(rates) == 1:
        return names[0], rates
    company.lists.add("ItemSalesTaxGroup", name, item_sales_tax=names)
    return name, rates


def in_the_file(line: KeptLine) -> dict[str, object]:
    if line.amount is None:
        return sold(None, desc=line.description)
    numbers: Sequence[tuple[str, Decimal | None]] = (
        ("quantity", line.quantity),
        ("rate", line.rate) if line.rate is not None else ("amount", line.amount),
    )
    texts = {name: f"{number:f}" for name, number in numbers if number is not None}
    return sold("Repair", sales_tax_code="Tax" if line.is_taxable else "Non", **texts)
