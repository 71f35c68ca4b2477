"""What becomes of a field when its values do: the schema that is published says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.schema import Constraints, SchemaField

#: Of the standard's constraints, what still holds when values were replaced one for one.
_KEPT = ("required",)


def retyped(field: SchemaField, type: str, *, optional: bool = False, **more: Any) -> SchemaField:
    """The field with another type, without what held of its old values.

    Args:
        field: as declared.
        type: of the treated values.
        optional: values may be emptied.
        more: properties beside.
    """
    body = field.model_dump(by_alias=False, exclude_defaults=True)
    if type != field.type:
        for name in ("format", "decimal_places", "timezone", "unit"):
            body.pop(name, None)
    body["constraints"] = _constraints(field.constraints, optional)
    return SchemaField.model_validate({**body, "type": type, **more})


def _constraints(held: Constraints, optional: bool) -> Mapping[str, Any]:
    kept = {name: getattr(held, name) for name in _KEPT}
    return {} if optional else {name: value for name, value in kept.items() if value}
