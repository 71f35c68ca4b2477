"""One column on its way through its repairs, batch by batch.

A column that repeats itself is repaired text by text, each different one once (``_distinct``), and
counted by how often it stands. What a repair has to know of the whole column before it may touch a
value is guessed from the first batch, while the whole is looked at on the way: where the guess
turns out wrong, and that is rare, the table is read once more with what is then known.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Problem, Rejected
from flows.repairs._arrow import differs
from flows.repairs._changes import Changed, changed_rows
from flows.repairs._distinct import Texts, repeats
from flows.repairs._ear import Ear
from flows.repairs._plan import Step
from flows.repairs._report import Report
from flows.sources import POSITION

#: Stands for the decision of a survey that refused: the column's values are left alone.
REFUSED = object()


@dataclass(slots=True)
class Verdict:
    """What the surveys of a column found.

    Attributes:
        decisions: of the whole column, by place in its chain.
        right: whether the values were repaired by them.
        problems: an ambiguity that may not be guessed.
    """

    decisions: dict[int, Any] = field(default_factory=dict)
    right: bool = True
    problems: tuple[Problem, ...] = ()


class ColumnRun:
    """A column's chain of repairs.

    Args:
        name: of the column.
        chain: its repairs in order.
        known: decisions of an earlier pass, by place in the chain.
        report: counts what changes.
        record: whether every change is wanted, not only its count.
    """

    def __init__(
        self, name: str, chain: tuple[Step, ...], known: Mapping[int, Any], report: Report, *,
        record: bool = False,
    ) -> None:  # fmt: skip
        self._name, self._chain, self._report, self._record = name, chain, report, record
        self._known = dict(known)
        self._decisions = dict(known)
        self._ears: dict[int, Ear] = {}
        self._memo: _Memo | None = None
        self._begun = False
        self.changed: list[Changed] = []

    def __call__(self, batch: pa.RecordBatch) -> pa.Array:
        """The column's values of a batch, repaired; the same object where nothing changed."""
        rows, values = batch.column(POSITION), batch.column(self._name)
        self.changed = []
        if not self._chain:
            return values
        if not self._begun:
            self._begun = True
            alone = not any(step.beside for step in self._chain)
            self._memo = _Memo() if alone and repeats(values) else None
        if self._memo is None:
            return self._each(rows, values, batch)
        repaired = self._by_text(self._memo, rows, values)
        if self._memo.stages and not self._memo.texts.worth_while:
            self._give_up(self._memo)
        return repaired

    @property
    def repeats(self) -> bool:
        """Whether the column repeats itself, as far as is known."""
        return self._memo is not None

    def finish(self) -> Verdict:
        """What the whole column says; its counts go to the report."""
        memo = self._memo if self._memo and self._memo.stages else None
        verdict = Verdict(dict(self._known))
        if memo:
            self._count(memo)
        for index, step in enumerate(self._chain):
            if not self._is_open(index) or not (memo or index in self._ears):
                continue
            try:
                if memo:
                    bunch = memo.texts.bunch(memo.stages[index])
                    found = step.module.survey(iter([bunch]), step.options)
                else:
                    found = self._ears[index].answer()
            except Rejected as error:
                verdict.problems = error.at(field=self._name).problems
                break
            verdict.decisions[index] = found
            if found != self._decisions[index]:
                verdict.right = False
                break
        self.close()
        return verdict

    def close(self) -> None:
        """Let go of what still listens."""
        for ear in self._ears.values():
            ear.close()

    def _is_open(self, index: int) -> bool:
        """Whether a repair's survey has still to be heard."""
        return index not in self._known and hasattr(self._chain[index].module, "survey")

    def _guess(self, index: int, seen: tuple[pa.Array, ...]) -> None:
        """Decide by the first batch, for now."""
        if not self._is_open(index) or index in self._decisions:
            return
        step = self._chain[index]
        try:
            self._decisions[index] = step.module.survey(iter([seen]), step.options)
        except Rejected:
            self._decisions[index] = REFUSED

    def _apply(self, index: int, values: pa.Array, *others: pa.Array) -> pa.Array:
        step, decision = self._chain[index], self._decisions.get(index)
        if decision is REFUSED:
            return values
        repaired: pa.Array = step.module.repair(values, step.options, decision, *others)
        return repaired

    # --- value by value

    def _each(self, rows: pa.Array, values: pa.Array, batch: pa.RecordBatch) -> pa.Array:
        for index, step in enumerate(self._chain):
            self._guess(index, (rows, values))
            if self._is_open(index):
                self._ear(index).hear((rows, values))
            if self._decisions.get(index) is REFUSED:
                break
            others = [batch.column(name) for name in step.beside]
            after = self._apply(index, values, *others)
            mask = self._report.compare((self._name, index), step, rows, values, after)
            if self._record and mask is not None:
                self.changed.append(changed_rows(step, self._name, mask, rows, values, after))
            values = after
        return values

    def _ear(self, index: int) -> Ear:
        if index not in self._ears:
            step = self._chain[index]
            self._ears[index] = Ear(step.module.survey, step.options)
        return self._ears[index]

    # --- text by text

    def _by_text(self, memo: _Memo, rows: pa.Array, values: pa.Array) -> pa.Array:
        codes, new = memo.texts.add(rows, values)
        if len(new):
            stages = [new]
            for index in range(len(self._chain)):
                if not memo.stages:
                    self._guess(index, memo.texts.bunch(stages[-1]))
                stages.append(self._apply(index, stages[-1]))
            memo.grow(stages)
        if self._record:
            self._remember(memo, codes, rows)
        return memo.stages[-1].take(codes) if memo.changes else values

    def _remember(self, memo: _Memo, codes: pa.Array, rows: pa.Array) -> None:
        for index, step in enumerate(self._chain):
            mask = memo.masks[index].take(codes)
            if pc.any(mask).as_py():
                parts = [memo.stages[at].take(codes) for at in (index, index + 1)]
                self.changed.append(changed_rows(step, self._name, mask, rows, *parts))

    def _count(self, memo: _Memo) -> None:
        for index, step in enumerate(self._chain):
            bunch = memo.texts.bunch(memo.stages[index])
            self._report.weigh(
                (self._name, index), step, bunch, memo.stages[index + 1], memo.masks[index]
            )

    def _give_up(self, memo: _Memo) -> None:
        """Go on value by value: surveys hear what was met so far."""
        self._count(memo)
        for index in range(len(self._chain)):
            if self._is_open(index):
                self._ear(index).hear(memo.texts.bunch(memo.stages[index]))
            if self._decisions.get(index) is REFUSED:
                break
        self._memo = None


class _Memo:
    """A column's different texts after each of its repairs.

    Attributes:
        texts: as found.
        stages: before the first repair, then after each.
        masks: which of them a repair changed.
        changes: whether any did.
    """

    def __init__(self) -> None:
        self.texts = Texts()
        self.stages: list[pa.Array] = []
        self.masks: list[pa.Array] = []
        self.changes = False

    def grow(self, stages: list[pa.Array]) -> None:
        """Take new texts in, with what became of them."""
        masks = [differs(a, b) for a, b in itertools.pairwise(stages)]
        if not self.stages:
            self.stages, self.masks = stages, masks
        else:
            self.stages = _joined(self.stages, stages)
            self.masks = _joined(self.masks, masks)
        self.changes = self.changes or any(pc.any(mask).as_py() for mask in masks)


def _joined(known: list[pa.Array], new: list[pa.Array]) -> list[pa.Array]:
    return [pa.concat_arrays(pair) for pair in zip(known, new, strict=True)]
