"""The officer's own workbook with a comment at each cell that is wrong, and a sheet that sums up.

An XLSX keeps its sheets, formats and formulas (openpyxl); other files become an XLSX in which each
row stands at its number in the source. Files too large for openpyxl, which holds a workbook whole,
are given back as the rejected rows alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from catalog.problem import Level, Problem
from catalog.speech import phrases
from flows.reports import Report
from flows.sources import POSITION

ENDING = ".checked.xlsx"
#: openpyxl takes about 50 bytes of memory for each byte of a workbook's cells.
_MOST_BYTES = 20_000_000
_MOST_COMMENTS = 1_000
#: Characters of a cell and of a comment that Excel opens without complaint.
_MOST_TEXT = 32_767
_WHITE_TO_RED = {
    Level.ERROR: PatternFill("solid", fgColor="FFF4C7C3"),
    Level.WARNING: PatternFill("solid", fgColor="FFFCE8B2"),
    Level.NOTE: PatternFill("solid", fgColor="FFE8EAED"),
}
_HEAD = Font(bold=True)
_WRAP = Alignment(wrap_text=True, vertical="top")
_WIDTHS = (28, 12, 10, 14, 60, 60)


@dataclass(frozen=True, slots=True)
class _Book:
    """A workbook to write on: its sheet of data, and how rows and columns lie in it."""

    book: Workbook
    sheet: Worksheet
    cells: tuple[int, ...]
    rows: Mapping[int, int] | None
    note: str

    def row(self, position: int | None) -> int | None:
        """The sheet's row of a position in the source."""
        return self.rows.get(position or 0) if self.rows is not None else position


def write(report: Report, target: Path) -> None:
    """Write the workbook."""
    word = partial(_word, phrases("flows.reports", "reports"))
    found = _own(report) or _remade(report, word)
    told = _comment(report, found, word("comment_author"))
    _sum_up(report, found, told, word)
    found.book.save(target)


def _word(words: Mapping[str, Mapping[str, str]], name: str, **facts: Any) -> str:
    return words[name]["th"].format(**facts)


def _own(report: Report) -> _Book | None:
    """The officer's own workbook, where it is one that can be kept."""
    if report.kind != "xlsx" or report.path.stat().st_size > _MOST_BYTES:
        return None
    try:
        # From a file object: evidence is named by its hash, and openpyxl goes by the ending.
        with report.path.open("rb") as source:
            book = load_workbook(source, rich_text=True)
    except Exception:  # noqa: BLE001  (whatever openpyxl cannot read is written anew)
        return None
    name = report.sheet
    if name is None or name not in book.sheetnames or not isinstance(book[name], Worksheet):
        return None
    return _Book(book, book[name], report.cells, None, "dropped")


def _remade(report: Report, word: Any) -> _Book:
    """A new workbook with the source's rows; only rejected ones where there are too many."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _sheet_name(report.title)
    small = report.path.stat().st_size <= _MOST_BYTES
    rows: dict[int, int] = {}
    for at, label in enumerate(report.labels, 2):
        sheet.cell(1, at, _safe(label)).font = _HEAD
    sheet.cell(1, 1, word("row")).font = _HEAD
    for number, (position, cells) in enumerate(_rows(report, everything=small), 2):
        rows[position] = number
        sheet.cell(number, 1, position)
        for at, text in enumerate(cells, 2):
            if text is not None:
                cell = sheet.cell(number, at, _safe(text))
                cell.data_type = "s"  # text stays text: no formula, no lost zero
    sheet.freeze_panes = "B2"
    return _Book(book, sheet, tuple(range(1, len(report.labels) + 1)), rows, "remade")


def _rows(report: Report, *, everything: bool) -> Iterator[tuple[int, list[str | None]]]:
    """Positions and cells of the source's rows, or of the rejected ones."""
    if report.open is None:
        return
    bad = pa.array(sorted({p.row for p in report.problems if p.row is not None}), pa.int64())
    for batch in report.open():
        wanted = batch
        if not everything:
            wanted = batch.filter(pc.is_in(batch.column(POSITION), value_set=bad))
        columns = [
            column.to_pylist() if pa.types.is_string(column.type) else ["…"] * len(column)
            for column in wanted.columns[1:]
        ]
        positions = wanted.column(POSITION).to_pylist()
        for position, *cells in zip(positions, *columns, strict=True):
            yield position, cells


