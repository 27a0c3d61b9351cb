"""Queries of accounts, items and the smaller lists over the wire."""

import pytest
from lxml import etree

from qbsim.company import Company
from qbsim.messages.items import ITEM_RETS
from support.company_files import Asking, StandingClock, contents, status, switch_off_sales_tax

FLAT = {"ItemFixedAsset", "ItemSubtotal", "ItemPayment", "ItemSalesTax", "ItemSalesTaxGroup", "ItemGroup"}
NOT_PAGED = (
    "CustomerType",
    "StandardTerms",
    "DateDrivenTerms",
    "Terms",
    "Account",
    "PaymentMethod",
    "SalesTaxCode",
    "Class",
    "Template",
)


def ask(
    company: Company, query: str, body: str = "", *, attributes: str = "", version: str = "13.0"
) -> etree._Element:
    return Asking(company).ask(f"<{query}QueryRq {attributes}>{body}</{query}QueryRq>", version=version)[0]


def names(answer: etree._Element) -> list[str]:
    return [each.findtext("FullName") or each.findtext("Name") for each in answer]


def test_items_of_every_kind_come_under_their_own_names(company: Company) -> None:
    answer = ask(company, "Item", "<ActiveStatus>All</ActiveStatus>")
    kinds = {each.tag.removesuffix("Ret") for each in answer}
    assert kinds == set(ITEM_RETS)
    for each in answer:
        is_flat = each.tag.removesuffix("Ret") in FLAT
        assert (each.find("FullName") is None) == is_flat
        assert (each.find("Sublevel") is None) == is_flat


def test_an_item_tells_its_price_and_accounts_by_name(company: Company) -> None:
    service = ask(company, "Item", "<FullName>Inspection:Kitchen Hood</FullName>")[0]
    assert service.findtext("SalesOrPurchase/Price") == "165.00"
    assert service.findtext("SalesOrPurchase/AccountRef/FullName") == "Service Income:Inspections"
    both = ask(company, "Item", "<FullName>Subcontracted Repair</FullName>")[0]
    assert both.findtext("SalesAndPurchase/PrefVendorRef/FullName") == "Blue Heron Sprinkler Fitters"
    group = ask(company, "Item", "<FullName>Annual Package</FullName>")[0]
    assert [line.findtext("ItemRef/FullName") for line in group.findall("ItemGroupLine")] == [
        "Inspection:Fire Extinguisher",
        "Inspection:Sprinkler System",
        "Inspection:Fire Alarm",
    ]
    taxes = ask(company, "Item", "<FullName>Bayshore</FullName>")[0]
    assert [each.findtext("FullName") for each in taxes.findall("ItemSalesTaxRef")] == [
        "State Tax",
        "County Tax",
        "City Tax",
    ]


@pytest.mark.parametrize("kind", ITEM_RETS)
def test_each_kind_of_item_can_be_asked_alone(company: Company, kind: str) -> None:
    answer = ask(company, kind, attributes='metaData="MetaDataAndResponseData"')
    assert {each.tag for each in answer} == {f"{kind}Ret"}
    assert answer.get("retCount") == str(len(company.lists.all(kind, active_only=True)))


def test_items_come_page_by_page_in_list_order(company: Company) -> None:
    asking = Asking(company)
    answer = asking.ask('<ItemQueryRq iterator="Start"><MaxReturned>20</MaxReturned></ItemQueryRq>')[0]
    whole = names(answer)
    while answer.get("iteratorRemainingCount") != "0":
        assert len(answer) == 20
        again = f'iterator="Continue" iteratorID="{answer.get("iteratorID")}"'
        answer = asking.ask(f"<ItemQueryRq {again}><MaxReturned>20</MaxReturned></ItemQueryRq>")[0]
        whole += names(answer)
    assert whole == names(ask(company, "Item"))


def test_an_iterator_belongs_to_its_query(company: Company) -> None:
    company.add_customer("Elm")
    company.add_customer("Oak")
    asking = Asking(company)
    first = asking.customers("<MaxReturned>1</MaxReturned>", attributes='iterator="Start"')
    foreign = f'<ItemQueryRq iterator="Continue" iteratorID="{first.get("iteratorID")}"/>'
    assert status(asking.ask(foreign)[0]) == ("3391", "Error")


