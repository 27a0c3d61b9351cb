"""Address fields, error summaries and descriptions of inputs."""

from decimal import Decimal

from django import forms
from django.template import engines
from django.test import RequestFactory

from standpipe.core.addresses import Address
from standpipe.core.errors import UserError
from standpipe.ui.forms import AddressFormField, NumberField, show_error


class PlaceForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on its door.")
    address = AddressFormField(label="Billing address")


def rendered(form: forms.Form) -> str:
    template = engines["django"].from_string('{% include "ui/form.html" with submit="Save" %}')
    return template.render({"form": form}, RequestFactory().get("/"))


def test_an_address_comes_out_as_it_went_in() -> None:
    address = Address(
        lines=("Elm School", "Attn: Office", "12 Elm St", "Rear", "Gate 2"),
        city="Hartford",
        state="CT",
        postal_code="06103",
        country="USA",
        note="Ring twice",
    )
    widget = AddressFormField().widget
    values = zip(widget.widgets_names, widget.decompress(address), strict=True)
    data = {f"address{part}": value for part, value in values}
    form = PlaceForm({"name": "Elm School", **data})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["address"] == address


def test_an_address_may_be_left_out() -> None:
    form = PlaceForm({"name": "Elm School"})
    assert form.is_valid()
    assert form.cleaned_data["address"] == Address()


def test_every_input_of_an_address_has_a_label_inside_one_named_group() -> None:
    html = rendered(PlaceForm())
    assert "<legend>Billing address" in html
    for number in range(10):
        assert f'for="id_address_{number}"' in html
        assert f'id="id_address_{number}"' in html


def test_further_lines_are_open_when_they_are_used() -> None:
    assert '<details class="address-more">' in rendered(PlaceForm())
    used = PlaceForm(initial={"address": Address(note="Ring twice")})
    assert '<details class="address-more" open>' in rendered(used)


def test_an_error_is_summed_up_linked_and_described() -> None:
    form = PlaceForm({})
    html = rendered(form)
    assert "<error-summary" in html
    assert '<a href="#id_name">Name</a>' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_refusal_stands_on_its_field_or_above_the_form() -> None:
    form = PlaceForm({"name": "Elm"})
    assert form.is_valid()
    show_error(form, error=UserError("Taken.", code="name_taken", field="name"))
    show_error(form, error=UserError("Not today.", code="closed", field="weekday"))
    assert form.errors["name"] == ["Taken."]
    assert form.non_field_errors() == ["Not today."]


class _Priced(forms.Form):
    price = NumberField(label="Price", required=False, places=2)


def test_a_number_is_read_as_people_write_it_and_shown_as_it_was_typed() -> None:
    assert _Priced({"price": " $1,234.5 "}).errors == {}
    form = _Priced({"price": "a lot"})
    assert form.errors == {"price": ["“a lot” is not a number. Write it like 1,234.50."]}
    assert 'value="a lot"' in str(form["price"])
    assert 'value="80.00"' in str(_Priced(initial={"price": Decimal("80.00000")})["price"])
    empty = _Priced({"price": " "})
    assert empty.is_valid()
    assert empty.cleaned_data["price"] is None


def test_a_number_written_otherwise_has_not_changed() -> None:
    initial = {"price": Decimal(80)}
    assert not _Priced({"price": "80.00"}, initial=initial).has_changed()
    assert _Priced({"price": "81"}, initial=initial).has_changed()
    assert _Priced({"price": "x"}, initial=initial).has_changed()


def test_numbers_on_a_page() -> None:
    shown = engines["django"].from_string(
        "{{ n|money }} {{ n|money:'USD' }} {{ n|fine }} {{ n|price }}{{ none|price }}"
    )
    assert shown.render({"n": Decimal("-1234.5"), "none": None}) == "−1,234.50 −$1,234.50 −1,234.5 −1,234.50"
