"""Texts that are not surely good, judged one by one: Frictionless first, then the canonical cast.

Frictionless's own reader of the field gives its verdict and its words. On top of it stand the
deliberate differences (``docs/check-differences.md``): what has no canonical value is a
``type-error`` though Frictionless reads it, and constraints that Frictionless 5 does not know are
held as the standard says. Each distinct text is judged once; a bounded memory keeps the verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa

from catalog.cast import lost
from catalog.problem import DeclarationError, Problem
from catalog.schema import SchemaField, TableSchema
from flows.checks._engine.constraints import declared
from flows.checks._engine.standard import OWN, held, is_blank, is_wkt
from flows.checks._engine.values import key_of

#: Texts of a column whose verdicts are remembered; when there are more, all are
#: forgotten.
REMEMBERED = 10_000
#: Properties of a field that Frictionless 5 reads; others are ours or the standard's.
_KNOWN = (
    "format", "trueValues", "falseValues", "bareNumber", "floatNumber", "decimalChar",
    "groupChar", "delimiter", "itemType", "arrayItem",
)  # fmt: skip
_TYPE, _CONSTRAINT = "type-error", "constraint-error"

#: What is wrong with a text: code, and Frictionless's note. Empty where nothing is.
Verdict = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a text.

    Attributes:
        verdict: what is wrong with it.
        key: text that is the same for two texts that mean the same value; ``None`` where there is
            no value.
    """

    verdict: Verdict
    key: str | None


class Judge:
    """Judges the texts of one field.

    Args:
        field: what they should be.
        schema: the field's.
        keyed: whether keys are asked for.

    Raises:
        DeclarationError: Frictionless cannot read the field, or a bound or listed value is not of
            its type.
    """

    def __init__(self, field: SchemaField, schema: TableSchema, *, keyed: bool = False) -> None:
        self.field = field
        self._schema = schema
        self._missing = frozenset(schema.missing(field))
        self._known: dict[str | None, Judged] = {}
        self._kinds: dict[Verdict, Judged] = {}
        self._keyed = keyed
        self._declared = declared(field)
        peer = _peer(field, schema)
        self._read = peer.create_cell_reader()
        self._type_note = f'type is "{field.type}/{field.format}"'
        self._own = _own(field, peer, peer.create_value_reader())

    def judge(self, texts: Sequence[str | None]) -> list[Judged]:
        """Verdicts on distinct texts, in their order; ``None`` is a cell without a value."""
        new = [text for text in texts if text not in self._known]
        judged = dict(zip(new, self._judge(new), strict=True))
        found = [judged[text] if text in judged else self._known[text] for text in texts]
        if len(self._known) + len(new) > REMEMBERED:
            self._known.clear()
        if len(new) <= REMEMBERED:
            self._known |= judged
        return found

    def _judge(self, texts: Sequence[str | None]) -> list[Judged]:
        read = [self._first(text) for text in texts]
        filled = [
            index for index, (value, notes) in enumerate(read)
            if value is not None and "type" not in notes
        ]  # fmt: skip
        given = pa.array([texts[index] for index in filled], pa.string())
        gone = lost(given, self.field, self._schema).to_pylist()
        for index, without_value in zip(filled, gone, strict=True):
            if without_value:
                read[index] = (None, {"type": self._type_note})
        return [self._last(text, *found) for text, found in zip(texts, read, strict=True)]

    def _first(self, text: str | None) -> tuple[Any, dict[str, str]]:
        """What Frictionless reads, and its notes."""
        if text is None or text in self._missing:
            return None, self._read(None)[1] or {}
        group = (self.field.model_extra or {}).get("groupChar")
        if group and self.field.type == "integer":  # v2 has it, Frictionless 5 does not
            text = text.replace(group, "")
        if self.field.format == "wkt" and not is_wkt(text):
            return None, {"type": self._type_note}
        try:
            value, notes = self._read(text)
        except (ArithmeticError, TypeError, ValueError):
            return None, {"type": self._type_note}  # a bound that cannot be compared with it
        return value, notes or {}

    def _last(self, text: str | None, value: Any, notes: Mapping[str, str]) -> Judged:
        if "type" in notes:
            return self._wrong(((_TYPE, notes["type"]),))
        if value is None:
            return self._wrong(tuple((_CONSTRAINT, note) for note in notes.values()))
        found = tuple((_CONSTRAINT, note) for note in notes.values()) if notes else ()
        if self._own:
            found += tuple(
                (_CONSTRAINT, f'constraint "{name}" is "{self._declared[name]}"')
                for name, holds in self._own.items()
                if name not in notes and not holds(value)
            )
        return Judged(found, key_of(value, str(text))) if self._keyed else self._wrong(found)

    def _wrong(self, verdict: Verdict) -> Judged:
        """A verdict without a key; the same ones are one object."""
        return self._kinds.setdefault(verdict, Judged(verdict, None))


def _peer(field: SchemaField, schema: TableSchema) -> Any:
    """The field as Frictionless has it, with what it knows of the constraints."""
    import frictionless

    body = field.model_dump(mode="json", by_alias=True)
    plain = {name: body[name] for name in _KNOWN if body.get(name) is not None}
    plain |= {"name": field.name, "type": field.type}
    if field.format == "wkt":  # Frictionless needs a parser of its own for it, which is not here
        plain["format"] = "default"
    plain["missingValues"] = list(schema.missing(field))
    try:
        known = frictionless.Field.from_descriptor(plain).supported_constraints
        given = {name: value for name, value in declared(field).items() if name in known}
        peer = frictionless.Field.from_descriptor(plain | {"constraints": given})
    except frictionless.FrictionlessException as error:
        reason = "; ".join(e.note for e in (error.reasons or [error.error]))
        raise _unreadable(field, reason) from error
    _readable(field, given, peer.create_value_reader())
    return peer


def _readable(field: SchemaField, given: Mapping[str, Any], read: Callable[[Any], Any]) -> None:
    """Refuse bounds that are no values of the field, or that its values cannot be compared with."""
    for name, bound in given.items():
        if not name.endswith(("inimum", "aximum")):
            continue
        value = read(bound)
        zoned = getattr(value, "tzinfo", None) is not None
        if value is None or zoned is not (field.timezone is not None):
            raise _unreadable(field, f'{name} "{bound}"')


def _unreadable(field: SchemaField, reason: str) -> DeclarationError:
    params = {"type": field.type, "reason": reason}
    return DeclarationError(Problem("field-unreadable", field=field.name, params=params))


def _own(
    field: SchemaField, peer: Any, read: Callable[[Any], Any]
) -> dict[str, Callable[[Any], bool]]:
    """Constraints that Frictionless does not hold, each with the question whether a value does."""
    held_there = set(peer.supported_constraints) - {"required"}
    found: dict[str, Callable[[Any], bool]] = {}
    for name, given in declared(field).items():
        if name == "required":
            found[name] = lambda value: not is_blank(value)
        elif name in OWN and name not in held_there:
            found[name] = partial(held, name, given, read)
    return found