@pytest.mark.parametrize("query", NOT_PAGED)
def test_the_smaller_lists_have_no_iterator(company: Company, query: str) -> None:
    """qbXML 13.0: only customers, items and transactions are paged; elsewhere the attribute does not parse."""
    with pytest.raises(Exception, match="0x80040400"):
        ask(company, query, attributes='iterator="Start"')


def test_terms_of_both_kinds_come_in_one_answer(company: Company) -> None:
    answer = ask(company, "Terms")
    assert {each.tag for each in answer} == {"StandardTermsRet", "DateDrivenTermsRet"}
    net_30 = ask(company, "StandardTerms", "<FullName>net 30</FullName>")[0]
    assert (net_30.findtext("Name"), net_30.findtext("StdDueDays")) == ("Net 30", "30")
    tenth = ask(company, "DateDrivenTerms", "<FullName>Due on the 10th</FullName>")[0]
    assert (tenth.findtext("DayOfMonthDue"), tenth.findtext("DueNextMonthDays")) == ("10", "5")
    assert status(ask(company, "StandardTerms", "<FullName>Due on the 10th</FullName>")) == ("500", "Warn")


def test_inactive_elements_come_only_when_they_are_asked_for(company: Company) -> None:
    company.lists.set_active(company.lists.find("StandardTerms", "Net 15").list_id, active=False)
    assert "Net 15" not in names(ask(company, "Terms"))
    assert names(ask(company, "Terms", "<ActiveStatus>InactiveOnly</ActiveStatus>")) == ["Net 15", "Net 60"]
    assert "Net 15" in names(ask(company, "Terms", "<ActiveStatus>All</ActiveStatus>"))
    assert names(ask(company, "Terms", "<FullName>Net 15</FullName>")) == ["Net 15"]


def test_lists_are_filtered_by_change_and_name(company: Company, clock: StandingClock) -> None:
    clock.move(86400)
    company.lists.edit(company.lists.find("Class", "Repairs").list_id, name="Repair work")
    since = "<FromModifiedDate>2024-03-10</FromModifiedDate>"
    assert names(ask(company, "Class", since)) == ["Repair work"]
    until = "<ToModifiedDate>2012-12-31</ToModifiedDate>"
    assert "Repair work" not in names(ask(company, "Class", until))
    match = "<NameFilter><MatchCriterion>Contains</MatchCriterion><Name>HOURS</Name></NameFilter>"
    assert names(ask(company, "Class", match)) == ["Repair work:After Hours"]
    range_ = "<NameRangeFilter><FromName>i</FromName><ToName>j</ToName></NameRangeFilter>"
    assert names(ask(company, "Class", range_)) == ["Inspections", "Installation"]
    assert names(ask(company, "Class", "<MaxReturned>1</MaxReturned>")) == ["Inspections"]
    reversed_ = "<FromModifiedDate>2024-03-10</FromModifiedDate><ToModifiedDate>2024-03-09</ToModifiedDate>"
    assert status(ask(company, "Class", reversed_)) == ("3030", "Error")
    assert status(
        ask(company, "Class", "<NameRangeFilter><FromName>b</FromName><ToName>a</ToName></NameRangeFilter>")
    ) == (
        "3031",
        "Error",
    )
    nothing = "<NameFilter><MatchCriterion>EndsWith</MatchCriterion><Name>zz</Name></NameFilter>"
    assert status(ask(company, "Class", nothing)) == ("1", "Info")


def test_accounts_are_asked_by_type_and_sum_up_those_below(company: Company) -> None:
    banks = ask(company, "Account", "<AccountType>Bank</AccountType><AccountType>CreditCard</AccountType>")
    assert {each.findtext("AccountType") for each in banks} == {"Bank", "CreditCard"}
    vehicles = ask(company, "Account", "<FullName>Vehicles</FullName>")[0]
    assert (vehicles.findtext("Balance"), vehicles.findtext("TotalBalance")) == ("61400.00", "39100.00")


