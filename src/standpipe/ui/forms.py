"""Form fields that several nouns share."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from standpipe.core.addresses import MAX_LINES, Address
from standpipe.core.errors import UserError
from standpipe.core.money import fine_text, read_number

_REST = ("city", "state", "postal_code", "country", "note")
_LABELS = {
    **{f"line{number}": f"Line {number}" for number in range(1, MAX_LINES + 1)},
    "city": "City",
    "state": "State",
    "postal_code": "Postal code",
    "country": "Country",
    "note": "Note",
}
# QuickBooks holds 41 characters a line, 31 city, 21 state, 13 postal code, 31 country, 41 note (qbXML 13 reference,
# BillAddress). Standpipe keeps what people write; nothing of it is ever sent back there.
_LENGTH = 200


def show_error(form: forms.BaseForm, *, error: UserError) -> None:
    """Puts an action's refusal on the field that it names, else above the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


class AddressWidget(forms.MultiWidget):
    template_name = "ui/widgets/address.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        inputs: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput(attrs={"maxlength": _LENGTH, "autocomplete": "off"}) for name in _LABELS
        }
        super().__init__(inputs, attrs)

    def decompress(self, value: Address | None) -> list[str]:
        address = value or Address()
        lines = [*address.lines, *[""] * MAX_LINES][:MAX_LINES]
        return [*lines, *(getattr(address, name) for name in _REST)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        parts: Sequence[dict[str, Any]] = context["widget"]["subwidgets"]
        for part, (name_of_part, label) in zip(parts, _LABELS.items(), strict=True):
            part["part"], part["label"] = name_of_part, label
        context["widget"]["lines"], context["widget"]["more"] = parts[:3], parts[3:MAX_LINES]
        context["widget"]["place"], context["widget"]["note"] = parts[MAX_LINES:-1], parts[-1]
        context["widget"]["more_is_used"] = any(part["value"] for part in (*parts[3:MAX_LINES], parts[-1]))
        return context


class AddressFormField(forms.MultiValueField):
    """An :class:`Address` in ten inputs, as QuickBooks has it: free lines first. Nothing filled: ``Address()``."""

    widget = AddressWidget

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        parts = tuple(forms.CharField(required=False, max_length=_LENGTH) for _ in _LABELS)
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[str] | None) -> Address:
        if not data_list:
            return Address()
        values = dict(zip(_LABELS, data_list, strict=True))
        return Address.from_json({"lines": data_list[:MAX_LINES], **{name: values[name] for name in _REST}})


class NumberField(forms.CharField):
    """A number as people type it ("1,234.50", "$80"); how large and how fine it may be is the action's to say.

    ``places``: as many decimals are shown whatever they hold. Nothing typed: ``None``.
    """

    def __init__(self, *, places: int = 0, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.places = places

    def prepare_value(self, value: Any) -> Any:
        return fine_text(value, places=self.places) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # a number, where its parent has text
        text = super().to_python(value)
        if not text:
            return None
        try:
            return read_number(text)
        except ValueError as error:
            raise forms.ValidationError(f"{error}. Write it like 1,234.50.", code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except forms.ValidationError:
            return True
