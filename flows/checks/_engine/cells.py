"""The second pass: cells that are not surely good, streamed, judged once per distinct text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.problem import Problem
from flows.checks._engine.found import Example, Findings
from flows.checks._engine.judge import Judge, Verdict
from flows.checks._engine.plan import Column
from flows.checks._engine.scan import Look
from flows.checks._engine.source import ORDER, ROW, Source

if TYPE_CHECKING:
    import duckdb

_BATCH = 20_000
_SHOWN = 100
_NONE = '"#none"'
Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]


def judge_cells(
    connection: duckdb.DuckDBPyConnection, source: Source, seen: Look,
    judges: Mapping[str, Judge], findings: Findings,
) -> None:  # fmt: skip
    """Judge every cell of the doubtful columns, and find blank rows.

    A blank row is one problem; what else its cells lack is not told (as Frictionless has it).
    """
    columns = [_Cells(column, judges, findings) for column in seen.doubtful]
    asked = connection.sql(_query(source, seen))
    for batch in asked.to_arrow_reader(_BATCH):
        places = _Places(batch)
        _blank_rows(places, findings)
        shown: list[Example] = []
        for number, column in enumerate(columns):
            shown += column.judge(batch, 3 + 2 * number, places)
        findings.show(shown)


def _query(source: Source, seen: Look) -> str:
    """Rows with a doubtful cell or without any value: place, then of each column good, text."""
    good = [f'{source.good(c)} AS "#g{c.index}", {source.text(c)} AS "#t{c.index}"'
            for c in seen.doubtful]  # fmt: skip
    blank = f"{source.blank if seen.blank else 'FALSE'} AS {_NONE}"
    flags = [f'"#g{c.index}"' for c in seen.doubtful]
    cells = [
        f'{flag}, CASE WHEN {flag} THEN NULL ELSE "#t{c.index}" END'
        for c, flag in zip(seen.doubtful, flags, strict=True)
    ]
    fine = " AND ".join(flags) or "TRUE"
    return (
        f"SELECT {', '.join([ORDER, ROW, _NONE, *cells])} "
        f"FROM (SELECT {', '.join([ORDER, ROW, blank, *good])} FROM ({source.query})) "
        f"WHERE NOT ({fine}) OR {_NONE}"
    )


class _Places:
    """Where the rows of a batch stand."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self.order: Ints = batch.column(0).to_numpy(zero_copy_only=False)
        self.row: Ints = batch.column(1).to_numpy(zero_copy_only=False)
        self.blank: Flags = batch.column(2).to_numpy(zero_copy_only=False)

    def example(self, at: int, rank: tuple[int, int], problem: Problem) -> Example:
        return Example(int(self.order[at]), rank, problem.at(row=int(self.row[at])))


def _blank_rows(places: _Places, findings: Findings) -> None:
    found = np.flatnonzero(places.blank)
    if not found.size:
        return
    findings.count("blank-row", None, int(found.size))
    wanted = _wanted(places, found, findings, new=not findings.known("blank-row", None))
    problem = Problem("blank-row", params={"note": ""})
    findings.show(places.example(at, (0, 0), problem) for at in wanted)


def _wanted(places: _Places, rows: Ints, findings: Findings, *, new: bool) -> Ints:
    """Those rows that are worth showing: the first, and one of each new kind."""
    until = findings.until
    if until is None:
        return rows[: findings.limit]
    above = rows[places.order[rows] < until]
    return above if above.size or not new else rows[:1]


class _Cells:
    """One column: its judge, and the kinds of verdicts met so far."""

    def __init__(self, column: Column, judges: Mapping[str, Judge], findings: Findings) -> None:
        self._column = column
        self._judge = None if column.binary else judges[column.name]
        self._findings = findings
        self._kinds: list[Verdict] = [()]
        self._numbers: dict[Verdict, int] = {(): 0}

    def judge(self, batch: pa.RecordBatch, place: int, places: _Places) -> Iterator[Example]:
        """Count what is wrong in a batch, and give the examples that are still wanted."""
        doubtful = np.flatnonzero(~batch.column(place).to_numpy(zero_copy_only=False))
        doubtful = doubtful[~places.blank[doubtful]]
        if not doubtful.size:
            return
        texts = batch.column(place + 1).take(pa.array(doubtful))
        kinds = self._kinds_of(texts)
        for kind in np.unique(kinds):
            if kind:
                yield from self._tell(int(kind), doubtful[kinds == kind], batch, place, places)

    def _kinds_of(self, texts: pa.Array) -> Ints:
        """The kind of verdict of each cell."""
        if self._judge is None:
            note = 'constraint "required" is "True"'
            return np.full(len(texts), self._number((("constraint-error", note),)))
        encoded = texts.dictionary_encode(null_encoding="encode")
        judged = self._judge.judge(encoded.dictionary.to_pylist())
        numbers = np.array([self._number(one.verdict) for one in judged], np.int64)
        found: Ints = numbers[encoded.indices.to_numpy(zero_copy_only=False)]
        return found

    def _number(self, verdict: Verdict) -> int:
        if verdict not in self._numbers:
            self._numbers[verdict] = len(self._kinds)
            self._kinds.append(verdict)
        return self._numbers[verdict]

    def _tell(
        self, kind: int, rows: Ints, batch: pa.RecordBatch, place: int, places: _Places
    ) -> Iterator[Example]:
        name, verdict = self._column.name, self._kinds[kind]
        new = False
        for code in {code for code, _ in verdict}:
            new = new or not self._findings.known(code, name)
            self._findings.count(code, name, int(rows.size))
        for at in _wanted(places, rows, self._findings, new=new):
            text = None if self._judge is None else batch.column(place + 1)[int(at)].as_py()
            for number, (code, note) in enumerate(verdict):
                yield places.example(
                    at, (self._column.index, number), self._problem(code, note, text)
                )

    def _problem(self, code: str, note: str, text: Any) -> Problem:
        params = {"note": note, "type": self._column.field.type}
        value = None if text is None else str(text)[:_SHOWN]
        return Problem(code, field=self._column.name, value=value, params=params)
