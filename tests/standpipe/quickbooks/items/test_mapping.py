"""What an entry of QuickBooks' lists becomes here. Requirements 53, 69."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from standpipe.quickbooks.items.mapping import LINE_TYPES, CannotBecome, Surroundings, item, sales_tax, terms

AROUND = Surroundings(is_taxable={"T": True, "N": False}, tax_rates={"A": Decimal("7.25"), "B": Decimal("0.5")})


@dataclass
class Entry:
    type: str
    full_name: str = "Inspection:Pump"
    said: dict[str, Any] = field(default_factory=dict)
    list_id: str = "1"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"SalesOrPurchase": {"Desc": "Flow test", "Price": "520.00"}}, ("Flow test", Decimal("520.00"))),
        ({"SalesAndPurchase": {"SalesDesc": "By others", "SalesPrice": "145.5"}}, ("By others", Decimal("145.5"))),
        ({"SalesDesc": "Panel battery", "SalesPrice": "28.40"}, ("Panel battery", Decimal("28.40"))),
        ({"SalesOrPurchase": {"PricePercent": "10"}}, ("", None)),
        ({"SalesOrPurchase": {"Price": "0"}}, ("", Decimal(0))),  # nought is a price
        ({}, ("", None)),
    ],
)
def test_description_and_price_are_where_the_kind_keeps_them(said, expected):
    made = item(Entry("ItemService", said=said), around=AROUND)
    assert (made["name"], made["description"], made["rate"]) == ("Inspection:Pump", *expected)


def test_an_item_is_taxable_as_its_code_says():
    codes = [{"ListID": "T", "FullName": "Tx1"}, {"ListID": "N", "FullName": "Tax"}, {"FullName": "Tax"}, {}]
    taxable = [
        item(Entry("ItemService", said={"SalesTaxCodeRef": code}), around=AROUND)["is_taxable"] for code in codes
    ]
    assert taxable == [True, False, True, False]


def test_a_discount_takes_off():
    assert item(Entry("ItemDiscount", said={"DiscountRate": "25.00"}), around=AROUND)["rate"] == Decimal("-25.00")
    by_percent = item(Entry("ItemDiscount", said={"DiscountRatePercent": "10"}), around=AROUND)
    assert (by_percent["rate"], by_percent["percent"]) == (None, Decimal(10))


@pytest.mark.parametrize(
    "kind", ["ItemGroup", "ItemSubtotal", "ItemPayment", "ItemFixedAsset", "ItemSalesTax", "ItemNew"]
)
def test_what_cannot_be_an_item_here_says_why(kind):
    assert kind not in LINE_TYPES
    with pytest.raises(CannotBecome, match=r"\w{4}.*\."):
        item(Entry(kind), around=AROUND)


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        ("StandardTerms", {"StdDueDays": "30"}, (30, None, None)),
        ("StandardTerms", {}, (0, None, None)),
        ("DateDrivenTerms", {"DayOfMonthDue": "10", "DueNextMonthDays": "5"}, (None, 10, 5)),
        ("DateDrivenTerms", {"DayOfMonthDue": "10", "DueNextMonthDays": "0"}, (None, 10, None)),
    ],
)
def test_terms_of_both_kinds(kind, said, expected):
    made = terms(Entry(kind, said=said), around=AROUND)
    assert (made["due_days"], made["due_day_of_month"], made["next_month_days"]) == expected


def test_a_sales_tax_has_one_rate_and_a_group_those_of_its_members():
    one = sales_tax(Entry("ItemSalesTax", "County", {"TaxRate": "1.125"}), around=AROUND)
    assert one["parts"] == [{"name": "County", "rate": "1.125"}]
    members = [{"ListID": "A", "FullName": "State"}, {"ListID": "B", "FullName": "City"}]
    group = sales_tax(Entry("ItemSalesTaxGroup", "Bayshore", {"ItemSalesTaxRef": members}), around=AROUND)
    assert [part["rate"] for part in group["parts"]] == ["7.25", "0.5"]
    for broken in ([{"ListID": "Z", "FullName": "Gone"}], []):
        with pytest.raises(CannotBecome):
            sales_tax(Entry("ItemSalesTaxGroup", "X", {"ItemSalesTaxRef": broken}), around=AROUND)
