"""A Table Schema compiled: for each column, what is no value, what surely is good, what is its key.

Everything here is text of SQL; nothing is run. A column whose type or constraints SQL cannot hold
has ``good`` false: each of its distinct texts is judged (``judge.py``), which is slower, not less
exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog.problem import DeclarationError, Problem
from catalog.schema import SchemaField, TableSchema
from catalog.table import sql_name
from flows.checks._engine import sql
from flows.checks._engine.constraints import declared, held, only_undisturbed, said, unfit
from flows.checks._engine.formats import known
from flows.checks._engine.types import Reading, reading

#: Types whose good texts may have blanks in them.
_FREE = frozenset({"string", "any", "list", "boolean"})
#: Signs in a text for «no value» that some repair may take for a value.
_REPAIRABLE = re.compile(r"[^A-Za-z./*\u0e01-\u0e2f-]")


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column and what SQL knows of its texts; each part is an expression over ``x``.

    Attributes:
        field: what the column should be.
        index: place among the columns, from 0.
        x: the column's name in SQL.
        binary: whether it holds geometry as WKB, which is cast and not checked here.
        missing: whether a cell has no value.
        filled: whether a text is surely a value without error.
        read: whether a text is surely of its type, so that ``key`` holds.
        key: text that is the same for two read texts only where they mean the same value;
            ``None`` where only the judge can tell.
    """

    field: SchemaField
    index: int
    x: str
    binary: bool
    missing: str
    filled: str
    read: str
    key: str | None

    @property
    def name(self) -> str:
        """Of the field."""
        return self.field.name

    @property
    def good(self) -> str:
        """Whether a cell is surely without error; never null."""
        missing = "FALSE" if self.required else self.missing
        return f"CASE WHEN {self.filled} THEN TRUE ELSE {missing} END"

    @property
    def by_text(self) -> bool:
        """Whether every text is a value, and different texts are different values."""
        return self.key == self.x and self.read == "TRUE"

    @property
    def required(self) -> bool:
        """Whether each row has to have a value."""
        return self.field.constraints.required


@dataclass(frozen=True, slots=True)
class Plan:
    """A table's columns, and the keys that its rows are told apart by.

    Attributes:
        columns: those that are checked, in the schema's order.
        unique: columns whose values stand once.
        key: columns of the primary key; empty where there is none.
    """

    columns: tuple[Column, ...]
    unique: tuple[Column, ...]
    key: tuple[Column, ...]

    @property
    def blank(self) -> str:
        """Whether a row has no value at all."""
        return sql.every(column.missing for column in self.columns)

    @property
    def may_be_blank(self) -> bool:
        """Whether blank rows may hide: where a field is required, its own count tells of them."""
        return not any(column.required for column in self.columns)


def compile_plan(
    schema: TableSchema, columns: Sequence[str], binary: frozenset[str] = frozenset(), *,
    repaired: bool = True,
) -> Plan:  # fmt: skip
    """Compile a schema for the columns that a table has.

    Args:
        schema: what the columns mean.
        columns: of the table; fields that it has not are left out.
        binary: columns that hold WKB.
        repaired: whether repairs were done; if not, only texts that they would leave alone are
            good.

    Raises:
        DeclarationError: a format, constraint or pattern of the schema that nothing can be held
            against.
    """
    fields = [field for field in schema.fields if field.name in columns]
    problems = [problem for field in fields for problem in _unusable(field)]
    if problems:
        raise DeclarationError(*problems)
    made = tuple(
        _column(index, field, schema, field.name in binary, repaired)
        for index, field in enumerate(fields)
    )
    by_name = {column.name: column for column in made}
    whole = all(name in by_name and name not in binary for name in schema.primary_key)
    return Plan(
        made,
        tuple(column for column in made if column.field.constraints.unique and not column.binary),
        tuple(by_name[name] for name in schema.primary_key) if whole else (),
    )


def _column(
    index: int, field: SchemaField, schema: TableSchema, binary: bool, repaired: bool
) -> Column:
    x = sql_name(field.name)
    if binary:
        missing = f"{x} IS NULL"
        filled = f"{x} IS NOT NULL" if field.constraints.required else "TRUE"
        return Column(field, index, x, True, missing, filled, "TRUE", None)
    none = schema.missing(field)
    if not repaired:
        none = tuple(value for value in none if not _REPAIRABLE.search(value))
    missing = f"({x} IS NULL OR {sql.among(x, none)})"
    found = reading(x, field, repaired=repaired)
    if found is None:
        return Column(field, index, x, False, missing, "FALSE", "FALSE", None)
    filled = _filled(x, field, found, none, repaired)
    return Column(field, index, x, False, missing, filled, found.good, found.key)


def _filled(
    x: str, field: SchemaField, found: Reading, none: tuple[str, ...], repaired: bool
) -> str:
    """Whether a text is surely a value without error."""
    conditions = held(x, field, found)
    if conditions is None:
        return "FALSE"
    plain = only_undisturbed(field)
    if field.constraints.required:
        conditions += [said(x, field)] if not plain or "" not in none else []
        conditions.append(f"NOT {sql.among(x, none)}")
    if not repaired and not plain and field.type in _FREE:
        conditions.append(sql.undisturbed(x))
    return sql.every([found.good, *conditions])


def _unusable(field: SchemaField) -> Iterator[Problem]:
    """What of a field nothing can be held against."""
    if not known(field.type, field.format):
        params: dict[str, str] = {"type": field.type}
        yield Problem("format-unknown", field=field.name, value=field.format, params=params)
    for name in unfit(field):
        params = {"constraint": name, "type": field.type}
        yield Problem("constraint-unfit", field=field.name, params=params)
    pattern = declared(field).get("pattern")
    if pattern is not None:
        try:
            re.compile(f"^{pattern}$")
        except re.error as error:
            params = {"reason": str(error)}
            yield Problem("pattern-unreadable", field=field.name, value=pattern, params=params)
