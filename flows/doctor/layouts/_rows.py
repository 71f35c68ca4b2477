"""What the rows of a table say once it is read as proposed: totals, repeated headers, blank rows.

The repairs that would be declared are run over the table, one after the other, and asked what they
did: what is counted here is what they will do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.doctor import Finding, bounded
from flows.doctor.layouts import _words
from flows.doctor.layouts._say import ask, choice, rows, warning
from flows.repairs import NoOptions, drop_blank_rows, drop_repeated_headers, drop_total_rows
from flows.repairs._arrow import matches
from flows.repairs._rows import add_up, read_numbers
from flows.sources import POSITION, RawTable

#: Columns in which the label of a total is looked for, and rows of totals that are kept in mind.
_LABELS, _KEPT = 3, 400
#: Greatest share of rows that are totals of others; beyond, they are what the table is about.
_TOTALS = 0.4
#: Share of empty cells from which a column of groups seems to name each one once.
_GROUPS = 0.3


@dataclass(slots=True)
class _Told:
    """What a repair told: rows, and the first of them in words."""

    rows: list[int] = field(default_factory=list)
    count: int = 0
    example: str = ""

    def add(self, rows: pa.Array, example: str) -> None:
        self.example = self.example or example
        self.count += len(rows)
        self.rows += rows.slice(0, max(_KEPT - len(self.rows), 0)).to_pylist()


@dataclass(slots=True)
class Reading:
    """A table as its reader gave it.

    Attributes:
        rows: how many.
        labels: of its columns.
        blank: cells of each column that are empty, in rows that are not.
        first: whether the first row has something in each column.
        told: what the repairs did, by code.
        totals: rows that call themselves totals: row, column, label.
    """

    labels: tuple[str, ...]
    rows: int = 0
    blank: dict[str, int] = field(default_factory=dict)
    first: dict[str, bool] = field(default_factory=dict)
    told: dict[str, _Told] = field(default_factory=dict)
    totals: list[tuple[int, str, str]] = field(default_factory=list)

    def tell(self, what: str, rows: pa.Array, example: str = "", *, changed: bool = True) -> None:
        """What a repair says it did."""
        self.told.setdefault(what, _Told()).add(rows, example)

    def count(self, what: str) -> int:
        """Rows that a repair told of."""
        return self.told[what].count if what in self.told else 0


def read(table: RawTable) -> Reading:
    """Read a table through the repairs of its rows.

    Raises:
        Rejected: the reader refuses it, or it has more columns than are looked at.
    """
    bounded(len(table.columns))
    labels = tuple(label for label in table.columns if label != table.geometry)
    found = Reading(labels)
    batches = (_text(batch, labels) for batch in table.open())
    counted = _counted(batches, found)
    blank = drop_blank_rows.repair(counted, NoOptions(), found.tell)
    once = drop_repeated_headers.repair(blank, NoOptions(), found.tell)
    seen = _looked(once, found)
    for _ in drop_total_rows.repair(seen, drop_total_rows.Options(), found.tell):
        pass
    return found


def _text(batch: pa.RecordBatch, labels: Sequence[str]) -> pa.RecordBatch:
    return batch.select([POSITION, *labels])


def _counted(batches: Iterator[pa.RecordBatch], found: Reading) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        found.rows += batch.num_rows
        yield batch


def _looked(batches: Iterator[pa.RecordBatch], found: Reading) -> Iterator[pa.RecordBatch]:
    """Count empty cells, and note the rows whose first words call them totals."""
    for batch in batches:
        if not batch.num_rows:
            continue
        for label in found.labels:
            column = batch.column(label)
            empty = column.null_count + int(pc.sum(pc.equal(column, "")).as_py() or 0)
            found.blank[label] = found.blank.get(label, 0) + empty
            found.first.setdefault(label, bool((column[0].as_py() or "").strip()))
        for label in found.labels[:_LABELS]:
            _note_totals(batch, label, found)
        yield batch


def _note_totals(batch: pa.RecordBatch, label: str, found: Reading) -> None:
    column = batch.column(label)
    mask = matches(column, _words.totals_pattern())
    mask = pc.or_(mask, pc.is_in(pc.utf8_trim_whitespace(column), pa.array(_words.parts())))
    if not pc.any(mask).as_py():
        return
    before = found.labels[: found.labels.index(label)]
    for row in batch.filter(mask).slice(0, _KEPT).to_pylist():
        # Behind other words it is a name; the other cells of a total are figures.
        if any(_is_word(row[other]) for other in before) or len(found.totals) >= _KEPT:
            continue
        if any(_is_figure(row[other]) for other in found.labels if other != label):
            found.totals.append((row[POSITION], label, row[label]))


def _is_word(cell: str | None) -> bool:
    return bool(cell and cell.strip()) and not _words.is_number(cell or "")


def _is_figure(cell: str | None) -> bool:
    return bool(cell and cell.strip()) and _words.is_number(cell or "")


def findings(
    reading: Reading, table: RawTable, place: str | None, merged: Mapping[str, int]
) -> Iterator[Finding]:
    """What there is to say of a table's rows.

    Args:
        reading: what was read.
        table: the table.
        place: sheet, for the address.
        merged: cells of each column that are covered by one merged down over them.
    """
    yield from _dropped(reading, place)
    yield from _totals(reading, table, place)
    yield from _groups(reading, place, merged)


def _dropped(reading: Reading, place: str | None) -> Iterator[Finding]:
    for what, code, name in (
        ("rows-blank", "doctor-rows-blank", "drop_blank_rows"),
        ("rows-header", "doctor-rows-header", "drop_repeated_headers"),
        ("rows-total", "doctor-rows-total", "drop_total_rows"),
    ):
        told = reading.told.get(what)
        if told:
            examples = [(told.rows[0], told.example)] if told.example else []
            yield warning(
                code, place=place, row=told.rows[0], examples=examples, count=told.count,
                remedies=[rows(name)],
            )  # fmt: skip


def _totals(reading: Reading, table: RawTable, place: str | None) -> Iterator[Finding]:
    """Rows of totals that do not add up, or stand among the data: what they are has to be asked."""
    ends = set(reading.told["rows-total"].rows) if "rows-total" in reading.told else set()
    inside = [found for found in reading.totals if found[0] not in ends]
    kept = set(reading.told["total-row-kept"].rows) if "total-row-kept" in reading.told else set()
    last = [found for found in inside if found[0] in kept]
    if last and not ends:
        sums = _adding_up(reading, table, last[0])
        if sums:
            inside = [found for found in inside if found not in last]
            yield warning(
                "doctor-rows-total", place=place, examples=[(last[0][0], last[0][2])],
                remedies=[rows("drop_total_rows", sums=sums)],
            )  # fmt: skip
    named = any(_words.is_total(text) for _, _, text in inside)
    # A region that is no sum of others is a name like any other.
    if named and len(inside) <= _TOTALS * reading.rows:
        yield _among(inside, place)


def _among(inside: Sequence[tuple[int, str, str]], place: str | None) -> Finding:
    """Rows of totals among the data: row, column and label of each."""
    labels: dict[str, set[str]] = {}
    for _, label, text in inside:
        labels.setdefault(label, set()).add(text)
    drops = [rows("drop_rows", column=at, equals=sorted(texts)) for at, texts in labels.items()]
    question = ask(
        "doctor-ask-totals",
        choice("drop", "doctor-choice-totals-drop", *drops),
        choice("keep", "doctor-choice-totals-keep"),
        likely="drop",
    )
    examples = [(row, text) for row, _, text in inside]
    return warning(
        "doctor-rows-total-inside", place=place, field=inside[0][1], examples=examples,
        question=question,
    )  # fmt: skip


def _adding_up(reading: Reading, table: RawTable, total: tuple[int, str, str]) -> list[str]:
    """The columns whose figures in a row of totals are the sums of those above."""
    sums = dict.fromkeys(reading.labels, 0.0)
    figures: dict[str, float] = {}
    labelled = pa.array([row for row, _, _ in reading.totals], pa.int64())
    for batch in table.open():
        here = batch.filter(pc.equal(batch.column(POSITION), total[0]))
        data = batch.filter(pc.invert(pc.is_in(batch.column(POSITION), labelled)))
        for label in reading.labels:
            sums[label] += add_up(data.column(label)) or 0.0
            if here.num_rows:
                figure = read_numbers(here.column(label))[0].as_py()
                figures |= {label: figure} if figure is not None else {}
    return [
        label
        for label, figure in figures.items()
        if figure and bool(np.isclose(figure, sums[label], rtol=1e-9, atol=0.0))
    ]


def _groups(reading: Reading, place: str | None, merged: Mapping[str, int]) -> Iterator[Finding]:
    """Columns that name a group once, for all its rows: merged cells, or empty ones below."""
    filled = reading.rows - reading.count("rows-blank") - reading.count("rows-header")
    unsure: list[str] = []
    for at, label in enumerate(reading.labels):
        blank, covered = reading.blank.get(label, 0), merged.get(label, 0)
        fill = rows("fill_down", columns=[label])
        if covered and blank == covered:
            yield warning(
                "doctor-cells-merged", place=place, field=label, count=covered, remedies=[fill]
            )
            continue
        full = any(not reading.blank.get(other, 0) for other in reading.labels[at + 1 :])
        starts = at < _LABELS and reading.first.get(label) and full
        if covered or (starts and _GROUPS * filled <= blank < filled):
            unsure.append(label)
    if not unsure:
        return
    fill = rows("fill_down", columns=unsure)
    yield warning(
        "doctor-cells-groups", place=place, field=unsure[0],
        count=sum(reading.blank.get(label, 0) for label in unsure),
        examples=[(None, label) for label in unsure],
        question=ask(
            "doctor-ask-groups",
            choice("fill", "doctor-choice-groups-fill", fill),
            choice("leave", "doctor-choice-groups-leave"),
            likely="fill" if merged.keys() & set(unsure) else None,
        ),
    )  # fmt: skip
