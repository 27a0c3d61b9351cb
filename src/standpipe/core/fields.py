"""Model fields that speak of addresses, money and the numbers beside it."""

from typing import Any

from django.db import models

from .addresses import Address


class AddressField(models.JSONField):
    """An :class:`Address` in one JSON column; never ``NULL``, a missing address is ``Address()``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", Address)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Address:
        return Address.from_json(super().from_db_value(value, expression, connection))

    def to_python(self, value: Any) -> Address:
        return value if isinstance(value, Address) else Address.from_json(super().to_python(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        return super().get_db_prep_value(
            value.to_json() if isinstance(value, Address) else value, connection, prepared
        )

    def value_to_string(self, obj: models.Model) -> Any:
        value = self.value_from_object(obj)
        return value.to_json() if isinstance(value, Address) else value


class UncheckedJSONField(models.JSONField):
    """JSON that SQLite does not parse again for every row: for columns that only bulk statements of ours fill."""

    def db_check(self, connection: Any) -> None:  # noqa: ARG002 - Django's signature
        return None


class MoneyField(models.DecimalField):  # type: ignore[type-arg]  # takes none at run time
    """An amount to the cent. QuickBooks holds ten digits before the point (qbXML 13 reference, AMTTYPE)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"max_digits": 15, "decimal_places": 2})


class FineField(models.DecimalField):  # type: ignore[type-arg]
    """A quantity, a price of one, or a percentage: five decimals, as QuickBooks has them (qbXML 13, QUANTYPE)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"max_digits": 15, "decimal_places": 5})
