"""Workbooks through python-calamine: opening them, and choosing a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from catalog.problem import Level, Problem, Rejected
from catalog.registry import nearest
from flows.sources._sheet import Cell, Merge, Sheet
from flows.sources._sheet_options import MOST_COLUMNS, SheetOptions

#: Columns that a sheet can have; more are damage, or somebody's trap.
_MOST = {"XLSX": MOST_COLUMNS, "ODS": MOST_COLUMNS, "XLS": 256}
#: What a kind adds to calamine's cells: merged blocks and texts of cells.
Extras = tuple[Sequence[Merge], Mapping[Cell, str]]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that is open.

    Attributes:
        kind: ``XLSX``, ``XLS`` or ``ODS``, for the words.
        workbook: calamine's.
        extras: gives what calamine does not tell, by the sheet's name.
    """

    kind: str
    workbook: Any
    extras: Callable[[str], Extras]

    @property
    def sheets(self) -> tuple[tuple[str, bool], ...]:
        """Names of all sheets in order, charts aside, and whether each is to be seen."""
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        return tuple(
            (sheet.name, sheet.visible == SheetVisibleEnum.Visible)
            for sheet in self.workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        )

    def sheet(self, name: str, findings: tuple[Problem, ...] = ()) -> Sheet:
        """A sheet with all that is known of it.

        Raises:
            Rejected: cannot be read, takes too much room, or has nothing in it.
        """
        with _translated(self.kind):
            merges, errors = self.extras(name)
            found = self.workbook.get_sheet_by_name(name)
            if found.start is None or found.end is None:
                raise Rejected(Problem("sheet-empty", params={"sheet": name}))
            left, right = found.start[1], found.end[1]
            if right >= _MOST[self.kind]:
                params = {"kind": self.kind, "reason": f"{right + 1:,} > {_MOST[self.kind]:,}"}
                raise Rejected(Problem("workbook-too-large", params=params))
            merges = merges or found.merged_cell_ranges or ()
            return Sheet(name, found.iter_rows(), left, right - left + 1, merges, errors, findings)


@contextmanager
def open_book(path: Path, kind: str, extras: Callable[[str], Extras]) -> Iterator[Book]:
    """A workbook; its kind was looked at before.

    Raises:
        Rejected: cannot be opened, or has a password.
    """
    from python_calamine import CalamineWorkbook

    with TemporaryDirectory(prefix="samdao-book-") as folder:
        # Evidence has no suffix, and without one calamine tries every kind and says only that
        # none fits; with it, it says what is wrong.
        link = Path(folder) / f"book.{kind.lower()}"
        link.symlink_to(path.resolve())
        with _translated(kind):
            workbook = CalamineWorkbook.from_path(str(link))
        yield Book(kind, workbook, extras)


def open_sheet(
    path: Path, kind: str, options: SheetOptions, extras: Callable[[str], Extras]
) -> Sheet:
    """The sheet that a declaration means.

    Args:
        path: the workbook; its kind was looked at before.
        kind: ``XLSX``, ``XLS`` or ``ODS``, for the words.
        options: name or number of the sheet.
        extras: gives what calamine does not tell, by the sheet's name; called before calamine
            loads the sheet, and may refuse it.

    Raises:
        Rejected: cannot be opened, has a password, no such sheet, an empty sheet.
    """
    with open_book(path, kind, extras) as book:
        name, notes = _chosen(book, options)
        return book.sheet(name, notes)


def _chosen(book: Book, options: SheetOptions) -> tuple[str, tuple[Problem, ...]]:
    names: list[str] = book.workbook.sheet_names
    if isinstance(options.sheet, int):
        if not 1 <= options.sheet <= len(names):
            _no_sheet(str(options.sheet), names)
        return names[options.sheet - 1], ()
    if options.sheet is not None:
        if options.sheet not in names:
            _no_sheet(options.sheet, names)
        return options.sheet, ()
    visible = [name for name, seen in book.sheets if seen]
    if not visible:
        _no_sheet("1", names)
    if len(visible) == 1:
        return visible[0], ()
    params = {"sheets": ", ".join(names), "sheet": visible[0]}
    return visible[0], (Problem("sheet-chosen", params=params, level=Level.NOTE),)


def _no_sheet(wanted: str, names: list[str]) -> NoReturn:
    near = nearest(wanted, names) or "—"
    params = {"sheet": wanted, "near": near, "sheets": ", ".join(names)}
    raise Rejected(Problem("sheet-missing", params=params))


@contextmanager
def _translated(kind: str) -> Iterator[None]:
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError as error:
        raise Rejected(Problem("workbook-password", params={"kind": kind})) from error
    except OSError as error:
        # What is cut short before it is looked into, so calamine tells.
        params = {"kind": kind, "reason": str(error)}
        raise Rejected(Problem("workbook-broken", params=params)) from error
    except CalamineError as error:
        code = "workbook-too-large" if "limit exceeded" in str(error) else "workbook-broken"
        params = {"kind": kind, "reason": str(error)}
        raise Rejected(Problem(code, params=params)) from error
    except BaseException as error:
        # A damaged file may make calamine panic, which Python sees outside of ``Exception``.
        if type(error).__name__ != "PanicException":
            raise
        params = {"kind": kind, "reason": "panic"}
        raise Rejected(Problem("workbook-broken", params=params)) from error
