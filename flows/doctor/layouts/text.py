"""Delimited texts (CSV, TSV, TXT): encoding, delimiter, and the tables among the lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.problem import Problem, Rejected
from flows.doctor import (
    EXAMPLES,
    MOST_IN_TEXT,
    Example,
    Finding,
    Layout,
    Remedy,
    bounded_tables,
)
from flows.doctor.layouts import _around, _rows
from flows.doctor.layouts._dialect import Dialect, find_dialect
from flows.doctor.layouts._encoding import Encoded, find_encoding
from flows.doctor.layouts._reader import pulled
from flows.doctor.layouts._records import Records, measure
from flows.doctor.layouts._say import ask, choice, error, note, option, warning
from flows.doctor.layouts._table import Table
from flows.doctor.layouts._tables import find_tables
from flows.sources import csv
from flows.sources._csv_part import find_end

#: Findings of the reader that are told here in other words.
_TOLD = frozenset({"text-encoding", "csv-delimiter"})


def find(path: Path, kind: str) -> tuple[Layout, ...]:
    """The tables of a delimited text.

    Args:
        path: the file; gzip is unpacked on the way.
        kind: ``csv``.

    Raises:
        Rejected: no text, in several encodings, or nothing in it.
    """
    encoded = find_encoding(path, kind.upper())
    dialect, records = measure(encoded.text, find_dialect(encoded.text))
    tables = find_tables(records.grid)
    if not tables:
        raise Rejected(Problem("source-empty"))
    bounded_tables(len(tables), MOST_IN_TEXT)
    made = [_layout(path, encoded, dialect, records, table, tables) for table in tables]
    several = (note("doctor-tables", tables=len(made)),) if len(made) > 1 else ()
    first = (*encoded.findings, *dialect.findings, *several, *made[0].findings)
    return (replace(made[0], findings=first), *made[1:])


def _layout(
    path: Path,
    encoded: Encoded,
    dialect: Dialect,
    records: Records,
    table: Table,
    tables: Sequence[Table],
) -> Layout:
    grid = records.grid
    ragged = tuple(_ragged(table, records))
    options = _options(encoded, dialect, records, table, tables)
    for finding in ragged:
        options |= {remedy.name: remedy.value for remedy in finding.remedies}
    findings = [
        *_around.around_findings(table, grid, None),
        *_around.header_findings(table, grid, None, *_either(table, grid)),
        *ragged,
        *_empty_columns(table, records, options),
    ]
    rows = table.stop - table.header.data
    try:
        raw = csv.read(pulled(path), csv.Options(path="file", **options))
        reading = _rows.read(raw)
    except Rejected as refused:
        findings += _refused(refused, bool(ragged))
    else:
        rows = reading.rows
        findings += _around.told_by_reader(raw, None, _TOLD)
        findings += _rows.findings(reading, raw, None, {})
    title, around = _around.title(table), _around.lines(table, grid)
    return Layout("csv", options, tuple(findings), title, around, rows)


def _refused(refused: Rejected, told: bool) -> Iterator[Finding]:
    """Why the reader refuses the table; ragged rows are told elsewhere already."""
    ragged = {"extra-cell", "missing-cell", "csv-ragged"}
    problems = [p for p in refused.problems if not (told and p.code in ragged)]
    for problem in problems[:10]:
        yield Finding(problem, examples=(Example(problem.row, problem.value or ""),))


def _options(
    encoded: Encoded, dialect: Dialect, records: Records, table: Table, tables: Sequence[Table]
) -> dict[str, Any]:
    """How a declaration tells where a table stands; no more than has to be said."""
    grid, rows = records.grid, table.header.rows
    top = rows[0] if rows else table.header.data
    options: dict[str, Any] = {}
    if encoded.encoding:
        options["encoding"] = encoded.encoding
    if dialect.delimiter != "," or not dialect.quote:
        options["delimiter"] = dialect.delimiter
    if not dialect.quote:
        options["quote"] = ""
    if (records.widths[:top] > 0).any():
        options["skip"] = int(grid.numbers[top]) - 1
    if not rows:
        options |= {"header": False, "names": _around.names(table)}
    elif len(rows) > 1:
        options["header"] = len(rows)
    if rows and table.header.data > rows[-1] + 1:
        options["data_line"] = int(grid.numbers[table.header.data])
    return options | _window(records, table) | _end(encoded, records, table, tables)


def _window(records: Records, table: Table) -> dict[str, Any]:
    """The columns, where a file has more than the table."""
    rows = [*table.header.rows, table.header.data]
    width = int(records.widths[rows].max())
    found: dict[str, Any] = {}
    if table.left:
        found["first_column"] = table.left + 1
    if table.right < width and (table.header.rows or table.left):
        found["last_column"] = table.right
    elif table.right < width:
        # Names say how many columns there are: the empty ones at the end have to be cut off.
        found["last_column"] = table.right
    return found


def _end(
    encoded: Encoded, records: Records, table: Table, tables: Sequence[Table]
) -> dict[str, Any]:
    """Where the table ends, if something follows."""
    grid = records.grid
    last = int(grid.ends[table.stop - 1])
    below = np.flatnonzero(grid.filled[table.stop :]) + table.stop
    if not len(below):
        return {"last_line": last} if _leftovers(records, table) else {}
    if any(other.header.data > table.stop for other in tables if other is not table):
        return {"last_line": last}
    footer = int((grid.ends[below] - grid.numbers[below] + 1).sum())
    ends = find_end(encoded.text, None, footer).line
    return {"skip_footer": footer} if ends == last else {"last_line": last}


def _leftovers(records: Records, table: Table) -> bool:
    """Whether records of nothing but delimiters follow: the reader takes them for rows."""
    return bool((records.widths[table.stop :] > 1).any())


def _either(table: Table, grid: Any) -> tuple[Remedy, tuple[Remedy, ...]]:
    """The options for a first row that is the header, and for one that is data."""
    names = option("names", _around.numbered_names(table))
    return option("header", 1), (option("header", False), names)


def _ragged(table: Table, records: Records) -> Iterator[Finding]:
    """Rows with other numbers of cells than the header."""
    grid, widths = records.grid, records.widths
    inside = slice(table.header.data, table.stop)
    rows = table.header.rows
    wanted = int(widths[list(rows)].max()) if rows else int(widths[table.header.data])
    here = widths[inside]
    short = np.flatnonzero((here > 0) & (here < wanted)) + inside.start
    long = np.flatnonzero(here > wanted) + inside.start
    if not len(short) and not len(long):
        return
    filled, examples = _too_many(long, records, wanted)
    pad = [option("pad_rows", True)] if not filled else []
    if len(short):
        yield _short(short, records, wanted, pad)
    if filled:
        yield error("doctor-rows-long", examples=examples, count=filled, columns=wanted)
    elif len(long):
        first = int(grid.numbers[long[0]])
        yield warning(
            "doctor-rows-long-empty", row=first, count=len(long), columns=wanted, remedies=pad
        )


def _short(short: Any, records: Records, wanted: int, pad: Sequence[Remedy]) -> Finding:
    examples = [
        (int(records.grid.numbers[at]), f"{int(records.widths[at])} / {wanted}") for at in short[:5]
    ]
    question = ask(
        "doctor-ask-short",
        choice("pad", "doctor-choice-short-pad", option("pad_rows", True)),
        choice("refuse", "doctor-choice-short-refuse", option("pad_rows", False)),
        likely="pad",
    )
    return warning(
        "doctor-rows-short", examples=examples, count=len(short), columns=wanted, remedies=pad,
        question=question if pad else None,
    )  # fmt: skip


def _too_many(
    long: npt.NDArray[np.int64], records: Records, wanted: int
) -> tuple[int, list[tuple[int, str]]]:
    """How many rows have something in the cells too many, and the first of them with it."""
    count = 0
    examples: list[tuple[int, str]] = []
    for at, row in records.picked([range(at, at + 1) for at in long.tolist()]):
        cell = next((cell for cell in row.cells[wanted:] if cell.strip()), "")
        count += bool(cell)
        if cell and len(examples) < EXAMPLES:
            examples.append((int(records.grid.numbers[at]), cell))
    return count, examples


def _empty_columns(table: Table, records: Records, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Columns of nothing but delimiters at the right, and empty ones inside."""
    rows = [*table.header.rows, table.header.data]
    width = int(records.widths[rows].max())
    if "last_column" in options and width > table.right:
        remedies = [option("last_column", table.right)]
        yield note("doctor-columns-empty", count=width - table.right, remedies=remedies)