def _comment(report: Report, found: _Book, author: str) -> int:
    """Put a comment at every cell that a problem names; gives how many."""
    said: dict[tuple[int, int], list[Problem]] = {}
    for problem in report.problems:
        row = found.row(problem.row)
        if row is None:
            continue
        places = [report.place(field) for field in report.fields(problem)]
        for place in [p for p in places if p is not None] or [0]:
            if place < len(found.cells):
                said.setdefault((row, found.cells[place] + 1), []).append(problem)
    for (row, column), problems in list(said.items())[:_MOST_COMMENTS]:
        cell = found.sheet.cell(row, column)
        if not hasattr(cell, "comment") or type(cell).__name__ == "MergedCell":
            continue
        text = "\n".join(f"{report.said(p)}\n→ {report.step(p)}" for p in problems)
        cell.comment = Comment(text[:_MOST_TEXT], author, width=360, height=120)
        cell.fill = _WHITE_TO_RED[min((p.level for p in problems), key=list(Level).index)]
    return min(len(said), _MOST_COMMENTS)


def _sum_up(report: Report, found: _Book, told: int, word: Any) -> None:
    """A first sheet with one line per kind of problem, each leading to its first cell."""
    sheet = found.book.create_sheet(_free(found.book, word("summary_sheet")), 0)
    found.book.active = 0
    stops = word("stops", count=f"{report.errors:,}") if report.errors else word("passes")
    sheet.append([word("title"), report.file])
    sheet.append([stops])
    sheet.append([word(found.note)])
    total = sum(group.count for group in report.groups)
    sheet.append([word("too_many", shown=f"{told:,}", count=f"{total:,}")] if told < total else [])
    sheet.append([])
    heads = ("column", "reason", "count", "first_place", "what", "what_next")
    sheet.append([word(head) for head in heads])
    for group in report.groups:
        problem = group.first
        column = report.words(problem.field) if problem.field else ""
        level = word(f"level.{problem.level}")
        sheet.append([
            _safe(column), level, group.count, _address(report, found, problem),
            _safe(report.said(problem)), _safe(report.step(problem)),
        ])  # fmt: skip
        _link(report, found, problem, sheet)
    for cell in (*sheet[1], *sheet[2], *sheet[6]):
        cell.font = _HEAD
    for at, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    for row in sheet.iter_rows(min_row=7):
        for cell in row:
            cell.alignment = _WRAP
    sheet.freeze_panes = "A7"


def _address(report: Report, found: _Book, problem: Problem) -> str | int | None:
    """``B17`` of the sheet of data, or the row alone."""
    row = found.row(problem.row)
    if row is None:
        return problem.row
    place = report.place((report.fields(problem) or ("",))[0])
    if place is None or place >= len(found.cells):
        return row
    return f"{get_column_letter(found.cells[place] + 1)}{row}"


def _link(report: Report, found: _Book, problem: Problem, sheet: Worksheet) -> None:
    address = _address(report, found, problem)
    if isinstance(address, str):
        cell = sheet.cell(sheet.max_row, 4)
        title = found.sheet.title.replace("'", "''")
        cell.hyperlink = f"#'{title}'!{address}"
        cell.font = Font(underline="single", color="FF0B57D0")


def _safe(text: str) -> str:
    """Text as Excel takes it: no control characters, not too long, never a formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    plain = ILLEGAL_CHARACTERS_RE.sub("�", text)[:_MOST_TEXT]
    return f"'{plain}" if plain.startswith("=") else plain


def _sheet_name(title: str) -> str:
    """A name that Excel takes for a sheet: 31 characters, and no brackets, slashes or the like."""
    return "".join("-" if letter in "[]:*?/\\'" else letter for letter in title)[:31] or "data"


def _free(book: Workbook, name: str) -> str:
    count, free = 2, name
    while free in book.sheetnames:
        free, count = f"{name} {count}", count + 1
    return free
