"""A table on its way to a declaration: its fields, its repairs, and how both are written."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalog.schema import TableSchema
from catalog.spec import TableSpec
from flows.doctor.examine import TableExam
from flows.repairs._labels import _plain as plain_label

#: A repair and its options.
Step = tuple[str, Mapping[str, Any]]
#: Columns of counts from which on one ground is told for all of them.
_MANY = 4
#: Properties of a field in the order that schemas of the house have them.
_ORDER = ("name", "type", "format", "title", "title_en", "description", "description_en", "alias",
          "unit", "lang")  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldDraft:
    """A column as it will be declared.

    Attributes:
        label: of the source.
        body: the field of the schema, with its name.
        repairs: of its values, in order; ``None`` where its type asks for all that is needed.
        made: by a repair of rows: the source has no column for it.
    """

    label: str
    body: Mapping[str, Any]
    repairs: tuple[Step, ...] | None = None
    made: bool = False

    @property
    def name(self) -> str:
        """Of the field."""
        return str(self.body["name"])

    @property
    def type(self) -> str:
        """Of the field."""
        return str(self.body["type"])

    def with_body(self, **changed: Any) -> FieldDraft:
        """The same with properties changed; ``None`` takes one away."""
        body = {key: value for key, value in {**self.body, **changed}.items() if value is not None}
        known = {key: body[key] for key in _ORDER if key in body}
        return replace(self, body=known | {k: v for k, v in body.items() if k not in known})

    def with_constraints(self, constraints: Mapping[str, Any]) -> FieldDraft:
        """The same with other constraints."""
        return self.with_body(constraints=dict(constraints) or None)


@dataclass(frozen=True, slots=True)
class TableDraft:
    """A table as it will be declared.

    Attributes:
        name: of the table.
        schema: name of its schema.
        exam: what it was made from.
        fields: in the order of the source; those made by copying last.
        rows: repairs of rows, and of every column, in order.
        key: names of the primary key's fields.
        foreign: foreign keys as the schema writes them.
        rules: what holds in every row, as the schema writes it.
        title: words above the table.
        kept: fields that are never relaxed: a person will mend their values in the source.
        privacy: what answers for personal data, by field name, as the declaration writes it.
    """

    name: str
    schema: str
    exam: TableExam
    fields: tuple[FieldDraft, ...]
    rows: tuple[Step, ...] = ()
    key: tuple[str, ...] = ()
    foreign: tuple[Mapping[str, Any], ...] = ()
    rules: tuple[Mapping[str, Any], ...] = ()
    title: str | None = None
    kept: frozenset[str] = frozenset()
    privacy: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def field(self, name: str) -> FieldDraft | None:
        """A field by name or label."""
        return next((f for f in self.fields if name in (f.name, f.label)), None)

    def with_field(self, changed: FieldDraft) -> TableDraft:
        """The same with one field changed."""
        fields = tuple(changed if f.name == changed.name else f for f in self.fields)
        return replace(self, fields=fields)

    def schema_body(self) -> dict[str, Any]:
        """The Table Schema as JSON has it."""
        body: dict[str, Any] = {"name": self.schema}
        if self.title:
            body["title"] = self.title
        if self.key:
            body["primaryKey"] = list(self.key)
        if self.foreign:
            body["foreignKeys"] = [dict(key) for key in self.foreign]
        if self.rules:
            body["rules"] = [dict(rule) for rule in self.rules]
        return body | {"fields": [dict(field.body) for field in self.fields]}

    def spec_body(self, source: Mapping[str, Any]) -> dict[str, Any]:
        """The table of ``dataset.yaml``.

        Args:
            source: kind and options of its reader.
        """
        body: dict[str, Any] = {"schema": self.schema, "source": dict(source)}
        if columns := self._columns():
            body["columns"] = columns
        if repairs := self._repairs():
            body["repairs"] = repairs
        if self.privacy:
            body["privacy"] = self._protections()
        return body

    def _protections(self) -> dict[str, Any]:
        """What answers for personal data; one ground of many columns of counts is told once."""
        grounds = {str(v): v for v in self.privacy.values() if "lawful_basis" in v}
        counts = [f for f in self.fields if f.type == "integer"]
        same = [f.name for f in counts if self.privacy.get(f.name) in grounds.values()]
        if len(grounds) != 1 or len(same) < _MANY:
            return dict(self.privacy)
        others = {name: said for name, said in self.privacy.items() if name not in same}
        return others | {"*": next(iter(grounds.values()))}

    def checked(self, source: Mapping[str, Any]) -> tuple[TableSpec, TableSchema]:
        """Spec and schema as the loader will read them."""
        spec = TableSpec.model_validate(self.spec_body(source))
        return spec, TableSchema.model_validate(self.schema_body())

    def _columns(self) -> dict[str, str]:
        """Labels that a field's name and titles do not tell, or that several share."""
        told: dict[str, str] = {}
        said = [_spellings(field) for field in self.fields if not field.made]
        for field in self.fields:
            if field.made:
                continue
            label = plain_label(field.label)
            shared = sum(label in spellings for spellings in said) > 1
            if label not in _spellings(field) or shared:
                told[field.name] = field.label
        return told

    def _repairs(self) -> dict[str, list[Any]]:
        shared = self._shared()
        found = {"*": [_written(step) for step in (*self.rows, *((name, {}) for name in shared))]}
        for field in self.fields:
            if field.repairs is None:
                continue
            own = [step for step in field.repairs if step[0] not in shared or step[1]]
            if own or not field.repairs:
                found[field.name] = [_written(step) for step in own]
        return {name: steps for name, steps in found.items() if steps or name != "*"}

    def _shared(self) -> tuple[str, ...]:
        """Repairs that begin the lists of three columns or more: told once, for every column."""
        heads = [f.repairs[0] for f in self.fields if f.repairs]
        names = [name for name, options in heads if not options]
        return tuple(n for n in dict.fromkeys(names) if n in _SHARED and names.count(n) > 2)


#: Repairs that leave a column alone that does not need them, so that they may be told for all.
_SHARED = frozenset({"trim", "thai_text"})


def _spellings(field: FieldDraft) -> set[str]:
    keys = ("name", "title", "title_en")
    return {plain_label(str(field.body[key])) for key in keys if key in field.body}


def _written(step: Step) -> Any:
    """A repair as declarations write it."""
    name, options = step
    return {name: dict(options)} if options else name
