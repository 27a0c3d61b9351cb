"""What an edit changes, as the trail keeps it."""

from collections.abc import Mapping
from typing import Any

from .addresses import Address


def differing(record: object, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of ``values`` that ``record`` does not hold already."""
    return {field: value for field, value in values.items() if getattr(record, field) != value}


def json_ready(values: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value.to_json() if isinstance(value, Address) else value for field, value in values.items()}


def present(record: object, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What ``record`` holds in ``fields`` now, JSON-ready."""
    return json_ready({field: getattr(record, field) for field in fields})
