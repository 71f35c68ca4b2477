"""A loose CSV file that is surely clean is told so at once, without going the whole way.

``samdao validate`` reads, repairs, screens for personal data, checks and casts. Where the file is
plain CSV, the schema asks for nothing but types, constraints and a key, every cell is surely good
and such that no repair would touch it, and none looks like personal data, all of that comes to
nothing: one query over the file tells it, and only what the query needs is imported. In any doubt
the answer is ``None``, and the whole way (``flows.loose``) decides; both say the same.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from catalog.problem import SamdaoError
from catalog.registry import names
from catalog.schema import SchemaField, TableSchema, load_schema
from catalog.settings import load_settings
from flows.verdict import Verdict

#: Checks of which this module knows that they find nothing under ``_ASKED``; others might.
_CHECKS = frozenset({
    "citizen_id", "expect", "keys", "monotone", "places", "privacy", "rules", "schema", "totals",
    "within",
})  # fmt: skip
#: What a schema and its fields may ask for; anything else goes the whole way.
_ASKED = frozenset({
    "$schema", "name", "title", "title_en", "description", "description_en", "rdfType", "fields",
    "primaryKey", "missingValues",
})  # fmt: skip
_ASKED_OF_FIELDS = frozenset({
    "name", "type", "format", "title", "title_en", "description", "description_en", "alias",
    "lang", "rdfType", "linkTo", "decimalPlaces", "missingValues", "constraints", "trueValues",
    "falseValues", "decimalChar", "groupChar", "bareNumber", "categories",
})  # fmt: skip


def validate(
    file: str, schema: str, kind: str | None, options: tuple[str, ...], repairs: bool
) -> Verdict | None:
    """Say that a file passes, where that is sure at a look.

    Args:
        file: the file.
        schema: a schema's name or a JSON file.
        kind: kind of source, by the file's ending if ``None``.
        options: the reader's; with any the whole way is gone.
        repairs: whether values would be repaired.

    Returns:
        That it passes without a remark, or ``None`` where it may not.
    """
    path = Path(file).resolve()
    if kind not in (None, "csv") or path.suffix.lower() != ".csv" or options:
        return None
    try:
        return _look(path, schema, repairs)
    except (SamdaoError, OSError):
        return None  # told by the whole way, with its words


def _look(path: Path, schema: str, repairs: bool) -> Verdict | None:
    settings = load_settings()
    name = Path(schema)
    held = load_schema(name if name.suffix == ".json" else settings.schemas / f"{schema}.json")
    if not _is_simple(held) or not 0 < path.stat().st_size <= settings.max_source_bytes:
        return None
    from flows.checks._csv import check_csv, plain_csv
    from flows.checks._engine.plan import compile_plan

    found = plain_csv(path)
    fields = found and _fields(found.labels, held)
    if not found or not fields:
        return None
    plan = compile_plan(held, held.names, repaired=not repairs)
    screens = _screens(held)
    if screens is None:
        return None
    columns = tuple(
        replace(column, filled=f"({column.filled}) AND {screens[column.name]}")
        for column in plan.columns
    )
    with tempfile.TemporaryDirectory(prefix="samdao-") as folder:
        told = check_csv(found, fields, replace(plan, columns=columns), held, Path(folder), 0)
    if told is None or not told[0].clean or not told[0].rows:
        return None
    return Verdict(True, told[0].rows, (), ())


def _is_simple(schema: TableSchema) -> bool:
    """Whether a schema asks for nothing beyond cells and a key without nulls."""
    body = schema.as_json()
    fields = [set(field) for field in body["fields"]]
    if set(names("flows.checks")) != _CHECKS or not set(body) <= _ASKED:
        return False
    if not set().union(*fields) <= _ASKED_OF_FIELDS or any(f.is_geometry for f in schema.fields):
        return False
    key = [schema.by_name[name] for name in schema.primary_key]
    return len(key) < 2 or all(field.constraints.required for field in key)


def _fields(labels: tuple[str, ...], schema: TableSchema) -> Mapping[str, str] | None:
    """The field of each label, where each has one, and each field one label, letter by letter."""
    found: dict[str, str] = {}
    for label in labels:
        meant = [field.name for field in schema.fields if label in _spellings(field)]
        if len(meant) != 1:
            return None
        found[label] = meant[0]
    return found if sorted(found.values()) == sorted(schema.names) else None


def _spellings(field: SchemaField) -> Iterable[str | None]:
    return field.name, field.title, field.title_en


def _any_matches(values: Iterable[object], pattern: str) -> bool:
    """Whether one of the values that a field lists looks like what a pattern looks for."""
    import duckdb

    asked = "SELECT coalesce(bool_or(regexp_matches(v, ?)), false) FROM (SELECT unnest(?) AS v)"
    found = duckdb.execute(asked, [pattern, [str(value) for value in values]]).fetchall()
    return bool(found[0][0])


def _screens(schema: TableSchema) -> Mapping[str, str] | None:
    """For each column, that a text looks like no personal data; ``None`` where all have to be
    looked at, because the header speaks of such data.
    """  # noqa: D205
    from catalog.spec import TableSpec
    from catalog.table import sql_name
    from flows.checks._engine.sql import text
    from flows.privacy.examine import headings
    from flows.privacy.screening import screens

    spec = TableSpec.model_validate({"schema": "loose", "source": {"kind": "csv"}})
    found = {}
    for heading in headings(schema.names, schema, spec):
        x = sql_name(heading.name)
        asked = screens(heading)
        if not all(screen.pattern for screen in asked):
            return None
        listed = schema.by_name[heading.name].constraints.enum
        conditions = [
            f"CASE WHEN strlen({x}) < {screen.least} THEN TRUE "
            f"ELSE NOT regexp_matches({x}, {text(screen.pattern)}) END"
            for screen in asked
            if listed is None or _any_matches(listed, screen.pattern)
        ]
        found[heading.name] = " AND ".join(conditions) or "TRUE"
    return found
