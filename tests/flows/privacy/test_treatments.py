"""What treatments make of values, and that hidden counts cannot be recalculated."""

from __future__ import annotations

from itertools import product

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from catalog.problem import codes
from catalog.registry import names, variant
from catalog.schema import SchemaField
from flows.privacy.treatments._grid import FREE, Cell, free, given_away, hidden

ROOM = "flows.privacy.treatments"
SALT = SecretStr("ความลับของจังหวัดสมมติ")


def treated(name, values, salt=SALT, **options):
    module = variant(ROOM, name)
    return module.treat(pa.array(values, pa.string()), module.Options(**options), salt).to_pylist()


@pytest.mark.parametrize("name", names(ROOM))
def test_every_treatment_fulfils_the_contract(name):
    module = variant(ROOM, name)
    assert {"Options", "SCOPE", "KEYED", "field", "treat"} <= set(dir(module))
    assert f"treated-{name}" in codes()
    assert module.SCOPE == "column" or {"columns", "reads", "hide"} <= set(dir(module))


@pytest.mark.parametrize(
    ("value", "covered"),
    [
        ("1234567890121", "1-xxxx-xxxxx-12-x"), ("1-2345-67890-12-1", "1-xxxx-xxxxx-12-x"),
        ("081-234-5678", "08x-xxx-xx78"), ("โทร 0812345678 เวลาเช้า", "โทร 08x-xxx-xx78 เวลาเช้า"),
        ("somchai.j@gmail.com", "s****@gmail.com"), ("นายสมชาย ใจดี", "ส****"), ("-", "-"),
        ("", ""), (None, None),
    ],
)  # fmt: skip
def test_masks_cover_what_is_found_or_all_but_a_letter(value, covered):
    assert treated("mask", [value]) == [covered]


def test_a_whole_mask_leaves_a_letter():
    assert treated("mask", ["นายสมชาย ใจดี โทร 0812345678"], whole=True) == ["ส****"]


def test_codes_are_the_same_for_the_same_number_and_differ_by_salt_and_purpose():
    ways = ["1-2345-67890-12-1", "1234567890121", " ๑๒๓๔๕๖๗๘๙๐๑๒๑ "]
    codes_ = treated("hash", [*ways, None, ""])
    assert len(set(codes_[:3])) == 1
    assert codes_[3:] == [None, None]
    assert len(codes_[0]) == 32
    assert treated("hash", ways[:1], SecretStr("x" * 16)) != codes_[:1]
    assert treated("hash", ways[:1], purpose="สวัสดิการ") != codes_[:1]


def test_codes_are_hmac_sha256():
    import hashlib
    import hmac

    key = hmac.new(SALT.get_secret_value().encode(), b"", hashlib.sha256).digest()
    wanted = hmac.new(key, b"0812345678", hashlib.sha256).hexdigest()
    assert treated("hash", ["081-234-5678"], length=64) == [wanted]


def test_the_report_says_that_codes_are_still_personal_data():
    from flows.privacy import Treated

    words = Treated("id", "hash", ("citizen_id",), 3).as_dict()["words"]
    assert "ยังเป็นข้อมูลส่วนบุคคล" in words["th"]
    assert "still personal data" in words["en"]
    assert "anonym" not in words["en"]


@pytest.mark.parametrize(
    ("to", "value", "coarse"),
    [
        ("year", "1987-03-04", "1987"), ("year", "4 มี.ค. 2530", None),
        ("month", "1987-03-04", "1987-03"),
        ("month", "1987", None), ("band", "23", "20-29"), ("band", "79.5", "70-79"),
        ("band", "80", "80+"), ("band", "๙๙", "80+"), ("band", "ไม่ทราบ", None),
        (
            "subdistrict", "12/3 หมู่ 4 ต.บ้านกลาง อ.เมืองนครพนม จ.นครพนม",
            "ต.บ้านกลาง อ.เมืองนครพนม จ.นครพนม",
        ),
        ("subdistrict", "12 ถ.หลวง", None), ("province", "1 ม.2 อ.เมือง จังหวัด นครพนม", "จ.นครพนม"),
    ],
)  # fmt: skip
def test_values_become_coarser_or_are_emptied(to, value, coarse):
    assert treated("generalise", [value, None], to=to) == [coarse, None]


def test_coordinates_lose_decimals():
    assert treated("round", ["17.123456", "17.4", "บ้าน"]) == ["17.12", "17.4", None]
    assert treated("round", ["17.123456, 104.987654"], decimals=1) == ["17.1,105"]


def test_points_of_a_geometry_column_lose_decimals_and_areas_stay():
    import shapely

    area = shapely.box(104.12345, 17.12345, 104.5, 17.5)
    shapes = pa.array(shapely.to_wkb([shapely.Point(104.78123, 17.40123), area]), pa.binary())
    module = variant(ROOM, "round")
    left = shapely.from_wkb(module.treat(shapes, module.Options(), None).to_pylist())
    assert left[0].equals(shapely.Point(104.78, 17.40))
    assert left[1].equals(area)


