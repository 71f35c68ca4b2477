from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.sources._cells import Column, cell_text

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)


def texts(*batches):
    column = Column()
    for batch in batches:
        column.add(batch)
    return [text for array in column.texts() for text in array.to_pylist()]


@given(st.lists(NUMBERS | st.just(""), min_size=1))
def test_column_of_numbers_is_written_as_each_number_is(values):
    assert texts(values) == [cell_text(value) or None for value in values]


@given(st.lists(NUMBERS, min_size=1))
def test_number_means_the_same_as_text(values):
    assert [float(text) for text in texts(values)] == [float(value) for value in values]


@given(st.lists(NUMBERS | st.booleans() | st.text(st.characters(codec="utf-8")), min_size=1))
def test_column_of_all_kinds_is_written_as_each_cell_is(values):
    assert texts(values) == [cell_text(value) or None for value in values]
