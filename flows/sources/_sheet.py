"""Sheets of workbooks: what XLSX, XLS and ODS have in common.

python-calamine gives the cells' values (``_cells`` makes text of them); a module of a kind adds
what calamine does not tell of its format: error cells, merged cells. An empty cell is null. A row
stands at its number in the sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Level, Problem, Rejected
from flows.sources import BATCH_ROWS, RawTable
from flows.sources._cells import Column, cell_text
from flows.sources._sheet_options import SheetOptions
from flows.sources._table import never_empty, raw_table, spread, stack, table_schema, unique_labels

#: Row and column of a cell, from 0; and a block of merged cells by its first and last one.
Cell = tuple[int, int]
Merge = tuple[Cell, Cell]


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
    window = options.window
    width = max(sheet.left + sheet.width, window.start + len(options.names))
    header, rows, last = _header(sheet, patched(sheet, width, window), options)
    body = _body(rows, width, last, options)
    columns = [
        at for at in range(len(header)) if at in window and (header[at].strip() or body.used[at])
    ]
    if not columns:
        raise _empty(sheet)
    labels, named = _named(header, columns)
    schema = table_schema(labels)
    batches = [
        pa.record_batch([batch.column(0), *(batch.column(at + 1) for at in columns)], schema=schema)
        for batch in body.batches
    ]
    findings = (*sheet.findings, *named, *_notes(sheet, last, options))
    return raw_table(
        labels, lambda: never_empty(iter(batches), schema), findings,
        sheet=sheet.name, cells=tuple(columns),
    )  # fmt: skip


def patched(sheet: Sheet, width: int, window: range) -> Iterator[tuple[int, list[Any]]]:
    """Rows with their number from 1, cells from column A, errors filled in.

    What stands beside the window is as if it were not there.
    """
    if not (sheet.errors or sheet.left or window.start) and sheet.width == width <= window.stop:
        yield from enumerate(sheet.rows, 1)
        return
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, at), text in sheet.errors.items():
        by_row.setdefault(row, []).append((at, text))
    margin, behind = [""] * sheet.left, [""] * (width - sheet.left - sheet.width)
    for number, cells in enumerate(sheet.rows):
        full = [*margin, *cells, *behind] if margin or behind else cells
        for at, text in by_row.get(number, ()):
            if at < width:
                full[at] = text
        if window.start or window.stop < width:
            inside = full[window.start : window.stop]
            full = [*[""] * window.start, *inside, *[""] * (width - window.start - len(inside))]
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
    begin = options.data_row or 1
    if count == 0:
        names = [*[""] * options.window.start, *options.names]
        names += [""] * (len(row) - len(names))
        return names, _from(begin, _again((number, row), rows)), max(number, begin) - 1
    found = [(number, row), *islice(rows, count - 1)]
    texts = {at: [cell_text(cell) or "" for cell in cells] for at, cells in found}
    _fill_merged(texts, sheet.merges)
    chosen = [texts[at] for at in texts if isinstance(wanted, int) or at in wanted]
    labels = stack(spread(chosen) if options.spread else chosen)
    return labels, _from(begin, rows), max(found[-1][0], begin - 1)


def _from(begin: int, rows: Iterator[tuple[int, list[Any]]]) -> Iterator[tuple[int, list[Any]]]:
    """The rows from a number on."""
    return dropwhile(lambda row: row[0] < begin, rows)


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
    batches = _without_trailing_blanks(batches)
    for _ in range(options.skip_footer):
        if batches:
            batches[-1] = batches[-1].slice(0, batches[-1].num_rows - 1)
            batches = _without_trailing_blanks(batches)
    if options.skip_footer:
        # A note at the end must not keep a column that has nothing else.
        used = [
            any(batch.column(at + 1).null_count < batch.num_rows for batch in batches)
            for at in range(width)
        ]
    return _Body(batches, used)


def _without_trailing_blanks(batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    while batches:
        filled = pa.array([False] * batches[-1].num_rows)
        for column in batches[-1].columns[1:]:
            if column.null_count < len(column):
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
        for (row, at), text in sheet.errors.items()
        if header <= row < last and at in options.window and text.startswith("#")
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
