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
_LF, _CR, _QUOTE, _COMMA = 10, 13, 34, 44
_BLANKS, _EDGES = (9, 32), (_LF, _CR, _COMMA)
_MARK = b"\xef\xbb\xbf"
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
            at the end of a row, and they show here; ``None`` where no row can have one.
    """

    path: Path
    labels: tuple[str, ...]
    rows: int
    commas: int | None

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
        inside = "0" if self.commas is None else " + ".join(map(_commas, names))
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
    seen = _look_over(path)
    if not seen.usual:
        return None
    commas = None
    if seen.may_have_more:
        commas = _commas_of(path) - seen.lines * (len(labels) - 1)
    return PlainCsv(path, tuple(labels), seen.lines - 1, commas)


@dataclass(slots=True)
class _Seen:
    """What the bytes of a file told.

    Attributes:
        usual: no byte is NUL, line ends are of one sort, no blank stands before a quote.
        may_have_more: a line ends with an empty cell, which may be one too many.
    """

    usual: bool = True
    may_have_more: bool = False
    feeds: int = 0
    returns: int = 0
    pairs: int = 0
    tail: bytes = b"\n"

    @property
    def lines(self) -> int:
        return self.feeds + (self.tail[-1:] != b"\n")

    def add(self, chunk: bytes) -> None:
        import numpy as np

        block = np.frombuffer(self.tail + chunk, np.uint8)
        start = len(self.tail)
        ends = np.flatnonzero(block[start:] == _LF) + start
        self.feeds += int(ends.size)
        if b"\r" in chunk:
            self.returns += chunk.count(b"\r")
        if self.returns:
            self.pairs += (self.tail[-1:] + chunk).count(b"\r\n")
            ends = np.where(block[ends - 1] == _CR, ends - 1, ends)
        self.may_have_more = self.may_have_more or _ends_empty(block, ends)
        self.usual = self.usual and b"\0" not in chunk and not _blank_before_quote(block)
        self.tail = bytes(block[-_TAIL:])


def _look_over(path: Path) -> _Seen:
    import numpy as np

    seen = _Seen()
    with path.open("rb") as source:
        while seen.usual and (chunk := source.read(_CHUNK)):
            seen.add(chunk)
    if seen.tail[-1:] != b"\n":  # the last line has no end
        last = np.frombuffer(seen.tail + b"\n", np.uint8)
        seen.may_have_more |= _ends_empty(last, np.array([last.size - 1]))
    seen.usual = seen.usual and seen.returns in (0, seen.feeds) and seen.pairs == seen.returns
    return seen


def _ends_empty(block: Any, ends: Any) -> bool:
    """Whether a line ends with an empty cell, quoted or not, or with blanks."""
    import numpy as np

    last, before, third = (block[np.maximum(ends - back, 0)] for back in (1, 2, 3))
    quoted = (last == _QUOTE) & (before == _QUOTE) & (third == _COMMA)
    return bool((quoted | (last == _COMMA) | np.isin(last, _BLANKS)).any())


def _blank_before_quote(block: Any) -> bool:
    """Whether blanks stand between a delimiter and a quote: DuckDB would take them away."""
    import numpy as np

    blank = (block[:-1] == _BLANKS[0]) | (block[:-1] == _BLANKS[1])
    at = np.flatnonzero(blank & (block[1:] == _QUOTE))
    while at.size and at.min() > 0:
        inside = np.isin(block[at], _BLANKS)
        if np.isin(block[at[~inside]], _EDGES).any():
            return True
        at = at[inside] - 1
    return bool(at.size)


def _commas_of(path: Path) -> int:
    import numpy as np

    with path.open("rb") as source:
        chunks = iter(lambda: source.read(_CHUNK), b"")
        return sum(int(np.count_nonzero(np.frombuffer(c, np.uint8) == _COMMA)) for c in chunks)


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
    as_counted = seen.rows == found.rows and seen.measured == (found.commas or 0)
    return (seen, problems) if as_counted else None
