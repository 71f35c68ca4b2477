"""Sheets of workbooks: what XLSX, XLS and ODS have in common.

python-calamine gives the cells' values (``_cells`` makes text of them); a module of a kind adds
what calamine does not tell of its format: error cells, merged cells. An empty cell is null. A row
stands at its number in the sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from catalog.problem import Level, Problem, Rejected
from flows.sources import BATCH_ROWS, RawTable
from flows.sources._cells import Column, cell_text
from flows.sources._file import FileOptions
from flows.sources._table import never_empty, raw_table, stack, table_schema, unique_labels
from flows.sources._zip import MAX_UNPACKED

#: Row and column of a cell, from 0; and a block of merged cells by its first and last one.
Cell = tuple[int, int]
Merge = tuple[Cell, Cell]


class SheetOptions(FileOptions):
    """Where a table stands in a workbook. Rows are numbered as the sheet shows them, from 1.

    Attributes:
        sheet: name, or number from 1; the first visible one if not given.
        header_rows: how many header rows, or their numbers; 0 where there is none.
        names: labels of the columns from A on, where there is no header.
        first_row: where the table begins, with its header; the first row that is not empty if
            not given.
        last_row: where it ends; the last row that is not empty if not given.
        max_unpacked: bound on the size of an unpacked XLSX or ODS, bytes.
    """

    sheet: str | int | None = None
    header_rows: int | tuple[int, ...] = 1
    names: tuple[str, ...] = ()
    first_row: int | None = Field(default=None, ge=1)
    last_row: int | None = Field(default=None, ge=1)
    max_unpacked: int = Field(default=MAX_UNPACKED, ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> SheetOptions:
        rows = self.header_rows
        if isinstance(rows, tuple):
            if not rows or min(rows) < 1 or list(rows) != sorted(set(rows)):
                raise ValueError("header_rows are row numbers from 1, in order")
            if self.first_row is not None:
                raise ValueError("first_row is told by the numbers in header_rows")
        elif not 0 <= rows <= 10:
            raise ValueError("header_rows is a number from 0 to 10, or a list of row numbers")
        if bool(self.names) != (rows == 0):
            raise ValueError("names go with header_rows: 0, and header_rows: 0 needs names")
        if self.last_row is not None and self.last_row < (self.first_row or 1):
            raise ValueError("last_row is before first_row")
        return self


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's cells and what calamine does not tell of them.

    Attributes:
        name: of the sheet.
        rows: values row by row from row 1, cells from ``left`` on.
        left: column of the first cell, from 0.
        width: cells in a row.
        merges: blocks of merged cells.
        errors: texts of cells that calamine leaves out or gives wrongly.
        findings: what an officer should know.
    """

    name: str
    rows: Iterator[list[Any]]
    left: int
    width: int
    merges: Sequence[Merge] = ()
    errors: Mapping[Cell, str] = field(default_factory=dict)
    findings: tuple[Problem, ...] = ()


def read_sheet(sheet: Sheet, options: SheetOptions) -> RawTable:
    """A table of a sheet, as text.

    A sheet has 1,048,576 rows at the most and calamine holds all of it anyway, so it is turned
    into Arrow text at once, a tenth of its size, and given out from there.

    Raises:
        Rejected: nothing in the range that is declared.
    """
    width = max(sheet.left + sheet.width, len(options.names))
    header, rows, last = _header(sheet, _patched(sheet, width), options)
    body = _body(rows, width, last, options)
    columns = [at for at in range(len(header)) if header[at].strip() or body.used[at]]
    if not columns:
        raise _empty(sheet)
    labels, named = _named(header, columns)
    schema = table_schema(labels)
    batches = [
        pa.record_batch([batch.column(0), *(batch.column(at + 1) for at in columns)], schema=schema)
        for batch in body.batches
    ]
    findings = (*sheet.findings, *named, *_notes(sheet, last, options))
    return raw_table(labels, lambda: never_empty(iter(batches), schema), findings)


def _patched(sheet: Sheet, width: int) -> Iterator[tuple[int, list[Any]]]:
    """Rows with their number from 1, cells from column A, errors filled in."""
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, at), text in sheet.errors.items():
        by_row.setdefault(row, []).append((at, text))
    margin, behind = [""] * sheet.left, [""] * (width - sheet.left - sheet.width)
    for number, cells in enumerate(sheet.rows):
        full = [*margin, *cells, *behind] if margin or behind else cells
        for at, text in by_row.get(number, ()):
            if at < width:
                full[at] = text
        yield number + 1, full


