"""The fast way and the exact way of reading CSV give the same, byte for byte."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.problem import Rejected
from flows.sources import _csv_exact, _csv_fast
from flows.sources._csv_exact import Dialect
from flows.sources._table import table_schema

COMMA = Dialect(",")
LABELS = ("ก", "ข")
SCHEMA = table_schema(LABELS)

#: Text made of what matters to a parser, and a Thai letter of three bytes.
SIGNS = st.text(st.sampled_from(list('ก,"\r\n x')), max_size=24)
CELLS = st.text(st.sampled_from(list('ก1,"\r\n ')), max_size=5)


def exact(text):
    stream = io.StringIO(text, newline="")
    return list(_csv_exact.batches(stream, LABELS, SCHEMA, COMMA, 0))


def fast(data, shape):
    stream = pa.BufferReader(data)
    return list(_csv_fast.batches(stream, SCHEMA, COMMA, 1, embedded=shape.embedded))


def shape(data):
    return _csv_fast.shape(pa.BufferReader(data), COMMA)


def rows(batches):
    return pa.Table.from_batches(batches, SCHEMA).to_pylist()


def refused_or(action):
    """What a call gives, or the codes of the problems with which it refuses."""
    try:
        return action()
    except Rejected as error:
        return {problem.code for problem in error.problems}


@settings(max_examples=400, deadline=None)
@given(SIGNS)
@example('"ก",x\n')
@example('x,"a\n\nb"\n')
@example('a,b\r\n"c\r\n",d\r\n\r\n')
@example(' "a",b\n')
@example('"",\n"""",x')
def test_what_the_fast_way_takes_it_reads_as_the_exact_way_does(text):
    data = text.encode()
    seen = shape(data)
    if not seen.plain:
        return
    expected = refused_or(lambda: rows(exact(text)))
    if not isinstance(expected, set):
        assert rows(fast(data, seen)) == expected
        return
    assert expected <= {"extra-cell", "missing-cell"}
    with pytest.raises(_csv_fast.NotPlainError):
        fast(data, seen)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_what_a_writer_wrote_comes_back(table, end):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(table)
    text = buffer.getvalue()

    found = rows(exact(text))

    assert [(row["ก"], row["ข"]) for row in found] == table
    lines = text.splitlines(keepends=True) if "\r" not in text.replace("\r\n", "") else None
    if lines:
        assert found[-1]["_row"] <= len(lines)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_well_quoted_file_without_odd_returns_takes_the_fast_way(table):
    clean = [[cell.replace("\r", "").replace("\n\n", "\n") for cell in row] for row in table]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(clean)
    text = buffer.getvalue()
    seen = shape(text.encode())

    # A blank line inside of a cell is the one thing it leaves to the exact way without need.
    assert seen.plain or "\n\n" in text
    if seen.plain:
        assert rows(fast(text.encode(), seen)) == rows(exact(text))


@given(SIGNS, st.integers(1, 5))
def test_shape_does_not_depend_on_where_chunks_end(text, length):
    data = text.encode()

    class Small:
        def __init__(self):
            self.stream = io.BytesIO(data)

        def read(self, _):
            return self.stream.read(length)

    assert _csv_fast.shape(Small(), COMMA) == shape(data)
