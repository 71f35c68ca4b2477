"""Maps: small files, north up, one point or thousands."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pyarrow as pa
import pytest
import shapely

from catalog.geometry import to_wkb
from catalog.schema import TableSchema
from catalog.table import write_table
from catalog.web import maps

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def table(tmp_path):
    def make(shapes, name="t"):
        schema = TableSchema.model_validate({"fields": [{"name": "g", "type": "geojson"}]})
        column = to_wkb(np.array(shapes, dtype=object))
        batch = pa.record_batch({"g": column})
        return write_table(tmp_path / f"{name}.parquet", name, schema, [batch])

    return make


def _paths(svg: bytes) -> dict[str, str]:
    return {path.get("class"): path.get("d") for path in ET.fromstring(svg).iter(f"{SVG}path")}


def _places(d: str) -> list[tuple[int, int]]:
    """Where the steps of a path of points lead."""
    steps = [(int(x), int(y)) for x, y in re.findall(r"m(-?\d+) (-?\d+)h0", d)]
    return [tuple(map(int, place)) for place in np.cumsum(steps, axis=0)]


def test_north_is_up_and_east_is_right(table):
    drawn = _paths(maps.draw(table([shapely.Point(100, 14), shapely.Point(101, 15)]), "x"))
    (west, south), (east, north) = _places(drawn["p"])
    assert west < east
    assert north < south, "y grows downwards"


def test_one_point_still_gets_a_picture_with_room(table):
    svg = maps.draw(table([shapely.Point(100.5, 13.7)]), "หลักเมือง")
    root = ET.fromstring(svg)
    assert root.find(f"{SVG}title").text == "หลักเมือง"
    (place,) = _places(_paths(svg)["p"])
    middle = (int(root.get("width")) * 5, int(root.get("height")) * 5)
    assert np.allclose(place, middle, atol=20), "in the middle, in tenths"


def test_thousands_of_points_stay_a_small_file_and_places_are_drawn_once(table):
    rng = np.random.default_rng(1099)
    points = list(shapely.points(rng.uniform((97.5, 6), (105.5, 20), (7451, 2))))
    svg = maps.draw(table(points + points[:100]), "ตำบล")
    assert len(_places(_paths(svg)["p"])) <= 7451
    assert len(svg) < 90_000


def test_areas_keep_their_holes_and_lines_are_not_filled(table):
    ring = shapely.box(100, 14, 101, 15) - shapely.box(100.4, 14.4, 100.6, 14.6)
    svg = maps.draw(table([ring, shapely.LineString([(100, 14), (101, 15)]), None]), "x")
    drawn = _paths(svg)
    assert drawn["a"].count("M") == 2
    assert b'fill-rule="evenodd"' in svg
    assert drawn["l"].count("M") == 1
    assert "z" not in drawn["l"]


def test_points_lie_on_outlines_that_are_cut_to_the_frame(table):
    outlines = table([shapely.box(90, 0, 110, 30)], "outlines")
    svg = maps.draw(table([shapely.Point(100, 14), shapely.Point(101, 15)]), "x", outlines)
    root = ET.fromstring(svg)
    drawn = _paths(svg)
    numbers = [int(n) for n in re.findall(r"-?\d+", drawn["b"])]
    assert max(numbers) <= max(int(root.get("width")), int(root.get("height"))) * 10


def test_areas_are_drawn_without_outlines_under_them(table):
    area = table([shapely.box(100, 14, 101, 15)], "area")
    assert "b" not in _paths(maps.draw(area, "x", area))


def test_the_size_said_beforehand_is_the_pictures(table):
    for shapes in ([shapely.Point(100, 14)], [shapely.box(98, 6, 105, 20)]):
        found = table(shapes)
        root = ET.fromstring(maps.draw(found, "x"))
        size = (int(root.get("width")), int(root.get("height")))
        assert maps.size(found.box, found.geometry_kinds) == size


def test_a_hostile_title_stays_text(table):
    svg = maps.draw(table([shapely.Point(100, 14)]), "</title><script>alert(1)</script>")
    assert ET.fromstring(svg).find(f"{SVG}script") is None
