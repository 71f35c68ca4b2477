"""Workbooks through python-calamine: opening them, and choosing a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from catalog.problem import Level, Problem, Rejected
from catalog.registry import nearest
from flows.sources._sheet import Cell, Merge, Sheet, SheetOptions

#: What a kind adds to calamine's cells: merged blocks and texts of cells.
Extras = tuple[Sequence[Merge], Mapping[Cell, str]]


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
    from python_calamine import CalamineWorkbook

    with _translated(kind), TemporaryDirectory(prefix="samdao-book-") as folder:
        # Evidence has no suffix, and without one calamine tries every kind and says only that
        # none fits; with it, it says what is wrong.
        link = Path(folder) / f"book.{kind.lower()}"
        link.symlink_to(path.resolve())
        workbook = CalamineWorkbook.from_path(str(link))
        name, notes = _chosen(workbook, options)
        merges, errors = extras(name)
        found = workbook.get_sheet_by_name(name)
        if found.start is None or found.end is None:
            raise Rejected(Problem("sheet-empty", params={"sheet": name}))
        left, right = found.start[1], found.end[1]
        merges = merges or found.merged_cell_ranges or ()
        return Sheet(name, found.iter_rows(), left, right - left + 1, merges, errors, notes)


def _chosen(workbook: Any, options: SheetOptions) -> tuple[str, tuple[Problem, ...]]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    names: list[str] = workbook.sheet_names
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if isinstance(options.sheet, int):
        if not 1 <= options.sheet <= len(names):
            _no_sheet(str(options.sheet), names)
        return names[options.sheet - 1], ()
    if options.sheet is not None:
        if options.sheet not in names:
            _no_sheet(options.sheet, names)
        return options.sheet, ()
    visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
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
