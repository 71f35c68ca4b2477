"""Workbooks (XLSX, XLSM, XLS, ODS): the tables of every sheet, hidden ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.problem import Problem, Rejected
from flows.doctor import Finding, Layout, Remedy, bounded_tables
from flows.doctor.layouts import _around, _rows
from flows.doctor.layouts._grid import Grid, Measure, Row, indices
from flows.doctor.layouts._hidden import Hidden, hidden
from flows.doctor.layouts._say import note, option, warning
from flows.doctor.layouts._table import Table
from flows.doctor.layouts._tables import find_tables
from flows.sources import RawTable, ods, xls, xlsx
from flows.sources._sheet import Sheet, patched, read_sheet
from flows.sources._sheet_options import MOST_COLUMNS, SheetOptions, column_letters
from flows.sources._workbook import Book, open_book
from flows.sources._zip import MAX_UNPACKED

#: Findings of the reader that are told here in other words.
_TOLD = frozenset({"sheet-merged", "sheet-chosen"})


def find(path: Path, kind: str) -> tuple[Layout, ...]:
    """The tables of a workbook.

    Args:
        path: the file.
        kind: ``xlsx``, ``xls`` or ``ods``.

    Raises:
        Rejected: another kind of file, damaged, with a password, or no table in any sheet.
    """
    with (
        _looked_into(path, kind) as (container, extras),
        open_book(path, kind.upper(), extras) as book,
    ):
        bounded_tables(len(book.sheets))
        found: list[Layout] = []
        refused: list[Problem] = []
        for name, visible in book.sheets:
            try:
                found += _tables(book, name, kind, hidden(kind, container, name), visible)
            except Rejected as error:
                refused += [problem.at(place=name) for problem in error.problems]
        if not found:
            raise Rejected(*(refused or [Problem("source-empty")]))
        return tuple(_told(found, refused))


def _looked_into(path: Path, kind: str) -> AbstractContextManager[tuple[Any, Callable[[str], Any]]]:
    if kind == "xls":
        return xls.looked_into(path)
    if kind == "xlsx":
        return xlsx.looked_into(path, MAX_UNPACKED)
    return ods.looked_into(path, MAX_UNPACKED)


def _told(found: Sequence[Layout], refused: Sequence[Problem]) -> Iterator[Layout]:
    """The layouts; the first one tells of sheets without a table, and how many tables there are."""
    more: list[Finding] = []
    if refused:
        sheets = [str(problem.place) for problem in refused]
        examples = [(None, sheet) for sheet in sheets]
        more.append(note("doctor-sheets-empty", examples=examples, sheets=", ".join(sheets)))
    if len(found) > 1:
        more.append(note("doctor-tables", tables=len(found)))
    for at, layout in enumerate(found):
        yield layout if at else replace(layout, findings=(*more, *layout.findings))


def _tables(book: Book, name: str, kind: str, unseen: Hidden, visible: bool) -> list[Layout]:
    """The tables of one sheet."""
    sheet = book.sheet(name)
    rows = list(sheet.rows)
    grid, solid = _grid(sheet, rows)
    tables = find_tables(grid)
    if not tables:
        raise Rejected(Problem("sheet-empty", params={"sheet": name}))
    named = {"sheet": name} if len(book.sheets) > 1 or not visible else {}
    about = _about_sheet(name, unseen, visible)
    layouts = []
    for table in tables:
        options = named | _options(table, tables, grid, solid)
        again = replace(sheet, rows=iter(rows))
        raw = read_sheet(again, SheetOptions(path=name, **options))
        layout = _layout(kind, options, table, grid, raw, sheet)
        layouts.append(replace(layout, findings=(*about, *layout.findings), raw=raw))
        about = ()
    return layouts


def _grid(sheet: Sheet, rows: Sequence[list[Any]]) -> tuple[Grid, npt.NDArray[np.bool_]]:
    """A sheet's grid, and which cells its reader gives (blanks alone are text to it)."""
    width = sheet.left + sheet.width
    again = replace(sheet, rows=iter(rows))
    full = [cells for _, cells in patched(again, width, range(MOST_COLUMNS))]
    shape = (len(full), width)
    solid = np.array([cell != "" for row in full for cell in row], bool).reshape(shape)
    blanks = {cell for cell in set(chain.from_iterable(full)) if _is_blanks(cell)}
    seen = solid
    if blanks:
        inside = np.array([cell not in blanks for row in full for cell in row], bool)
        seen = solid & inside.reshape(shape)
    measure = Measure()
    measure.add(seen)
    numbers = np.arange(1, len(full) + 1, dtype=np.int64)

    def fetch(ranges: Sequence[range]) -> Mapping[int, Row]:
        return {at: Row.of(full[at]) for at in indices(ranges)}

    grid = Grid(numbers, numbers, measure.filled, measure.bands, width, fetch, sheet.merges, seen)
    return grid, solid


