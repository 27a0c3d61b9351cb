"""Items, terms, payment methods, sales tax, accounts and templates, as QuickBooks answers with them."""

from decimal import Decimal

import pytest
from lxml import etree

from qbwire.codec import encode, tags_of
from qbwire.errors import InvalidMessage
from qbwire.messages import (
    Account,
    AccountQuery,
    CurrencyFilter,
    DateDrivenTerms,
    GroupPart,
    ItemDiscount,
    ItemGroup,
    ItemQuery,
    ItemSalesTax,
    ItemSalesTaxGroup,
    ItemService,
    ItemSubtotal,
    NameFilter,
    PaymentMethod,
    PaymentMethodQuery,
    Ref,
    SalesAndPurchase,
    SalesOrPurchase,
    SalesTaxCode,
    StandardTerms,
    TaxLine,
    Template,
    TemplateQuery,
    TermsQuery,
)
from support.answers import read

ITEMS = """
<ItemServiceRet><ListID>1-1</ListID><TimeModified>2024-03-01T09:00:00-08:00</TimeModified>
<EditSequence>7</EditSequence><Name>Repair</Name><FullName>Service:Repair</FullName><IsActive>true</IsActive>
<ParentRef><ListID>1-0</ListID><FullName>Service</FullName></ParentRef><Sublevel>1</Sublevel>
<SalesTaxCodeRef><ListID>5-1</ListID><FullName>Non</FullName></SalesTaxCodeRef>
<SalesOrPurchase><Desc>Repair work</Desc><Price>80.00</Price><AccountRef><ListID>9-1</ListID>
<FullName>Services</FullName></AccountRef></SalesOrPurchase></ItemServiceRet>
<ItemServiceRet><ListID>1-2</ListID><Name>Subcontractor</Name><FullName>Subcontractor</FullName>
<SalesAndPurchase><SalesDesc>Help</SalesDesc><SalesPrice>99.99999</SalesPrice><PurchaseCost>0</PurchaseCost>
</SalesAndPurchase></ItemServiceRet>
<ItemGroupRet><ListID>2-1</ListID><Name>Visit</Name><IsActive>false</IsActive>
<IsPrintItemsInGroup>false</IsPrintItemsInGroup><ItemGroupLine><ItemRef><ListID>1-1</ListID></ItemRef>
<Quantity>1.5</Quantity></ItemGroupLine><ItemGroupLine><ItemRef><ListID>1-2</ListID></ItemRef></ItemGroupLine>
</ItemGroupRet>
<ItemDiscountRet><ListID>3-1</ListID><Name>Ten</Name><FullName>Ten</FullName>
<DiscountRatePercent>10.0</DiscountRatePercent></ItemDiscountRet>
<ItemSubtotalRet><ListID>4-1</ListID><Name>Subtotal</Name></ItemSubtotalRet>
<ItemSalesTaxRet><ListID>6-1</ListID><Name>San Tomas</Name><TaxRate>8.25</TaxRate>
<TaxVendorRef><FullName>State Board</FullName></TaxVendorRef></ItemSalesTaxRet>
<ItemSalesTaxGroupRet><ListID>6-2</ListID><Name>City</Name><ItemSalesTaxRef><ListID>6-1</ListID></ItemSalesTaxRef>
<ItemSalesTaxRef><ListID>6-3</ListID></ItemSalesTaxRef></ItemSalesTaxGroupRet>
<ItemTimeTravelRet><ListID>7-1</ListID></ItemTimeTravelRet>
"""


