"""Which catalogue an address is about: ``items/``, ``items/terms/`` or ``items/sales-taxes/``."""

from .targets import TARGETS

_ROOT = "items"


class CatalogueConverter:
    regex = "|".join(sorted((_ROOT if key == _ROOT else f"{_ROOT}/{key}" for key in TARGETS), key=len, reverse=True))

    def to_python(self, value: str) -> str:
        return value.removeprefix(f"{_ROOT}/")

    def to_url(self, value: str) -> str:
        return value if value == _ROOT else f"{_ROOT}/{value}"
