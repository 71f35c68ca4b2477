"""CSV files that DuckDB reads as our reader does: checked where they lie, without being staged.

A file qualifies if it is UTF-8 by RFC 4180 with a comma, one header line of different labels, and
as many rows as lines: so no cell has a line break, no line is blank, and the line of a row is its
number. DuckDB reads it strictly, but passes over a few things in silence (blanks beside quotes,
empty cells too many at the end of a row): the bytes of all cells, delimiters and quotes have to
come to the size of the file, or it goes the long way (``flows.sources.csv``), which decides. A test
holds that both give the same cells.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.problem import Problem, Rejected
from catalog.schema import TableSchema
from catalog.table import sql_name
from flows.checks._engine import Look, Relation, check_table
from flows.checks._engine.constraints import never_quoted
from flows.checks._engine.plan import Plan
from flows.checks._engine.sql import text
from flows.sources._sniff import sniff

_CHUNK = 1 << 20
_MARK = b"\xef\xbb\xbf"
#: Signs that the reader would try as delimiters if the header had them.
_OTHER_DELIMITERS = (";", "\t", "|")
_LF, _QUOTE = 10, 34


@dataclass(frozen=True, slots=True)
class PlainCsv:
    """A file that qualifies by its bytes.

    Attributes:
        path: where it lies.
        labels: of its header.
        rows: that it must have.
        inside: bytes that its cells must have, quotes apart.
    """

    path: Path
    labels: tuple[str, ...]
    rows: int
    inside: int

    def relation(self, names: Sequence[str], schema: TableSchema) -> Relation:
        """The file as a relation of text columns, which measures the bytes of its cells.

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
        columns = tuple(_kept(name, schema) for name in names)
        plain = {field.name for field in schema.fields if never_quoted(field)}
        return Relation(
            read,
            columns,
            measure=" + ".join(_bytes(name) for name in names),
            measure_of_good=" + ".join(_bytes(name, quoted=name not in plain) for name in names),
        )


def _bytes(name: str, *, quoted: bool = True) -> str:
    """Bytes of a cell that are no quotes."""
    x = sql_name(name)
    plain = f"CASE WHEN contains({x}, '\"') THEN replace({x}, '\"', '') ELSE {x} END"
    return f"coalesce(strlen({plain if quoted else x}), 0)"


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
    if not counts.usual:
        return None
    rows = counts.lines - 1
    between = rows * (len(labels) - 1)
    around = counts.feeds + counts.returns + counts.quotes - _ends_and_quotes(first)
    inside = counts.size - len(first) - between - around
    return PlainCsv(path, tuple(labels), rows, inside)


def _ends_and_quotes(line: bytes) -> int:
    return sum(map(line.count, (b"\n", b"\r", b'"')))


@dataclass(slots=True)
class _Counts:
    """Bytes of a file, counted."""

    size: int = 0
    feeds: int = 0
    returns: int = 0
    pairs: int = 0
    quotes: int = 0
    nothing: bool = False
    last: bytes = b"\n"

    @property
    def lines(self) -> int:
        return self.feeds + (self.last != b"\n")

    @property
    def usual(self) -> bool:
        """Whether no byte is NUL and line ends are of one sort."""
        one_sort = self.returns in (0, self.feeds) and self.pairs == self.returns
        return one_sort and not self.nothing


def _count(path: Path) -> _Counts:
    import numpy as np

    counts = _Counts()
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            block = np.frombuffer(chunk, np.uint8)
            counts.size += len(chunk)
            counts.feeds += int(np.count_nonzero(block == _LF))
            counts.nothing = counts.nothing or b"\0" in chunk
            if b'"' in chunk:
                counts.quotes += int(np.count_nonzero(block == _QUOTE))
            if b"\r" in chunk or counts.last == b"\r":
                counts.returns += chunk.count(b"\r")
                counts.pairs += (counts.last + chunk).count(b"\r\n")
            counts.last = chunk[-1:]
    return counts


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
        seen, problems = check_table(found.relation(columns, schema), plan, schema, folder, limit)
    except duckdb.Error:
        return None
    as_counted = seen.rows == found.rows and seen.measured == found.inside
    return (seen, problems) if as_counted else None