def test_fields_say_what_became_of_them():
    year = SchemaField(name="born", type="date", constraints={"minimum": "1900-01-01"})
    module = variant(ROOM, "generalise")
    became = module.field(year, module.Options(to="year"))
    assert (became.type, became.constraints.minimum) == ("year", None)
    code = SchemaField(name="id", type="integer", constraints={"required": True, "maximum": 9})
    module = variant(ROOM, "hash")
    became = module.field(code, module.Options())
    assert (became.type, became.constraints.required) == ("string", True)
    assert variant(ROOM, "drop").field(code, variant(ROOM, "drop").Options()) is None


# ---- suppression


def grid(values, rows, columns):
    """Cells of a table of which every total of a row and of a column is known."""
    return [
        Cell(values[i], i // columns, rows + i % columns)
        for i in range(rows * columns)
        if values[i]
    ]


def possible(cells, out):
    """Every way of filling the hidden cells that gives the same totals: the oracle."""
    unknown = sorted(out)
    sums = {}
    for index in unknown:
        for line in (cells[index].row, cells[index].column):
            sums[line] = sums.get(line, 0) + cells[index].value
    bounds = [range(1, min(sums[c.row], sums[c.column]) + 1) for c in (cells[i] for i in unknown)]
    for trial in product(*bounds):
        left = dict(sums)
        for index, value in zip(unknown, trial, strict=True):
            left[cells[index].row] -= value
            left[cells[index].column] -= value
        if not any(left.values()):
            yield dict(zip(unknown, trial, strict=True))


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 3), st.integers(2, 3), st.data())
def test_no_hidden_cell_follows_from_the_totals(rows, columns, data):
    values = data.draw(
        st.lists(st.integers(0, 6), min_size=rows * columns, max_size=rows * columns)
    )
    cells = grid(values, rows, columns)
    out = hidden(cells, 3)
    assert out >= {i for i, cell in enumerate(cells) if cell.value < 3}
    if len(out) > 6:
        return
    ways = list(possible(cells, out))
    fixed = {index for index in out if len({way[index] for way in ways}) == 1}
    assert fixed == given_away(cells, out), "the criterion is exact"
    if fixed:  # only where nothing is left that could protect
        near = {line for index in fixed for line in (cells[index].row, cells[index].column)}
        open_ = [i for i, c in enumerate(cells) if i not in out and {c.row, c.column} & near]
        assert open_ == []


def test_a_lone_small_cell_takes_the_smallest_beside_it():
    line = [Cell(value, 0, free(0)) for value in (2, 30, 9, 12)]
    assert hidden(line, 5) == {0, 2}


def test_two_cells_that_make_two_are_no_protection():
    line = [Cell(value, 0, free(0)) for value in (1, 1, 8)]
    assert given_away(line, {0, 1}) == {0, 1}
    assert hidden(line, 5) == {0, 1, 2}


def test_without_totals_only_small_cells_are_hidden():
    assert hidden([Cell(value, FREE, FREE) for value in (1, 7, 4, 9)], 5) == {0, 2}


def suppressed(table, name, **options):
    module = variant(ROOM, "suppress")
    made = pa.table({key: pa.array(values, pa.string()) for key, values in table.items()})
    hide = module.hide(made, name, module.Options(**options))
    return {
        column: [
            None if gone else value
            for gone, value in zip(flags.to_pylist(), table[column], strict=True)
        ]
        for column, flags in hide.items()
    }  # fmt: skip


def test_a_long_table_is_suppressed_with_both_its_totals():
    table = {
        "amphoe": ["ก", "ก", "ก", "ข", "ข", "ข", "ค", "ค", "ค"],
        "disease": ["x", "y", "z"] * 3,
        "cases": ["3", "40", "1,250", "50", "60", "20", "70", "80", "0"],
    }
    left = suppressed(table, "cases", known=("amphoe", "disease"))["cases"]
    assert left[0] is None
    assert left[8] == "0", "zeros tell of nobody"
    for key in ("amphoe", "disease"):
        for group in set(table[key]):
            gone = [v for v, g in zip(left, table[key], strict=True) if g == group and v is None]
            assert len(gone) != 1


def test_parts_of_a_total_in_the_same_row_are_suppressed_together():
    table = {"male": ["3", "20", "30"], "female": ["40", "9", "12"], "all": ["43", "29", "42"]}
    left = suppressed(table, "male", beside=("female",), total="all")
    assert left["male"][0] is None
    assert left["female"][0] is None or left["all"][0] is None
    left = suppressed(table, "male", beside=("female",), total="all", known=())
    assert left["male"][1:] == ["20", "30"]


def test_a_cell_in_three_known_totals_is_refused():
    with pytest.raises(ValidationError):
        variant(ROOM, "suppress").Options(total="t", known=("a", "b"))