def test_what_customers_owe_stands_on_the_account_for_it(company: Company) -> None:
    elm = company.add_customer("Elm", balance="10.00")
    company.add_customer("Gym", parent=elm.list_id, balance="2.50")
    answer = ask(company, "Account", "<AccountType>AccountsReceivable</AccountType>")
    assert [each.findtext("Balance") for each in answer] == ["12.50"]


def test_payment_methods_are_asked_by_type(company: Company) -> None:
    assert names(ask(company, "PaymentMethod", "<PaymentMethodType>ECheck</PaymentMethodType>")) == ["E-Check"]


def test_templates_come_all_whether_active_or_not(company: Company) -> None:
    company.lists.set_active(company.lists.find("Template", "Custom Estimate").list_id, active=False)
    answer = ask(company, "Template", attributes='metaData="MetaDataAndResponseData"')
    assert "Custom Estimate" in names(answer)
    assert answer.get("retCount") == str(len(answer))
    with pytest.raises(Exception, match="0x80040400"):
        ask(company, "Template", "<ActiveStatus>All</ActiveStatus>")


def test_only_what_the_asked_version_knows_comes_back(company: Company) -> None:
    """PaymentMethodType since 7.0, SpecialAccountType since 2.1."""
    assert ask(company, "PaymentMethod", version="6.0").find("*/PaymentMethodType") is None
    assert ask(company, "PaymentMethod", version="7.0").find("*/PaymentMethodType") is not None
    assert ask(company, "Account", version="2.0").find("*/SpecialAccountType") is None
    with pytest.raises(Exception, match="0x80040400"):
        ask(company, "PaymentMethod", "<PaymentMethodType>Cash</PaymentMethodType>", version="6.0")


def test_only_what_is_asked_for_comes_back(company: Company) -> None:
    answer = ask(
        company, "Item", "<IncludeRetElement>ListID</IncludeRetElement><IncludeRetElement>Name</IncludeRetElement>"
    )
    assert {tuple(child.tag for child in each) for each in answer} == {("ListID", "Name")}


def test_custom_fields_come_with_their_owner_only(company: Company) -> None:
    pump = company.lists.find("ItemService", "Inspection:Fire Pump").list_id
    company.set_data_ext("0", "Crew", "Two", list_id=pump)
    by_id = f"<ListID>{pump}</ListID>"
    assert ask(company, "Item", by_id).find("*/DataExtRet") is None
    assert ask(company, "Item", f"{by_id}<OwnerID>0</OwnerID>").findtext("*/DataExtRet/DataExtValue") == "Two"


def test_tax_codes_are_not_told_while_sales_tax_is_off(company: Company) -> None:
    """However they are asked for; what else bears a tax goes on."""
    assert names(ask(company, "SalesTaxCode")) == ["Gov", "Non", "Tax"]
    tax = company.lists.find("SalesTaxCode", "Tax").list_id
    switch_off_sales_tax(company)
    for how in ("", f"<ListID>{tax}</ListID>", "<ActiveStatus>All</ActiveStatus>"):
        answer = ask(company, "SalesTaxCode", how)
        assert (status(answer), len(answer)) == (("3250", "Error"), 0)
        assert '"sales tax"' in (answer.get("statusMessage") or "")
    assert status(ask(company, "ItemSalesTax")) == ("0", "Info")


def test_items_are_filtered_by_class_once_classes_are_on(company: Company) -> None:
    of_class = "<ClassFilter><FullNameWithChildren>Repairs</FullNameWithChildren></ClassFilter>"
    assert status(ask(company, "ItemService", of_class)) == ("3250", "Error")
    company.set_preference("AccountingPreferences.IsUsingClassTracking", True)
    company.lists.edit(
        company.lists.find("ItemService", "Repair:After Hours").list_id, **{"class": "Repairs:After Hours"}
    )
    assert names(ask(company, "ItemService", of_class)) == ["Repair:After Hours"]
    unknown = "<ClassFilter><FullNameWithChildren>Sales</FullNameWithChildren></ClassFilter>"
    assert status(ask(company, "ItemService", unknown)) == ("3140", "Error")
    company.set_preference("AccountingPreferences.IsUsingClassTracking", False)
    hidden = ask(company, "ItemService", "<FullName>Repair:After Hours</FullName>")
    assert hidden.find("*/ClassRef") is None