def test_items_of_all_kinds_come_mixed_and_in_order() -> None:
    response = read("ItemQuery", ITEMS)
    assert response.items == (
        ItemService(
            list_id="1-1",
            time_modified="2024-03-01T09:00:00-08:00",
            edit_sequence="7",
            name="Repair",
            full_name="Service:Repair",
            is_active=True,
            parent=Ref(list_id="1-0", full_name="Service"),
            sublevel=1,
            sales_tax_code=Ref(list_id="5-1", full_name="Non"),
            sales_or_purchase=SalesOrPurchase(
                description="Repair work", price=Decimal("80.00"), account=Ref(list_id="9-1", full_name="Services")
            ),
        ),
        ItemService(
            list_id="1-2",
            name="Subcontractor",
            full_name="Subcontractor",
            sales_and_purchase=SalesAndPurchase(
                sales_description="Help", sales_price=Decimal("99.99999"), purchase_cost=Decimal(0)
            ),
        ),
        ItemGroup(
            list_id="2-1",
            name="Visit",
            is_active=False,
            prints_items=False,
            parts=(
                GroupPart(item=Ref(list_id="1-1"), quantity=Decimal("1.5")),
                GroupPart(item=Ref(list_id="1-2")),
            ),
        ),
        ItemDiscount(list_id="3-1", name="Ten", full_name="Ten", rate_percent=Decimal(10)),
        ItemSubtotal(list_id="4-1", name="Subtotal"),
        ItemSalesTax(
            list_id="6-1", name="San Tomas", tax_rate=Decimal("8.25"), tax_vendor=Ref(full_name="State Board")
        ),
        ItemSalesTaxGroup(list_id="6-2", name="City", taxes=(Ref(list_id="6-1"), Ref(list_id="6-3"))),
    )
    assert response.broken == ()
    assert [record.key for record in response.records] == [item.list_id for item in response.items]


def test_every_item_has_the_name_that_references_use() -> None:
    """Kinds without levels have no full name on the wire."""
    names = [item.full_name for item in read("ItemQuery", ITEMS).items]
    assert names == ["Service:Repair", "Subcontractor", "Visit", "Ten", "Subtotal", "San Tomas", "City"]


def test_one_broken_item_stops_no_item_of_another_kind() -> None:
    response = read(
        "ItemQuery",
        "<ItemServiceRet><ListID>1</ListID><Name>Bad</Name><SalesOrPurchase><Price>call us</Price></SalesOrPurchase>"
        "</ItemServiceRet><ItemPaymentRet><Name>No ID</Name></ItemPaymentRet>"
        "<ItemOtherChargeRet><ListID>2</ListID><SalesOrPurchase/></ItemOtherChargeRet>",
    )
    assert [item.list_id for item in response.items] == ["2"]
    assert response.items[0].sales_or_purchase is None
    assert [(record.list_id, record.full_name, record.reason) for record in response.broken] == [
        ("1", "Bad", "SalesOrPurchase/Price: 'call us' is no number"),
        (None, "No ID", "ItemPaymentRet/ListID: is missing"),
    ]


def test_terms_of_both_kinds_come_mixed() -> None:
    response = read(
        "TermsQuery",
        "<StandardTermsRet><ListID>1</ListID><Name>2% 10 Net 30</Name><IsActive>true</IsActive>"
        "<StdDueDays>30</StdDueDays><StdDiscountDays>10</StdDiscountDays><DiscountPct>2.00</DiscountPct>"
        "</StandardTermsRet><StandardTermsRet><ListID>2</ListID><Name>Due on receipt</Name><StdDueDays>0</StdDueDays>"
        "</StandardTermsRet><DateDrivenTermsRet><ListID>3</ListID><Name>1st</Name><DayOfMonthDue>1</DayOfMonthDue>"
        "<DueNextMonthDays>5</DueNextMonthDays></DateDrivenTermsRet>",
    )
    assert response.items == (
        StandardTerms(
            list_id="1",
            name="2% 10 Net 30",
            is_active=True,
            due_days=30,
            discount_days=10,
            discount_percent=Decimal(2),
        ),
        StandardTerms(list_id="2", name="Due on receipt", due_days=0),
        DateDrivenTerms(list_id="3", name="1st", due_day_of_month=1, due_next_month_days=5),
    )


