"""Runs of records read at once give what the reader that goes value by value gives, or nothing."""

from __future__ import annotations

import json
import random
from unittest import mock

import pyarrow as pa
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.problem import Rejected
from flows.sources import _json_stream, _spool
from flows.sources import geojson as geo
from flows.sources import json as plain
from flows.sources._json_fast import Number, UnsureError, members, run, texts

PROPERTY = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None
)


def outcome(module, pulled, text, *, fast):
    """All rows of a text, or what it is refused with."""
    slow = mock.patch.object(_json_stream.Cursor, "run", return_value=None)
    try:
        with mock.patch.object(_json_stream, "_RUN", 150) if fast else slow:
            table = module.read(pulled(text), module.Options(path="a"))
            rows = pa.Table.from_batches(list(table.open())).to_pylist()
            return table.columns, rows, [finding.code for finding in table.findings]
    except Rejected as error:
        return [(problem.code, problem.row, problem.field) for problem in error.problems]


NAMES = st.sampled_from(["ก", "ชื่อ", "a", "a", "x,y", '"', "\\", "_row", ""])
TEXTS = st.text(st.sampled_from('กข a,{}[]":\\\n\u2028é😀01'), max_size=6)
SCALARS = (
    st.none() | st.booleans() | st.integers() | TEXTS | st.floats(allow_nan=True)
    | st.decimals(-10**30, 10**30, allow_nan=False, places=3).map(lambda number: Raw(number))
)  # fmt: skip
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
RECORDS = st.lists(st.dictionaries(NAMES, VALUES, max_size=4), min_size=1, max_size=12)


class Raw:
    """A number that is written as it is."""

    def __init__(self, number):
        self.text = str(number) if "E" not in str(number) else "0"


def written(value, ascii_only):
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        pairs = (f"{json.dumps(k)}: {written(v, ascii_only)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(item, ascii_only) for item in value) + "]"
    return json.dumps(value, ensure_ascii=ascii_only)


@given(RECORDS, st.booleans(), st.sampled_from(["[%s]", "lines"]), st.sampled_from([",", ",\n "]))
@PROPERTY
def test_records_are_the_same_read_at_once_or_one_by_one(pulled, records, ascii_only, form, comma):
    parts = [written(record, ascii_only) for record in records]
    text = "\n".join(parts) if form == "lines" else form % comma.join(parts)

    assert outcome(plain, pulled, text, fast=True) == outcome(plain, pulled, text, fast=False)


@given(RECORDS, st.booleans(), st.integers(0, 2**32))
@PROPERTY
def test_damaged_records_are_refused_the_same_way(pulled, records, lines, seed):
    parts = [written(record, False) for record in records]
    text = "\n".join(parts) if lines else "[" + ", ".join(parts) + "]"
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text))
        sign = chance.choice('{}[]:,"\\ 0e-n\n')
        text = text[:at] + sign * chance.randint(0, 2) + text[at + chance.randint(0, 2) :]
    if not text.strip():
        return

    assert outcome(plain, pulled, text, fast=True) == outcome(plain, pulled, text, fast=False)