# -- ItemServiceAdd ------------------------------------------------------------------------------------------

SERVICE_INCOME = "<AccountRef><FullName>Service Income</FullName></AccountRef>"
INCOME_ONLY = SERVICE_INCOME.replace("AccountRef", "IncomeAccountRef")
SOLD = f"<SalesOrPurchase><Desc>d</Desc><Price>12.5</Price>{SERVICE_INCOME}</SalesOrPurchase>"


def add_service(company: Company, body: str) -> etree._Element:
    return Asking(company).ask(f"<ItemServiceAddRq><ItemServiceAdd>{body}</ItemServiceAdd></ItemServiceAddRq>")[0]


def test_a_program_adds_a_service_below_another(company: Company) -> None:
    tax = "<SalesTaxCodeRef><FullName>Non</FullName></SalesTaxCodeRef>"
    parent = "<ParentRef><FullName>Inspection</FullName></ParentRef>"
    answer = add_service(company, f"<Name>Smoke Control</Name>{parent}{tax}{SOLD}")
    assert status(answer) == ("0", "Info")
    assert answer.findtext("ItemServiceRet/FullName") == "Inspection:Smoke Control"
    assert answer.findtext("ItemServiceRet/SalesOrPurchase/AccountRef/FullName") == "Service Income"
    added = company.lists.find("ItemService", "Inspection:Smoke Control")
    assert added["SalesOrPurchase"]["Price"] == "12.5"


REFUSED_SERVICES = {
    "a name that an item of any kind has": (f"<Name>subtotal</Name>{SOLD}", "3100"),
    "a name too long": (f"<Name>{'x' * 32}</Name>{SOLD}", "3070"),
    "a colon in the name": (f"<Name>a:b</Name>{SOLD}", "3090"),
    "no account": ("<Name>A</Name><SalesOrPurchase><Price>1</Price></SalesOrPurchase>", "3270"),
    "no account for buying": (
        f"<Name>A</Name><SalesAndPurchase>{INCOME_ONLY}</SalesAndPurchase>",
        "3270",
    ),
    "an account that does not exist": (f"<Name>A</Name>{SOLD.replace('Service Income', 'Nothing')}", "3140"),
    "a tax code that does not exist": (
        f"<Name>A</Name><SalesTaxCodeRef><FullName>XX</FullName></SalesTaxCodeRef>{SOLD}",
        "3140",
    ),
    "a parent of another kind": (f"<Name>A</Name><ParentRef><FullName>Parts</FullName></ParentRef>{SOLD}", "3130"),
    "a class while classes are off": (
        f"<Name>A</Name><ClassRef><FullName>Repairs</FullName></ClassRef>{SOLD}",
        "3250",
    ),
    "a bar code while they are off": (
        f"<Name>A</Name><BarCode><BarCodeValue>1</BarCodeValue></BarCode>{SOLD}",
        "3250",
    ),
    "units of measure, which these books do not use": (
        f"<Name>A</Name><UnitOfMeasureSetRef><FullName>Each</FullName></UnitOfMeasureSetRef>{SOLD}",
        "3250",
    ),
    "a sixth level": (
        f"<Name>A</Name><ParentRef><FullName>Inspection:1:2:3:4</FullName></ParentRef>{SOLD}",
        "3130",
    ),
    "a bad percentage": (
        f"<Name>A</Name>{SOLD.replace('<Price>12.5</Price>', '<PricePercent>half</PricePercent>')}",
        "3050",
    ),
    "a bad price": (f"<Name>A</Name>{SOLD.replace('12.5', '1,50')}", "3045"),
}


@pytest.mark.parametrize("case", REFUSED_SERVICES)
def test_what_cannot_be_a_service_earns_its_code_and_changes_nothing(company: Company, case: str) -> None:
    body, code = REFUSED_SERVICES[case]
    below = company.lists.find("ItemService", "Inspection").list_id
    for name in "1234":
        below = company.lists.add("ItemService", name, parent=below).list_id
    before = contents(company)
    assert status(add_service(company, body)) == (code, "Error")
    assert contents(company) == before
