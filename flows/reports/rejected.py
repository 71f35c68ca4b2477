"""The rows that were rejected, as CSV that Excel opens: row, reasons, then the row as found."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Level
from catalog.speech import phrases
from flows.reports import Report
from flows.sources import POSITION

ENDING = ".rejected.csv"
#: Beginnings that Excel takes for a formula (OWASP, «CSV Injection»).
_FORMULA = r"^[=+\-@\t\r]"
_NUMBER = r"^[+-]?[0-9][0-9,.]*$"


def write(report: Report, target: Path) -> None:
    """Write the rows; a file with a header alone where no row was rejected."""
    reasons: dict[int, list[str]] = defaultdict(list)
    for problem in report.problems:
        if problem.level is Level.ERROR and problem.row is not None:
            said = report.said(problem)
            if said not in reasons[problem.row]:
                reasons[problem.row].append(said)
    words = phrases("flows.reports", "reports")
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([words["row"]["th"], words["reason"]["th"], *report.labels])
        _write_rows(report, dict(reasons), file)


def _write_rows(report: Report, reasons: dict[int, list[str]], file: IO[str]) -> None:
    writer = csv.writer(file)
    for batch in _rejected(report, pa.array(sorted(reasons), pa.int64())):
        columns = [_harmless(column).to_pylist() for column in batch.columns[1:]]
        for row, *cells in zip(batch.column(0).to_pylist(), *columns, strict=True):
            writer.writerow([row, "; ".join(reasons[row]), *cells])


def _rejected(report: Report, rows: pa.Array) -> Iterator[pa.RecordBatch]:
    if report.open is None or not len(rows):
        return
    for batch in report.open():
        yield batch.filter(pc.is_in(batch.column(POSITION), value_set=rows))


def _harmless(column: pa.Array) -> pa.Array:
    """Text that Excel would run as a formula gets an apostrophe; geometry is only named."""
    if not pa.types.is_string(column.type):
        return pa.array(["…"] * len(column))
    risky = pc.and_(
        pc.match_substring_regex(column, _FORMULA),
        pc.invert(pc.match_substring_regex(column, _NUMBER)),
    )
    quoted = pc.binary_join_element_wise("'", column, "")
    return pc.if_else(pc.fill_null(risky, False), quoted, column)
