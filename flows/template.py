"""The workbook that an office fills in: ``samdao template ID`` makes it from the Table Schema.

What the schema asks for is asked in the sheet itself, where the mistake would be made: Thai headers
that nobody can change, drop-downs for closed lists and places, date cells, bounds, notes that say
what a column means. A filled template passes the check that it was made from.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from catalog.names import DatasetId
from catalog.places import places
from catalog.problem import DeclarationError, Problem
from catalog.registry import nearest
from catalog.schema import SchemaField, TableSchema
from catalog.spec import TableSpec
from catalog.speech import phrases
from catalog.table import Table
from flows import way
from flows.world import World

#: Rows under the header that may be filled in.
ROWS = 5_000
#: Choices that a drop-down offers at most; more are listed but only checked afterwards.
_MOST_CHOICES = 10_000
#: Dates as Excel shows them in Thai, in the Buddhist era (locale 041E, calendar 07).
_THAI_DATE = "[$-D07041E]d mmm yyyy;@"
_FORMATS = {"date": _THAI_DATE, "time": "hh:mm", "datetime": f"{_THAI_DATE[:-2]} hh:mm",
            "integer": "#,##0", "number": "#,##0.##########", "year": "0"}  # fmt: skip
_DIGITS = {"province": 2, "district": 4, "subdistrict": 6}
_WIDTH = (12, 42)
#: What a sheet's name may not have in it, for Excel.
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True, slots=True)
class Choices:
    """The closed list of a column.

    Attributes:
        values: what a cell may hold.
        words: what each means, where that is not the value itself.
    """

    values: tuple[str, ...]
    words: tuple[str, ...] = ()


def choices(
    schema: TableSchema, spec: TableSpec, references: Mapping[str, Table]
) -> Mapping[str, Choices]:
    """The closed lists that a table's columns have, by field.

    They come from ``enum`` and ``categories``, from the repair ``place`` (names of places), and
    from tables that foreign keys of one column refer to.

    Args:
        schema: of the table.
        spec: its declaration.
        references: tables that foreign keys name.
    """
    found: dict[str, Choices] = {}
    for key in schema.foreign_keys:
        there = references.get(key.reference.resource)
        if len(key.fields) == 1 and there is not None:
            found[key.fields[0]] = _referred(there, key.reference.fields[0])
    for field in schema.fields:
        own = _places(field, spec) or _listed(field)
        if own:
            found[field.name] = own
    return found


def _listed(field: SchemaField) -> Choices | None:
    categories = (field.model_extra or {}).get("categories") or ()
    if categories:
        labelled = [c if isinstance(c, Mapping) else {"value": c} for c in categories]
        values = tuple(str(c["value"]) for c in labelled)
        return Choices(values, tuple(str(c.get("label", "")) for c in labelled))
    if field.constraints.enum:
        return Choices(tuple(str(value) for value in field.constraints.enum))
    return None


def _places(field: SchemaField, spec: TableSpec) -> Choices | None:
    """Names of places, where a repair makes codes of them; ambiguous ones stand once."""
    for step in spec.repairs.get(field.name, ()):
        if step.name != "place":
            continue
        inside = str(step.options.get("inside", ""))
        known = places(_DIGITS[str(step.options.get("level", "province"))])
        names = (words.th for code, words in known.items() if code.startswith(inside))
        return Choices(tuple(dict.fromkeys(names)))
    return None


def _referred(table: Table, key: str) -> Choices:
    """Keys of another table, each with the first text of its row."""
    texts = [f.name for f in table.schema.fields if f.type == "string" and f.name != key]
    batches = list(table.batches([key, *texts[:1]]))
    values = [v for b in batches for v in pc.cast(b.column(0), "string").to_pylist()]
    words = [w or "" for b in batches for w in b.column(1).to_pylist()] if texts else []
    return Choices(tuple(values), tuple(words))


def make(id: DatasetId, table: str | None, world: World, target: Path) -> Path:
    """Make the template of a table.

    Args:
        id: the dataset.
        table: which of its tables; the first if ``None``.
        world: where it is declared, and tables that it refers to are published.
        target: the XLSX, or a folder.

    Raises:
        DeclarationError: there is no such dataset or table.
    """
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch:
        work = way.declare(id, world, Path(scratch))
        name = table or next(iter(work.dataset.tables))
        if name not in work.dataset.tables:
            known = tuple(work.dataset.tables)
            params = {"nearest": nearest(name, known) or "—", "known": ", ".join(known)}
            problem = Problem("name-unknown", place="--table", value=name, params=params)
            raise DeclarationError(problem)
        spec, schema = work.dataset.tables[name], work.schemas[name]
        lists = choices(schema, spec, work.references)
    path = target / f"{name}.xlsx" if target.is_dir() else target
    part = path.with_name(f".{path.name}.part")
    write(part, (spec.title or work.dataset.title).th, schema, lists, spec.columns)
    part.replace(path)
    return path


def write(
    target: Path, title: str, schema: TableSchema, lists: Mapping[str, Choices], labels:
    Mapping[str, str],
) -> None:  # fmt: skip
    """Write the template.

    Args:
        target: the XLSX.
        title: of the table; names the sheet.
        schema: what is asked for.
        lists: closed lists by field, as ``choices`` gives them.
        labels: field name to header label, where the declaration says another than the title.
    """
    words = {key: said["th"] for key, said in phrases("flows", "template").items()}
    with xlsxwriter.Workbook(str(target)) as book:
        sheet = book.add_worksheet(_NOT_IN_NAMES.sub("-", title)[:31] or "data")
        fields = [field for field in schema.fields if not field.is_geometry]
        _explain(book, fields, words)
        ranges = _write_lists(book, {f.name: lists[f.name] for f in fields if f.name in lists})
        head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#DCE6F1",
             "border": 1}
        )  # fmt: skip
        for at, field in enumerate(fields):
            label = labels.get(field.name) or field.title or field.name
            sheet.write_string(0, at, label, head)
            sheet.write_comment(0, at, _note(field, lists.get(field.name), words))
            _column(book, sheet, at, field, label)
            _hold(sheet, at, field, ranges.get(field.name), words)
        sheet.set_row(0, 42)
        sheet.freeze_panes(1, 0)
        sheet.protect("", {"format_columns": True, "sort": True, "autofilter": True,
                           "insert_rows": True, "delete_rows": True})  # fmt: skip


def _column(book: xlsxwriter.Workbook, sheet: Worksheet, at: int, field: SchemaField,
            label: str) -> None:  # fmt: skip
    """The cells of a column: open to be filled in, and shown as its type is."""
    shape = {"locked": False, "num_format": _FORMATS.get(field.type, "@")}
    width = min(max(len(label) + 4, _WIDTH[0]), _WIDTH[1])
    open_cells: Format = book.add_format(shape)
    sheet.set_column(at, at, width, open_cells)


def _hold(
    sheet: Worksheet, at: int, field: SchemaField, listed: str | None, words: Mapping[str, str]
) -> None:
    """Excel's own check of what is typed into a column."""
    rule = {"validate": "list", "source": listed} if listed else _rule(field)
    if rule is None:
        return
    told = {"error_title": words["wrong"][:32], "error_message": _told(field, words)[:255],
            "ignore_blank": not field.constraints.required}  # fmt: skip
    sheet.data_validation(1, at, ROWS, at, rule | told)


