"""The declaration of a column as it grows, and what becomes of its values under it.

Nothing is believed here that was not tried: the repairs are the modules that will run, the type is
cast by the caster that will cast.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.cast import POSITION, cast
from catalog.problem import Rejected
from catalog.registry import names, variant
from catalog.schema import TableSchema
from flows.doctor import Remedy
from flows.doctor._values_view import Flags, View, flags
from flows.repairs._arrow import is_blank, load

ROOM = "flows.repairs"
#: A repair and its options.
Step = tuple[str, Mapping[str, Any]]
#: Options that are lists of words: asked for twice, they are joined.
_JOINED = frozenset({"words", "prefixes", "suffixes"})


@dataclass
class Draft:
    """Type, properties and repairs of a column, put together remedy by remedy.

    Attributes:
        type, format, properties, constraints: of the field.
        repairs: options by name.
    """

    type: str = "string"
    format: str = "default"
    properties: dict[str, Any] = field(default_factory=dict)
    constraints: dict[str, Any] = field(default_factory=dict)
    repairs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, remedies: Iterable[Remedy]) -> Draft:
        """Take remedies in; gives itself."""
        for remedy in remedies:
            if remedy.kind == "repair":
                known = self.repairs.get(remedy.name, {})
                self.repairs[remedy.name] = joined(known, remedy.value or {})
            elif remedy.kind == "constraint":
                self.constraints[remedy.name] = remedy.value
            elif remedy.kind == "field":
                self._say(remedy.name, remedy.value)
        return self

    def _say(self, name: str, value: Any) -> None:
        if name == "type":
            self.type = value
        elif name == "format":
            self.format = value or "default"
        elif value is None:
            self.properties.pop(name, None)
        else:
            self.properties[name] = value

    def copy(self) -> Draft:
        """Another one like it."""
        return Draft(self.type, self.format, dict(self.properties), dict(self.constraints),
                     {name: dict(options) for name, options in self.repairs.items()})  # fmt: skip

    @property
    def steps(self) -> tuple[Step, ...]:
        """The repairs in their order, without those that its type has no use for."""
        listed = load("repair_order")
        place = {name: at for at, name in enumerate(listed["order"])}
        of_types = listed["of_types"]
        wanted = (name for name in self.repairs if self.type in of_types.get(name, (self.type,)))
        ordered = sorted(wanted, key=lambda name: (place.get(name, len(place)), name))
        return tuple((name, self.repairs[name]) for name in ordered)


def joined(known: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Options of one repair asked for twice: lists of words and mappings joined, else the later."""
    whole = dict(known)
    for name, value in more.items():
        before = whole.get(name)
        if name in _JOINED and before:
            whole[name] = [*before, *(word for word in value if word not in before)]
        elif isinstance(value, Mapping) and isinstance(before, Mapping):
            whole[name] = {**before, **value}
        else:
            whole[name] = value
    return whole


def has(name: str) -> bool:
    """Whether there is a repair of this name."""
    return name in names(ROOM)


def mended(seen: View, steps: Iterable[Step]) -> pa.Array:
    """The distinct texts after repairs; a repair that refuses the column leaves it as it is.

    Args:
        seen: the column.
        steps: repairs of values that look at no other column, in order.
    """
    values = seen.texts
    for name, options in steps:
        values, _ = run(seen, values, name, options)
    return values


def run(
    seen: View, values: pa.Array, name: str, options: Mapping[str, Any]
) -> tuple[pa.Array, Rejected | None]:
    """Values after one repair, and its refusal if it has one."""
    module = variant(ROOM, name)
    checked = module.Options.model_validate(dict(options))
    if hasattr(module, "beside") and module.beside(checked):
        return values, None
    decision = None
    if hasattr(module, "survey"):
        bunch = (pa.array(seen.first), values, pa.array(seen.counts))
        try:
            decision = module.survey(iter([bunch]), checked)
        except Rejected as error:
            return values, error
    return module.repair(values, checked, decision), None


def misfits(draft: Draft, values: pa.Array) -> Flags:
    """Which repaired values are not of the draft's type; empty ones are."""
    if not len(values):
        return np.zeros(0, dtype=bool)
    typed = cast_to(draft, values)
    given = pc.and_(pc.is_valid(values), pc.not_equal(values, ""))
    return flags(pc.and_(pc.fill_null(given, False), pc.is_null(typed)))


def cast_to(draft: Draft, values: pa.Array) -> pa.Array:
    """Repaired values as the canonical table will have them; null where not of the type."""
    body = {"name": "value", "type": draft.type, "format": draft.format, **draft.properties}
    schema = TableSchema.model_validate({"fields": [body], "missingValues": [""]})
    rows = pa.array(np.arange(len(values)))
    batch = pa.RecordBatch.from_arrays([rows, values], names=[POSITION, "value"])
    typed, _ = cast(batch, schema)
    return typed.column(0)


def nothing_left(values: pa.Array) -> Flags:
    """Which values are empty after repairs."""
    return flags(is_blank(values))