def _is_blanks(cell: Any) -> bool:
    return isinstance(cell, str) and cell.isspace()


def _options(
    table: Table, tables: Sequence[Table], grid: Grid, solid: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    """How a declaration tells where a table stands; no more than has to be said."""
    options: dict[str, Any] = {}
    rows = [int(grid.numbers[at]) for at in table.header.rows]
    top = table.header.rows[0] if rows else table.header.data
    if solid[top : table.stop, : table.left].any():
        options["first_column"] = column_letters(table.left + 1)
    if solid[top : table.stop, table.right :].any():
        options["last_column"] = column_letters(table.right)
    window = slice(
        table.left if "first_column" in options else 0,
        table.right if "last_column" in options else None,
    )
    filled = np.asarray(solid[:, window].any(axis=1))
    seen = solid if grid.matrix is None else grid.matrix
    first = int(np.argmax(seen[:, window].any(axis=1)))
    if not rows:
        options |= {"header_rows": 0, "names": _around.names(table)}
        options |= {"first_row": int(grid.numbers[top])} if top != first else {}
    elif top != first or len(rows) != rows[-1] - rows[0] + 1:
        options["header_rows"] = rows
    elif len(rows) > 1:
        options["header_rows"] = len(rows)
    return options | _more(table, tables, grid, filled)


def _more(
    table: Table, tables: Sequence[Table], grid: Grid, filled: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    """What has to be said beside the header: where the data begins and where it ends.

    Args:
        table: the table.
        tables: all of the sheet.
        grid: the sheet.
        filled: rows that the reader takes for filled, in the table's columns.
    """
    options: dict[str, Any] = {}
    rows = table.header.rows
    if table.header.spread:
        options["spread"] = True
    if rows and table.header.data != rows[-1] + 1:
        options["data_row"] = int(grid.numbers[table.header.data])
    below = int(filled[table.stop :].sum())
    if below and any(other.header.data > table.stop for other in tables if other is not table):
        options["last_row"] = int(grid.numbers[table.stop - 1])
    elif below:
        options["skip_footer"] = below
    return options


def _layout(
    kind: str, options: dict[str, Any], table: Table, grid: Grid, raw: RawTable, sheet: Sheet
) -> Layout:
    place = sheet.name
    reading = _rows.read(raw)
    first = int(grid.numbers[table.header.data])
    last = int(grid.numbers[table.stop - 1])
    findings = [
        *_around.around_findings(table, grid, place),
        *_around.header_findings(table, grid, place, *_either(table, grid)),
        *_around.told_by_reader(raw, place, _TOLD),
        *_rows.findings(reading, raw, place, _merged(raw, table, sheet, (first, last))),
    ]
    return Layout(
        kind, options, tuple(findings), _around.title(table), _around.lines(table, grid),
        reading.rows,
    )  # fmt: skip


def _either(table: Table, grid: Grid) -> tuple[Remedy, tuple[Remedy, ...]]:
    """The options for a first row that is the header, and for one that is data."""
    top = table.header.rows[0] if table.header.rows else table.header.data
    header = option("header_rows", [int(grid.numbers[top])])
    nameless = (
        option("header_rows", 0),
        option("first_row", int(grid.numbers[top])),
        option("names", _around.numbered_names(table)),
    )
    return header, nameless


def _merged(raw: RawTable, table: Table, sheet: Sheet, span: tuple[int, int]) -> dict[str, int]:
    """Cells of each column that one merged down over them covers, by label."""
    covered: dict[int, int] = {}
    for (top, left), (bottom, right) in sheet.merges:
        if bottom > top and span[0] <= top + 1 and bottom + 1 <= span[1]:
            for at in range(left, right + 1):
                covered[at] = covered.get(at, 0) + bottom - top
    used = [at for at in table.columns if table.counts[at]]
    if len(used) != len(raw.columns):
        return {}
    return {raw.columns[used.index(at)]: count for at, count in covered.items() if at in used}


def _about_sheet(name: str, unseen: Hidden, visible: bool) -> tuple[Finding, ...]:
    """What of a sheet an officer does not see."""
    found = []
    if not visible:
        found.append(warning("doctor-sheet-hidden", place=name, sheet=name))
    if unseen.rows:
        first, count = unseen.rows[0], len(unseen.rows)
        found.append(warning("doctor-rows-hidden", place=name, row=first, count=count))
    if unseen.columns:
        letters = ", ".join(map(column_letters, unseen.columns[:20]))
        found.append(
            warning("doctor-columns-hidden", place=name, count=len(unseen.columns), columns=letters)
        )
    return tuple(found)