POSITION = st.lists(st.floats(-180, 180).map(lambda x: round(x, 5)), min_size=2, max_size=3)
RING = st.lists(POSITION, min_size=3, max_size=5).map(lambda ring: [*ring, ring[0]])
COORDINATES = {
    "Point": POSITION, "MultiPoint": st.lists(POSITION, max_size=3),
    "LineString": st.lists(POSITION, min_size=1, max_size=4),
    "MultiLineString": st.lists(st.lists(POSITION, min_size=2, max_size=3), max_size=2),
    "Polygon": st.lists(RING, max_size=2), "MultiPolygon": st.lists(st.lists(RING, max_size=2)),
    "Sphere": POSITION, "point": st.none() | st.just([["x"]]), "GeometryCollection": st.just([]),
}  # fmt: skip
GEOMETRIES = st.one_of(
    st.none(),
    *(
        inside.map(lambda coordinates, kind=kind: {"type": kind, "coordinates": coordinates})
        for kind, inside in COORDINATES.items()
    ),
    POSITION.map(lambda at: {"coordinates": at, "type": "Point"}),
    st.just({"type": ["Point"], "coordinates": [1, 2]}),
    st.just({"type": "Point", "coordinates": ["1", "2"]}),
    st.just({"type": "Point", "coordinates": [1, 2], "bbox": [1, 2, 1, 2]}),
)
FEATURES = st.lists(
    st.tuples(
        st.sampled_from(["Feature"] * 30 + ["feature", None, ["Feature"]]),
        st.one_of(*[st.dictionaries(NAMES, VALUES, max_size=3)] * 9, st.sampled_from([None, 1])),
        GEOMETRIES, st.sampled_from([None, "1", 7, {"a": 1}]), st.booleans(),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@given(FEATURES, st.booleans())
@PROPERTY
def test_features_are_the_same_read_at_once_or_one_by_one(pulled, features, lines):
    parts = []
    for kind, properties, geometry, id, plainly in features:
        feature = {"type": kind, "properties": properties, "geometry": geometry}
        parts.append(written(feature if plainly else {"id": id, **feature}, False))
    inside = ("\n" if lines else ", ").join(parts)
    text = inside if lines else f'{{"type": "FeatureCollection", "features": [{inside}]}}'

    assert outcome(geo, pulled, text, fast=True) == outcome(geo, pulled, text, fast=False)


@pytest.mark.parametrize("kind", [k for k in COORDINATES if k[0].isupper() and k != "Sphere"])
def test_plain_geometry_is_made_without_geos(kind):
    """The fast way is really taken, not given up for each feature."""
    from flows.sources._json_shapes import wkb

    shapes = {
        "Point": "POINT (1.5 2)",
        "MultiPoint": "MULTIPOINT ((1 2), (3 4))",
        "LineString": "LINESTRING (1 2, 3 4)",
        "MultiLineString": "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))",
        "Polygon": "POLYGON ((0 0, 9 0, 9 9, 0 0), (3 1, 4 1, 4 2, 3 1))",
        "MultiPolygon": "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0)), ((20 0, 29 0, 29 9, 20 0)))",
    }
    if kind == "GeometryCollection":
        pairs = (("type", kind), ("coordinates", []))
        with pytest.raises(UnsureError):
            wkb([pairs])
        return
    shape = shapely.from_wkt(shapes[kind])
    scanner = json.JSONDecoder(object_pairs_hook=tuple, parse_float=Number, parse_int=Number)
    pairs = scanner.decode(shapely.to_geojson(shape))

    found = wkb([None, pairs, None, pairs])

    assert found.to_pylist() == [None, shapely.to_wkb(shape, flavor="iso")] * 2


def test_plain_records_are_read_at_once():
    text = '{"ก": 1.10, "ข": "x"},\n {"ก": 2, "ข": null}, {"ก": 3}]'

    found = run(text, 0, 10_000, commas=True)

    assert text[found.end :] == ', {"ก": 3}]'
    assert {name: texts(values).to_pylist() for name, values in members(found.records).items()} == {
        "ก": ["1.10", "2"], "ข": ["x", None],
    }  # fmt: skip


def test_a_name_twice_is_never_taken_for_one():
    for text in ('{"a": 1, "a": 2}, {"a": 1}', '{"a": 1, "\\u0061": 2}, {"b": 1}',
                 '{"a": 1, "b": 1}, {"a": 1, "a": 2}, {"a": 1}'):  # fmt: skip
        with pytest.raises(UnsureError):
            members(run(text, 0, 10_000, commas=True).records)


def test_collector_is_as_it_was_after_a_run():
    import gc

    from flows.sources._json_fast import without_collector

    with without_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


# ---- the spool


def test_spool_gives_batches_again_and_again_in_memory_and_on_disk(monkeypatch):
    monkeypatch.setattr(_spool, "_HELD", 1500)
    spool = _spool.Spool()
    for n in range(20):
        spool.add(pa.record_batch({"a": [f"ก{n}"], f"b{n % 2}": ["x"]}))
    schema = pa.schema([("a", pa.string()), ("b0", pa.string()), ("c", pa.string())])

    first, second = list(spool.batches(schema)), list(spool.batches(schema))

    assert [batch.column("a")[0].as_py() for batch in first] == [f"ก{n}" for n in range(20)]
    assert [batch.column("b0")[0].as_py() for batch in second] == ["x", None] * 10
    assert spool._file is not None


def test_readers_of_a_spool_do_not_disturb_each_other(monkeypatch):
    monkeypatch.setattr(_spool, "_HELD", 0)
    spool = _spool.Spool()
    for n in range(5):
        spool.add(pa.record_batch({"a": [n]}))
    schema = pa.schema([("a", pa.int64())])

    pairs = zip(spool.batches(schema), spool.batches(schema), strict=True)

    assert [(a.column(0)[0].as_py(), b.column(0)[0].as_py()) for a, b in pairs] == [
        (n, n) for n in range(5)
    ]
