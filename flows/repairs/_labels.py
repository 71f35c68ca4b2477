"""Header labels and the fields that they stand for.

A label stands for a field if the declaration says so (``columns``), or if it is the field's name
or title, blanks and capitals aside. The order of columns is the source's: labels tell which is
which, so another order is no fault even where ``fieldsMatch`` is ``exact``.

How far labels and fields have to match is ``fieldsMatch`` of Table Schema v2: ``exact`` and
``equal`` ask for all fields and no others, ``subset`` lets the table have more columns,
``superset`` fewer, ``partial`` both, but one at least. A field that is ``required`` or in the
primary key has to be there in any case: without its column, no row could be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from catalog.problem import Level, Problem, Rejected
from catalog.registry import nearest
from catalog.schema import SchemaField, TableSchema
from catalog.spec import TableSpec
from flows.repairs._arrow import BLANKS, ZERO_WIDTH

#: ``fieldsMatch`` (Table Schema v2) under which a table may have more, or fewer, columns.
_MAY_HAVE_MORE = frozenset({"subset", "partial"})
_MAY_HAVE_FEWER = frozenset({"superset", "partial"})
_NONE = "—"
#: Labels among which the nearest is looked for: a quarter of a millisecond each.
_NEAR = 200


def name_columns(
    labels: Sequence[str], geometry: str | None, schema: TableSchema, spec: TableSpec
) -> tuple[tuple[str, str], ...]:
    """Labels in order, each with what its column is called on its way.

    That is the name of its field, or the label where it has none; a label that stands for several
    fields (a name, and the code made from it) comes once for each.

    Args:
        labels: of the source, in order.
        geometry: label of the geometry column.
        schema: whose fields they stand for.
        spec: what the declaration says about them.

    Raises:
        Rejected: two labels stand for one field.
    """
    label_of, problems = _labels_of_fields(labels, schema, spec)
    if geometry is not None and geometry not in label_of.values() and schema.geometry:
        label_of.setdefault(schema.geometry.name, geometry)
    if problems:
        raise Rejected(*problems)
    named = []
    for label in labels:
        names = [name for name in schema.names if label_of.get(name) == label]
        named += [(label, name) for name in names or [label]]
    return tuple(named)


def _labels_of_fields(
    labels: Sequence[str], schema: TableSchema, spec: TableSpec
) -> tuple[dict[str, str], list[Problem]]:
    """The label of each field that has one: declared, or else its name or title.

    A title that two fields share stands for the first.
    """
    present = {_plain(label): label for label in labels}
    found: dict[str, str] = {}
    for name, label in spec.columns.items():
        if _plain(label) in present:
            found[name] = present[_plain(label)]
    taken: dict[str, str] = {}
    problems = []
    for spelling in ("name", "title", "title_en"):
        for field in schema.fields:
            label = present.get(_plain(getattr(field, spelling) or ""), "")
            if not label or (field.name in spec.columns and field.name in found):
                continue
            if taken.setdefault(label, field.name) != field.name:
                continue
            if found.setdefault(field.name, label) != label:
                params = {"other": found[field.name]}
                problems.append(
                    Problem("column-twice", field=field.name, value=label, params=params)
                )
    return found, problems


def choose_columns(
    names: Sequence[str], schema: TableSchema, spec: TableSpec
) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """The columns that go on, and notes about those that do not.

    Args:
        names: of the columns after the repairs of rows.
        schema: the fields, and how far they have to match (``fieldsMatch``).
        spec: ``ignore``.

    Raises:
        Rejected: columns that nobody knows, or fields that no column stands for.
    """
    ignored = {_plain(label) for label in spec.ignore}
    kept = tuple(name for name in names if name in schema.by_name)
    unknown = [n for n in names if n not in schema.by_name and _plain(n) not in ignored]
    missing = [field for field in schema.fields if field.name not in kept]
    if schema.fields_match in _MAY_HAVE_FEWER and kept:
        missing = [field for field in missing if _is_needed(field, schema)]
    problems: list[Problem] = [*_missing(missing, unknown)]
    if schema.fields_match not in _MAY_HAVE_MORE:
        problems += _unknown(unknown, missing or schema.fields)
        unknown = []
    if problems:
        raise Rejected(*problems)
    params = {"columns": ", ".join(unknown)}
    return kept, (Problem("columns-left-out", params=params, level=Level.NOTE),) * bool(unknown)


def _is_needed(field: SchemaField, schema: TableSchema) -> bool:
    """Whether no row can be right without the field's column."""
    return field.constraints.required or field.name in schema.primary_key


def _missing(missing: Sequence[SchemaField], unknown: Sequence[str]) -> Iterator[Problem]:
    among = list(unknown[:_NEAR])
    for field in missing:
        near = nearest(field.title or field.name, among) or nearest(field.name, among)
        params = {"title": field.words("th"), "nearest": near or _NONE}
        yield Problem("missing-label", field=field.name, params=params)


def _unknown(unknown: Sequence[str], fields: Sequence[SchemaField]) -> Iterator[Problem]:
    known = [words for field in fields for words in (field.name, field.title) if words]
    for number, label in enumerate(unknown):
        near = nearest(label, known) if number < _NEAR else None
        params = {"nearest": near or _NONE}
        yield Problem("unknown-column", field=label, params=params)


def _plain(label: str) -> str:
    """A label as it is compared."""
    text = re.sub(f"[{ZERO_WIDTH}]", "", label).replace("\u0e4d\u0e32", "\u0e33")
    return re.sub(f"[{BLANKS}\r\n]+", " ", text).strip().casefold()
