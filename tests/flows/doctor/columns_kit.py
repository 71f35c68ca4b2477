"""Columns and tables made of a few values, and what the doctor says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.doctor import Column, Diagnosis, Finding
from flows.doctor._column_mend import Draft, mended, misfits
from flows.doctor._values_view import View
from flows.doctor.columns import answered, columns, diagnose
from flows.sources import RawTable

#: Position of the first row of data, as in a file with one header line.
FIRST = 2


def staged(folder: Path, table: Mapping[str, Sequence[str | None]]) -> Path:
    """A table as its reader would have laid it aside."""
    rows = len(next(iter(table.values())))
    arrays = {"_row": pa.array(range(FIRST, FIRST + rows), pa.int64())}
    arrays |= {f"c{at}": pa.array(v, pa.string()) for at, v in enumerate(table.values())}
    path = folder / "table.parquet"
    pq.write_table(pa.table(arrays), path)
    return path


def laid_aside(raw: RawTable, path: Path) -> Path:
    """A table that a reader gave, laid aside."""
    named = [f"c{at}" for at in range(len(raw.columns))]
    batches = [batch.rename_columns(["_row", *named]) for batch in raw.open()]
    pq.write_table(pa.Table.from_batches(batches), path)
    return path


def columns_of(folder: Path, table: Mapping[str, Sequence[str | None]]) -> tuple[Column, ...]:
    """Its columns."""
    return columns(staged(folder, table), list(table), None)


def diagnosed(folder: Path, label: str, values: Sequence[str | None]) -> Diagnosis:
    """What one column holds."""
    return diagnose(columns_of(folder, {label: values})[0])


def finding(found: Diagnosis | Sequence[Finding], code: str) -> Finding:
    """The one finding of a code."""
    findings = found.findings if isinstance(found, Diagnosis) else found
    [one] = [item for item in findings if item.problem.code == code]
    return one


def codes(found: Diagnosis | Sequence[Finding]) -> set[str]:
    """Codes of all findings."""
    findings = found.findings if isinstance(found, Diagnosis) else found
    return {item.problem.code for item in findings}


def after(found: Diagnosis, *answers: str) -> list[str | None]:
    """The distinct values after the proposed repairs, questions answered in order."""
    chosen = chosen_answers(found, *answers)
    seen = View(found.column.values)
    return mended(seen, chosen.repairs).to_pylist()


def chosen_answers(found: Diagnosis, *answers: str) -> Diagnosis:
    """The diagnosis with its questions answered, in order; those of privacy are not of here."""
    choices = [
        next(choice for choice in item.question.choices if choice.name == answer)
        for item, answer in zip(questions(found), answers, strict=True)
    ]
    return answered(found, choices)


def questions(found: Diagnosis) -> list[Finding]:
    """Findings that ask, but for those about privacy."""
    asking = (item for item in found.findings if item.question)
    return [item for item in asking if not item.problem.code.startswith("privacy")]


def strangers(found: Diagnosis) -> list[str]:
    """Values that are not of the type after the repairs: none may be left once all is answered."""
    seen = View(found.column.values)
    draft = Draft(found.type, found.format, dict(found.properties))
    values = mended(seen, found.repairs)
    return [seen.texts[int(at)].as_py() for at in misfits(draft, values).nonzero()[0]]
