"""A tabular file as rows of text (Model §8, «Parsing Tabular Data»)."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from catalog.problem import Problem, Rejected

csv.field_size_limit(1 << 27)
Trim = Literal["true", "false", "start", "end"]
_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "commentPrefix": lambda v: v is None or isinstance(v, str),
    "delimiter": lambda v: isinstance(v, str) and len(v) >= 1,
    "doubleQuote": lambda v: isinstance(v, bool),
    "encoding": lambda v: isinstance(v, str) and _is_encoding(v),
    "header": lambda v: isinstance(v, bool),
    "headerRowCount": lambda v: _is_count(v),
    "lineTerminators": lambda v: (
        isinstance(v, str) or (isinstance(v, list) and all(isinstance(item, str) for item in v))
    ),
    "quoteChar": lambda v: v is None or (isinstance(v, str) and len(v) == 1),
    "skipBlankRows": lambda v: isinstance(v, bool),
    "skipColumns": lambda v: _is_count(v),
    "skipInitialSpace": lambda v: isinstance(v, bool),
    "skipRows": lambda v: _is_count(v),
    "trim": lambda v: isinstance(v, bool) or v in ("true", "false", "start", "end"),
}
_NAMES = {
    "commentPrefix": "comment_prefix", "doubleQuote": "double_quote",
    "headerRowCount": "header_rows", "quoteChar": "quote", "skipBlankRows": "skip_blank_rows",
    "skipColumns": "skip_columns", "skipInitialSpace": "skip_initial_space",
    "skipRows": "skip_rows",
}  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """How a file is written; the defaults of the standard.

    Attributes:
        comment_prefix: beginning of rows that are comments; ``None`` where there are none.
        header_rows: how many rows of titles.
        trim: which ends of a cell lose their blanks.
    """

    comment_prefix: str | None = None
    delimiter: str = ","
    double_quote: bool = True
    encoding: str = "utf-8"
    header_rows: int = 1
    quote: str | None = '"'
    skip_blank_rows: bool = False
    skip_columns: int = 0
    skip_initial_space: bool = False
    skip_rows: int = 0
    trim: Trim = "true"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number in the file, from 1, and its cells."""

    source: int
    cells: list[str]


@dataclass(frozen=True)
class Text:
    """A file, opened: titles by column, comments, and the rows under them."""

    titles: tuple[tuple[str, ...], ...]
    comments: tuple[str, ...]
    rows: Iterator[Row]


def dialect(body: Mapping[str, Any], warn: Callable[[str, str], None]) -> Dialect:
    """A dialect from its description; what is wrong in it counts as not said.

    Args:
        body: as the metadata has it.
        warn: told what is ignored.
    """
    known = {field.name for field in fields(Dialect)}
    given: dict[str, Any] = {}
    for name, value in body.items():
        if name.startswith("@"):
            continue
        if name not in _CHECKS or not _CHECKS[name](value):
            warn(name, f"{value!r} is no {name} of a dialect")
            continue
        own = _NAMES.get(name, name)
        if own in known:
            given[own] = str(value).lower() if name == "trim" else value
    if body.get("header") is False and "header_rows" not in given:
        given["header_rows"] = 0
    if given.get("skip_initial_space") and "trim" not in given:
        given["trim"] = "start"
    return replace(Dialect(), **given)


def open_text(data: bytes, how: Dialect, place: str) -> Text:
    """Read a file.

    Args:
        data: its bytes.
        how: its dialect.
        place: what to call it in a problem.

    Raises:
        Rejected: it is not written in the encoding that is said.
    """
    try:
        text = data.decode(how.encoding)
    except UnicodeDecodeError as error:
        params = {"reason": f"not {how.encoding}: {error.reason} at byte {error.start}"}
        raise Rejected(Problem("csvw-error", place=place, params=params)) from error
    comments: list[str] = []
    records = _records(text.removeprefix("\ufeff"), how)
    for _ in range(how.skip_rows):
        _, cells = next(records, (0, [""]))
        comments.append(how.delimiter.join(cells).removeprefix(how.comment_prefix or "").strip())
    titles: list[tuple[str, ...]] = []
    body = _without_comments(records, how, comments)
    for _ in range(how.header_rows):
        row = next(body, None)
        for at, cell in enumerate(row.cells if row else []):
            if at == len(titles):
                titles.append(())
            titles[at] += (cell,) if cell else ()
    return Text(tuple(titles), tuple(comments), body)


def _records(text: str, how: Dialect) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=how.delimiter[0],
        quotechar=how.quote or None,
        quoting=csv.QUOTE_MINIMAL if how.quote else csv.QUOTE_NONE,
        doublequote=how.double_quote, escapechar=None if how.double_quote else "\\",
        skipinitialspace=how.skip_initial_space,
    )  # fmt: skip
    yield from enumerate(reader, 1)


def _without_comments(
    records: Iterator[tuple[int, list[str]]], how: Dialect, comments: list[str]
) -> Iterator[Row]:
    for number, cells in records:
        first = cells[0] if cells else ""
        if how.comment_prefix and first.startswith(how.comment_prefix):
            comments.append(how.delimiter.join(cells).removeprefix(how.comment_prefix).strip())
            continue
        if not any(cells) and (how.skip_blank_rows or not cells):
            continue
        yield Row(number, [_trimmed(cell, how.trim) for cell in cells[how.skip_columns :]])


def _trimmed(cell: str, trim: Trim) -> str:
    match trim:
        case "true":
            return cell.strip()
        case "start":
            return cell.lstrip()
        case "end":
            return cell.rstrip()
    return cell


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
