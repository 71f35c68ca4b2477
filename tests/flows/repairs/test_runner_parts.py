"""The parts that the runner is made of: different texts of a column, a survey that listens."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.repairs import _distinct
from flows.repairs._arrow import any_octet, is_ascii
from flows.repairs._distinct import Texts, bunches
from flows.repairs._ear import Ear

columns = st.lists(
    st.lists(st.sampled_from(["ก", "ข", "", None, "a b"]), max_size=8), min_size=1, max_size=5
)


def pairs(batches: list[list[str | None]]) -> list[tuple[pa.Array, pa.Array]]:
    found, row = [], 2
    for batch in batches:
        rows = pa.array(range(row, row + len(batch)), pa.int64())
        found.append((rows, pa.array(batch, pa.string())))
        row += len(batch)
    return found


@given(columns)
@settings(deadline=None)
def test_texts_know_their_rows_and_first_places(batches):
    texts = Texts()
    again = []
    for rows, values in pairs(batches):
        codes, _ = texts.add(rows, values)
        again += texts.values.take(codes).to_pylist()

    every = [value for batch in batches for value in batch]
    bunch = texts.bunch()
    counts = dict(zip(bunch.values.to_pylist(), bunch.counts.to_pylist(), strict=True))
    assert again == every
    assert counts == Counter(every)
    assert bunch.first.to_pylist() == [every.index(value) + 2 for value in counts]


def test_column_of_many_texts_comes_in_several_bunches_and_loses_none(monkeypatch):
    monkeypatch.setattr(_distinct, "MOST_TEXTS", 3)
    batches = [["a", "b"], ["c", "d"], ["a", "e"]]

    found = [*bunches(iter(pairs(batches)))]

    assert [bunch.values.to_pylist() for bunch in found] == [["a", "b", "c", "d"], ["a", "e"]]
    assert sum(sum(bunch.counts.to_pylist()) for bunch in found) == 6


def test_bunches_pass_through_as_they_are():
    bunch = _distinct.Bunch(pa.array([2]), pa.array(["ก"]), pa.array([7]))

    assert [*bunches(iter([bunch]))] == [bunch]


def test_ear_answers_for_all_that_it_heard():
    ear = Ear(lambda column, add: sum(column) + add, 1)
    for number in range(100):
        ear.hear(number)

    assert ear.answer() == 4951


def test_ear_raises_what_the_survey_raised_and_never_blocks_who_feeds_it():
    def refuse(column, options):
        raise ValueError("both eras")

    ear = Ear(refuse, None)
    for number in range(100):
        ear.hear(number)

    with pytest.raises(ValueError, match="both eras"):
        ear.answer()


def test_bytes_of_a_slice_are_its_own():
    values = pa.array(["ก", "plain", None, "ข%"])

    assert is_ascii(values.slice(1, 2))
    assert not is_ascii(values)
    assert any_octet(values, b"%")
    assert not any_octet(values.slice(0, 3), b"%")
    assert is_ascii(pa.array([None, None], pa.string()))