def _rule(field: SchemaField) -> dict[str, Any] | None:
    bounds = field.constraints
    if field.type in ("integer", "number", "year"):
        least, most = _number(bounds.minimum), _number(bounds.maximum)
        if field.type == "year":  # years are typed in either era; the repair tells them apart
            least, most = 1000, 3000
        kind = "decimal" if field.type == "number" else "integer"
        return {"validate": kind, **_between(least, most, (-(10**15), 10**15))}
    if field.type == "date":
        return {"validate": "date", **_between(date(1900, 3, 1), date(9999, 12, 31), ())}
    if field.type == "string" and (bounds.min_length or bounds.max_length):
        return {"validate": "length", **_between(bounds.min_length, bounds.max_length,
                                                 (0, 32_767))}  # fmt: skip
    return None


def _between(least: Any, most: Any, ends: Sequence[Any]) -> dict[str, Any]:
    return {
        "criteria": "between",
        "minimum": ends[0] if least is None else least,
        "maximum": ends[1] if most is None else most,
    }


def _number(bound: Any) -> float | int | None:
    if bound is None:
        return None
    try:
        exact = Decimal(str(bound))
    except InvalidOperation:
        return None
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _told(field: SchemaField, words: Mapping[str, str]) -> str:
    return f"{field.words('th')}: {words[f'type.{field.type}']}"


def _note(field: SchemaField, listed: Choices | None, words: Mapping[str, str]) -> str:
    """What stands at a column's header: what it means and how it is filled in."""
    return "\n".join(_said(field, listed, words))


def _said(field: SchemaField, listed: Choices | None, words: Mapping[str, str]) -> Iterator[str]:
    if field.description:
        yield field.description
    yield words["listed"] if listed else words[f"type.{field.type}"]
    if field.unit:
        yield words["unit"].format(unit=field.unit)
    bounds = field.constraints
    if bounds.required:
        yield words["required"]
    if bounds.unique:
        yield words["unique"]
    if bounds.minimum is not None or bounds.maximum is not None:
        least, most = (b if b is not None else "…" for b in (bounds.minimum, bounds.maximum))
        yield words["between"].format(least=least, most=most)
    example = (field.model_extra or {}).get("example")
    if example is not None:
        yield words["example"].format(example=example)


def _write_lists(book: xlsxwriter.Workbook, lists: Mapping[str, Choices]) -> Mapping[str, str]:
    """A sheet of the closed lists; gives the range of each for its drop-down."""
    if not lists:
        return {}
    words = phrases("flows", "template")
    name = words["lists"]["th"]
    sheet = book.add_worksheet(name)
    ranges = {}
    for at, (field, listed) in enumerate(lists.items()):
        sheet.write_string(0, 2 * at, field)
        sheet.write_column(1, 2 * at, listed.values)
        sheet.write_column(1, 2 * at + 1, listed.words)
        if 0 < len(listed.values) <= _MOST_CHOICES:
            column = xlsxwriter.utility.xl_col_to_name(2 * at)
            ranges[field] = f"='{name}'!${column}$2:${column}${len(listed.values) + 1}"
    sheet.protect()
    return ranges


def _explain(
    book: xlsxwriter.Workbook, fields: Sequence[SchemaField], words: Mapping[str, str]
) -> None:
    """A sheet that says what each column means."""
    sheet = book.add_worksheet(words["explained"])
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    sheet.write_row(0, 0, [words["column"], words["meaning"], words["how"], words["name"]], bold)
    for at, field in enumerate(fields, 1):
        how = "; ".join(line for line in _said(field, None, words) if line != field.description)
        sheet.write_row(at, 0, [field.words("th"), field.description or "", how, field.name], wrap)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 2, 60)
    sheet.set_column(3, 3, 24)
    sheet.protect()