@pytest.mark.parametrize(
    ("request_kind", "inner", "record"),
    [
        (
            "PaymentMethodQuery",
            (
                "<PaymentMethodRet><ListID>1</ListID><Name>Visa</Name><PaymentMethodType>Visa</PaymentMethodType>"
                "</PaymentMethodRet>"
            ),
            PaymentMethod(list_id="1", name="Visa", kind="Visa"),
        ),
        (
            "PaymentMethodQuery",
            (
                "<PaymentMethodRet><ListID>1</ListID><Name>Barter</Name><PaymentMethodType>Goat</PaymentMethodType>"
                "</PaymentMethodRet>"
            ),
            PaymentMethod(list_id="1", name="Barter", kind="Goat"),
        ),
        (
            "SalesTaxCodeQuery",
            (
                "<SalesTaxCodeRet><ListID>1</ListID><Name>Tax</Name><IsActive>true</IsActive><IsTaxable>true</IsTaxable>"
                "<Desc>Taxable</Desc></SalesTaxCodeRet>"
            ),
            SalesTaxCode(list_id="1", name="Tax", is_active=True, is_taxable=True, description="Taxable"),
        ),
        (
            "TemplateQuery",
            (
                "<TemplateRet><ListID>1</ListID><Name>Service Invoice</Name><IsActive>true</IsActive>"
                "<TemplateType>Invoice</TemplateType></TemplateRet>"
            ),
            Template(list_id="1", name="Service Invoice", is_active=True, kind="Invoice"),
        ),
    ],
)
def test_the_lists_that_posting_leans_on_are_read(request_kind: str, inner: str, record: object) -> None:
    assert read(request_kind, inner).items == (record,)


def test_an_account_is_read_without_what_the_schema_demands_of_its_tax_line() -> None:
    (account,) = read(
        "AccountQuery",
        "<AccountRet><ListID>1</ListID><Name>Undeposited Funds</Name><FullName>Undeposited Funds</FullName>"
        "<AccountType>OtherCurrentAsset</AccountType><SpecialAccountType>UndepositedFunds</SpecialAccountType>"
        "<AccountNumber>12000</AccountNumber><Balance>2440.00</Balance>"
        "<TaxLineInfoRet><TaxLineName>&lt;Not tax-related&gt;</TaxLineName></TaxLineInfoRet></AccountRet>",
    ).items
    assert account == Account(
        list_id="1",
        name="Undeposited Funds",
        full_name="Undeposited Funds",
        kind="OtherCurrentAsset",
        special_kind="UndepositedFunds",
        account_number="12000",
        balance=Decimal(2440),
        tax_line=TaxLine(name="<Not tax-related>"),
    )


def test_a_page_of_items_is_asked_for() -> None:
    query = ItemQuery(
        iterator="Continue",
        iterator_id="{x}",
        max_returned=200,
        active_status="All",
        include_ret_element=tags_of(ItemService, "sales_or_purchase", "full_name", "list_id"),
        owner_ids=("0",),
    )
    assert etree.tostring(encode(query)).decode() == (
        '<ItemQueryRq iterator="Continue" iteratorID="{x}"><MaxReturned>200</MaxReturned>'
        "<ActiveStatus>All</ActiveStatus><IncludeRetElement>ListID</IncludeRetElement>"
        "<IncludeRetElement>FullName</IncludeRetElement><IncludeRetElement>SalesOrPurchase</IncludeRetElement>"
        "<OwnerID>0</OwnerID></ItemQueryRq>"
    )


def test_a_filter_of_a_query_excludes_its_ids() -> None:
    filters = [
        AccountQuery(list_ids=("1",), kinds=("Bank",)),
        AccountQuery(full_names=("Bank",), currency_filter=CurrencyFilter(list_ids=("1",))),
        PaymentMethodQuery(list_ids=("1",), kinds=("Cash",)),
        TermsQuery(list_ids=("1",), name_filter=NameFilter(match="StartsWith", name="Net")),
    ]
    for query in filters:
        with pytest.raises(InvalidMessage, match="takes one of"):
            encode(query)
    assert len(encode(TemplateQuery())) == 0