def _header(
    sheet: Sheet, rows: Iterator[tuple[int, list[Any]]], options: SheetOptions
) -> tuple[list[str], Iterator[tuple[int, list[Any]]], int]:
    """Labels of all columns, the rows behind, and the number of the last header row."""
    wanted = options.header_rows
    count = wanted if isinstance(wanted, int) else wanted[-1] - wanted[0] + 1
    first = wanted[0] if isinstance(wanted, tuple) else options.first_row
    for number, row in rows:
        if number == first or (first is None and any(_filled(cell) for cell in row)):
            break
    else:
        raise _empty(sheet)
    if count == 0:
        names = [*options.names, *[""] * (len(row) - len(options.names))]
        return names, _again((number, row), rows), number - 1
    found = [(number, row), *islice(rows, count - 1)]
    texts = {at: [cell_text(cell) or "" for cell in cells] for at, cells in found}
    _fill_merged(texts, sheet.merges)
    chosen = [texts[at] for at in texts if isinstance(wanted, int) or at in wanted]
    return stack(chosen), rows, found[-1][0]


def _again(first: tuple[int, list[Any]], rest: Iterator[Any]) -> Iterator[tuple[int, list[Any]]]:
    yield first
    yield from rest


def _fill_merged(rows: dict[int, list[str]], merges: Sequence[Merge]) -> None:
    """Header text of merged cells, carried over all columns of the block (not down)."""
    for (top, left), (bottom, right) in merges:
        row = rows.get(top + 1)
        if row is None or left >= len(row):
            continue
        for at in range(left, min(right, len(row) - 1) + 1):
            row[at] = row[left]
        # What stands under a merged cell is covered, whatever a program left in it.
        for under in range(top + 2, bottom + 2):
            if under in rows:
                rows[under][left : right + 1] = [""] * (min(right, len(row) - 1) + 1 - left)


@dataclass(slots=True)
class _Body:
    """The rows under the header as text; which columns have any value."""

    batches: list[pa.RecordBatch]
    used: list[bool]


def _body(
    rows: Iterator[tuple[int, list[Any]]], width: int, header: int, options: SheetOptions
) -> _Body:
    columns = [Column() for _ in range(width)]
    numbers: list[pa.Array] = []
    if options.last_row is not None:
        rows = islice(rows, max(options.last_row - header, 0))
    while batch := list(islice(rows, BATCH_ROWS)):
        numbers.append(pa.array([number for number, _ in batch], pa.int64()))
        for column, values in zip(
            columns, zip(*(row for _, row in batch), strict=True), strict=True
        ):
            column.add(values)
    texts = [column.texts() for column in columns]
    names = [str(at) for at in range(width + 1)]
    batches = [
        pa.record_batch(list(arrays), names=names) for arrays in zip(numbers, *texts, strict=True)
    ]
    used = [any(array.null_count < len(array) for array in column) for column in texts]
    return _Body(_without_trailing_blanks(batches), used)


def _without_trailing_blanks(batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    while batches:
        filled = pa.array([False] * batches[-1].num_rows)
        for column in batches[-1].columns[1:]:
            filled = pc.or_(filled, pc.is_valid(column))
        last = pc.max(pc.indices_nonzero(filled)).as_py()
        if last is not None:
            batches[-1] = batches[-1].slice(0, last + 1)
            return batches
        batches.pop()
    return batches


def _filled(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else True


def _named(
    header: Sequence[str], columns: Sequence[int]
) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Unique labels of the columns in use; numbers in notes count from column A."""
    labels, notes = unique_labels(header)
    used = {at + 1 for at in columns}
    kept = tuple(note for note in notes if note.params["number"] in used)
    return tuple(labels[at] for at in columns), kept


def _notes(sheet: Sheet, header: int, options: SheetOptions) -> Iterator[Problem]:
    """Error cells and merged cells among the data."""
    last = options.last_row or 1 << 20
    found = sorted(
        (row + 1, text)
        for (row, _), text in sheet.errors.items()
        if header <= row < last and text.startswith("#")
    )
    if found:
        row, value = found[0]
        params = {"count": f"{len(found):,}"}
        yield Problem("sheet-errors", row=row, value=value, params=params, level=Level.NOTE)
    merged = sorted(top + 1 for (top, _), _ in sheet.merges if header <= top < last)
    if merged:
        params = {"count": f"{len(merged):,}"}
        yield Problem("sheet-merged", row=merged[0], params=params, level=Level.NOTE)


def _empty(sheet: Sheet) -> Rejected:
    return Rejected(Problem("sheet-empty", params={"sheet": sheet.name}))
