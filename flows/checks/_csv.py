"""CSV files that DuckDB reads as our reader does: checked where they lie, without being staged.

A file qualifies if it is UTF-8 by RFC 4180 with a comma, one header line of different labels, no
byte that needs thought, and as many rows as lines: so no cell has a line break, no line is blank,
and the line of a row is its number. DuckDB reads it strictly; whatever it refuses goes the long way
(``flows.sources.csv``), which decides. A test holds that both give the same cells.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.problem import Problem, Rejected
from catalog.schema import TableSchema
from catalog.table import sql_name
from flows.checks._engine import Look, Relation, check_table
from flows.checks._engine.plan import Plan
from flows.checks._engine.scan import ORDER, ROW
from flows.checks._engine.sql import text
from flows.sources._sniff import sniff

_CHUNK = 1 << 20
#: Bytes of a chunk that the next one is looked at with; no run of blanks is longer.
_TAIL = 256
_BLANKS, _EDGES = (9, 32), (10, 13, 44)
_MARK = b"\xef\xbb\xbf"
_SIGNS = {"nothing": 0, "feeds": 10, "returns": 13, "commas": 44, "quotes": 34}
#: Signs that the reader would try as delimiters if the header had them.
_OTHER_DELIMITERS = (";", "\t", "|")


@dataclass(frozen=True, slots=True)
class PlainCsv:
    """A file that qualifies by its bytes.

    Attributes:
        path: where it lies.
        labels: of its header.
        rows: that it must have.
        commas: that its cells must have inside of them: DuckDB passes over empty cells too many
            at the end of a row, and they show here.
        quoted: whether some cells stand in quotes.
    """

    path: Path
    labels: tuple[str, ...]
    rows: int
    commas: int
    quoted: bool

    def relation(self, names: Sequence[str], schema: TableSchema) -> Relation:
        """The file as a relation of text columns.

        Args:
            names: field names, one for each label.
            schema: where the empty text is a value, it stays one.
        """
        shape = ", ".join(f"{text(name)}: 'VARCHAR'" for name in names)
        read = (
            f"read_csv({text(str(self.path))}, auto_detect = false, header = true, delim = ',', "
            f"quote = '\"', escape = '\"', columns = {{{shape}}}, strict_mode = true, "
            "null_padding = false, ignore_errors = false)"
        )
        columns = ", ".join(_kept(name, schema) for name in names)
        numbered = f"row_number() OVER () - 1 AS {ORDER}, row_number() OVER () + 1 AS {ROW}"
        inside = " + ".join(map(_commas, names)) if self.quoted else "0"
        return Relation(
            f"SELECT {columns} FROM {read}",
            f"SELECT {numbered}, {columns} FROM {read}",
            f"coalesce(sum({inside}), 0)::BIGINT",
        )


def _commas(name: str) -> str:
    """Commas in a cell."""
    x = sql_name(name)
    inside = f"strlen({x}) - strlen(replace({x}, ',', ''))"
    return f"CASE WHEN contains({x}, ',') THEN {inside} ELSE 0 END"


def _kept(name: str, schema: TableSchema) -> str:
    """A column; DuckDB reads an empty cell as null, which ours are not."""
    column = sql_name(name)
    field = schema.by_name.get(name)
    if field is None or "" in schema.missing(field):
        return column
    return f"coalesce({column}, '') AS {column}"


def plain_csv(path: Path) -> PlainCsv | None:
    """Look at every byte of a file; ``None`` where it does not qualify."""
    with path.open("rb") as source:
        first, second = source.readline(_CHUNK), source.read(len(_MARK))
    body = first.removeprefix(_MARK)
    try:
        sniff(body, "CSV")
        header = body.decode("utf-8")
        labels = next(csv.reader([header.rstrip("\r\n")], strict=True), [])
    except (Rejected, UnicodeDecodeError, csv.Error):
        return None
    usual = len(labels) > 1 and all(label.strip() for label in labels)
    if not usual or len(set(labels)) < len(labels) or second in (b"", _MARK):
        return None
    if any(sign in header for sign in _OTHER_DELIMITERS):
        return None
    counts = _count(path)
    rows, between = counts.lines - 1, counts.lines * (len(labels) - 1)
    if not counts.usual or header.count(",") != len(labels) - 1:
        return None
    if not counts.quotes and counts.commas != between:
        return None
    return PlainCsv(path, tuple(labels), rows, counts.commas - between, bool(counts.quotes))


@dataclass(slots=True)
class _Counts:
    """Bytes of a file, counted."""

    nothing: int = 0
    feeds: int = 0
    returns: int = 0
    commas: int = 0
    quotes: int = 0
    pairs: int = 0
    tail: bytes = b"\n"
    stray: bool = False

    @property
    def lines(self) -> int:
        return self.feeds + (self.tail[-1:] != b"\n")

    @property
    def usual(self) -> bool:
        """Whether no byte is NUL and line ends are of one sort."""
        if self.nothing or self.stray:
            return False
        return self.returns in (0, self.feeds) and self.pairs == self.returns


def _count(path: Path) -> _Counts:
    import numpy as np

    counts = _Counts()
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            block = np.frombuffer(chunk, np.uint8)
            for name, sign in _SIGNS.items():
                found = int(np.count_nonzero(block == sign))
                setattr(counts, name, getattr(counts, name) + found)
            if counts.returns:
                counts.pairs += (counts.tail[-1:] + chunk).count(b"\r\n")
            if counts.quotes and not counts.stray:
                counts.stray = _blank_before_quote(np.frombuffer(counts.tail + chunk, np.uint8))
            counts.tail = chunk[-_TAIL:]
    return counts


def _blank_before_quote(block: Any) -> bool:
    """Whether blanks stand between a delimiter and a quote: DuckDB would take them away."""
    import numpy as np

    at = np.flatnonzero(block == _SIGNS["quotes"]) - 1
    at = at[np.isin(block[at], _BLANKS)]
    while at.size and at.min() > 0:
        blank = np.isin(block[at], _BLANKS)
        if np.isin(block[at[~blank]], _EDGES).any():
            return True
        at = at[blank] - 1
    return bool(at.size)


def check_csv(
    found: PlainCsv, names: Mapping[str, str], plan: Plan, schema: TableSchema, folder: Path,
    limit: int,
) -> tuple[Look, tuple[Problem, ...]] | None:  # fmt: skip
    """Check a file where it lies.

    Args:
        found: the file.
        names: the field of each label.
        plan: the schema, compiled for it.
        schema: the same as it was declared.
        folder: where to spill.
        limit: problems that are named one by one.

    Returns:
        What was seen and the problems, with rows as lines of the file; ``None`` where DuckDB does
        not read the file as ours would.
    """
    import duckdb

    columns = [names[label] for label in found.labels]
    try:
        seen, problems = check_table(
            found.relation(columns, schema), plan, schema, folder, limit
        )
    except duckdb.Error:
        return None
    as_counted = seen.rows == found.rows and seen.measured == found.commas
    return (seen, problems) if as_counted else None
