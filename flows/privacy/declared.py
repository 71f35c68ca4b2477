"""What a declaration answers for, and what the published schema is after its treatments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from catalog.registry import variant
from catalog.schema import SchemaField, TableSchema
from catalog.spec import Protection, TableSpec
from flows.privacy import Found

_ROOM = "flows.privacy.treatments"
#: The only kind that a declaration for several columns (``farmers_*``) answers for.
_OF_PATTERNS = "small_cell"


@dataclass(frozen=True, slots=True)
class Step:
    """A treatment of a column.

    Attributes:
        column: name of the field.
        name: of the treatment.
        module: that carries it out.
        options: its options.
    """

    column: str
    name: str
    module: ModuleType
    options: Any

    def touches(self) -> tuple[str, ...]:
        """Columns whose values it may change."""
        if self.module.SCOPE == "column":
            return (self.column,)
        found: tuple[str, ...] = self.module.columns(self.column, self.options)
        return found


def steps(spec: TableSpec, names: tuple[str, ...]) -> tuple[Step, ...]:
    """The treatments that a table declares, those of single columns last.

    Treatments of whole tables go first: they count on values that others may cover.
    """
    found = []
    for column, protection in _by_column(spec, names):
        if protection.treatment:
            module = variant(_ROOM, protection.treatment)
            options: BaseModel = module.Options.model_validate(dict(protection.options))
            found.append(Step(column, protection.treatment, module, options))
    return tuple(sorted(found, key=lambda step: step.module.SCOPE != "table"))


def is_pattern(key: str) -> bool:
    """Whether a key of ``privacy`` stands for several columns."""
    return "*" in key


def _by_column(spec: TableSpec, names: tuple[str, ...]) -> Iterator[tuple[str, Protection]]:
    for key, protection in spec.privacy.items():
        for name in names:
            if name == key or (is_pattern(key) and fnmatchcase(name, key)):
                yield name, protection


def needs_salt(spec: TableSpec) -> bool:
    """Whether a table is treated by what needs the secret salt."""
    used = {protection.treatment for protection in spec.privacy.values() if protection.treatment}
    return any(variant(_ROOM, name).KEYED for name in used)


def public_columns(schema: TableSchema, spec: TableSpec) -> frozenset[str]:
    """Columns of what public duty makes public: by the declaration, or by the schema."""
    said = {name for name, found in spec.privacy.items() if found.public_officer}
    return frozenset(said | {field.name for field in schema.fields if field.public_officer})


def basis(found: Found, schema: TableSchema, spec: TableSpec) -> str | None:
    """What answers for a finding: ``public_officer``, or the lawful basis in its words.

    Public duty makes names, mailboxes and telephones public, and nothing else of an officer.
    """
    own = spec.privacy.get(found.column)
    if own and own.lawful_basis:
        return own.lawful_basis
    if found.kind == _OF_PATTERNS:
        for key, protection in spec.privacy.items():
            if is_pattern(key) and fnmatchcase(found.column, key) and protection.lawful_basis:
                return protection.lawful_basis
    duty = variant("flows.privacy.kinds", found.kind).PUBLIC_DUTY
    return "public_officer" if duty and found.column in public_columns(schema, spec) else None


def published_schema(schema: TableSchema, spec: TableSpec) -> TableSchema:
    """The schema of a table after its treatments: what is published, checked and described.

    Args:
        schema: as declared: of the table as its source has it.
        spec: with the treatments.
    """
    if not spec.privacy:
        return schema
    fields: dict[str, SchemaField | None] = dict(schema.by_name)
    for step in steps(spec, schema.names):
        for name in step.touches():
            if (field := fields.get(name)) is not None:
                fields[name] = step.module.field(field, step.options)
    changed = {name for name, field in fields.items() if field != schema.by_name[name]}
    public = {name for name, found in spec.privacy.items() if found.public_officer}
    kept = tuple(
        field.model_copy(update={"public_officer": True}) if field.name in public else field
        for field in fields.values()
        if field is not None
    )
    return schema.model_copy(update={"fields": kept, **_keys(schema, changed, kept)})


def _keys(
    schema: TableSchema, changed: set[str], kept: tuple[SchemaField, ...]
) -> Mapping[str, Any]:
    """Keys that still hold: references to other tables only of values that are as they were."""
    names = {field.name for field in kept}
    return {
        "primary_key": tuple(name for name in schema.primary_key if name in names),
        "unique_keys": tuple(key for key in schema.unique_keys if not changed & {*key}),
        "foreign_keys": tuple(key for key in schema.foreign_keys if not changed & {*key.fields}),
    }
