"""What is found, and what only looks like it: by the labelled set, and rule by rule."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from benchmarks._personal import check_digit, citizen_id, dashed, juristic, labelled, scores
from catalog.problem import Level, codes
from catalog.registry import names, variant
from flows.privacy import MARKS, Heading
from flows.privacy.cover import anywhere
from flows.privacy.examine import examine, examine_distinct
from flows.privacy.screening import kinds
from flows.privacy.words import load, speaks_of, squeezed
from flows.sources import POSITION

DRAW = random.Random(48)
SOMEBODY = citizen_id(DRAW)
IDS = [citizen_id(DRAW) for _ in range(20)]
#: Least precision and recall of what stops a release, on the labelled set.
LEAST = {
    "citizen_id": (0.98, 0.98), "phone": (0.98, 0.98), "email": (0.98, 0.98),
    "bank_account": (0.95, 0.95), "passport": (0.95, 0.95), "plate": (0.95, 0.95),
    "name": (0.95, 0.95), "birth_date": (0.98, 0.98), "address": (0.95, 0.95),
    "sensitive": (0.95, 0.95), "home_point": (0.95, 0.95), "small_cell": (0.98, 0.98),
}  # fmt: skip


def found(columns: dict[str, list[str | None]], **given):
    """Findings of a table, by column and kind."""
    headed = [Heading(f"c{i}", squeezed(header)) for i, header in enumerate(columns)]
    cells = [pa.array(values, pa.string()) for values in columns.values()]
    rows = pa.array(range(2, len(cells[0]) + 2), pa.int64())
    batch = pa.RecordBatch.from_arrays([rows, *cells], [POSITION, *(h.name for h in headed)])
    labels = dict(zip((h.name for h in headed), columns, strict=True))
    return {(labels[one.column], one.kind): one for one in examine([batch], headed, **given)}


@pytest.fixture(scope="module")
def measured():
    return scores(labelled())


def test_every_kind_is_in_the_labelled_set(measured):
    assert set(measured) == set(LEAST) == set(kinds())


@pytest.mark.parametrize("kind", sorted(LEAST))
def test_precision_and_recall_reach_their_figures(measured, kind):
    precision, recall = LEAST[kind]
    assert measured[kind].right >= 20
    assert measured[kind].precision >= precision
    assert measured[kind].recall >= recall


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_ids_are_told_from_references_whatever_numbers_were_drawn(seed):
    score = scores(labelled(seed))["citizen_id"]
    assert score.precision >= 0.98
    assert score.recall >= 0.98


# ---- ids


@pytest.mark.parametrize(
    "value",
    [
        SOMEBODY, dashed(SOMEBODY), dashed(SOMEBODY, " "), f"{SOMEBODY}.0", f"'{SOMEBODY}",
        dashed(SOMEBODY).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")),
        SOMEBODY[:5] + SOMEBODY[5:].translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")),
        f"ผู้ร้องถือบัตรประชาชนเลขที่ {SOMEBODY} มาแสดง", f"ดู {dashed(SOMEBODY)} ด้วย",
    ],
)  # fmt: skip
def test_one_id_in_one_cell_stops_the_release(value):
    one = found({"หมายเหตุ": ["ไม่มี", None, "", value]})["หมายเหตุ", "citizen_id"]
    assert (one.level, one.count, one.row) == (Level.ERROR, 1, 5)
    assert f"{SOMEBODY[0]}-xxxx-xxxxx-{SOMEBODY[10:12]}-x" in one.examples[0]


@pytest.mark.parametrize(
    "value", [juristic(DRAW), dashed(juristic(DRAW)), f"นิติบุคคลเลขที่ {juristic(DRAW)} จำกัด"]
)
def test_a_companys_number_is_nobodys(value):
    assert found({"เลขประจำตัวผู้เสียภาษี": [value] * 3}) == {}
    assert found({"เลข": [value] * 3}) == {}


@pytest.mark.parametrize("first", "09")
def test_first_digits_that_no_citizen_has_count_under_a_header_of_ids(first):
    twelve = f"{first}{SOMEBODY[1:12]}"
    number = twelve + check_digit(twelve)
    assert ("เลขบัตรประชาชน", "citizen_id") in found({"เลขบัตรประชาชน": [number, "-", "-"]})


def test_mistyped_ids_under_their_header_are_ids():
    wrong = [number[:12] + str((int(number[12]) + 1) % 10) for number in IDS]
    assert found({"เลขบัตรประชาชน": wrong})["เลขบัตรประชาชน", "citizen_id"].count == 20
    assert found({"เลขที่อ้างอิง": wrong}) == {}


def test_one_right_checksum_among_alike_references_is_a_warning_at_most():
    start = int(IDS[0][:12])
    alike = [str(start + i) + "0" for i in range(12)] + [IDS[0]]
    levels = {one.level for one in found({"เลข": alike}).values()}
    assert Level.ERROR not in levels


# ---- telephones and mailboxes


def test_a_mobile_number_is_shown_covered():
    one = found({"ข้อมูล": ["ติดต่อ 081-234-5678", "-"]})["ข้อมูล", "phone"]
    assert one.examples == ("ติดต่อ 08x-xxx-xx78",)


def test_fixed_lines_are_a_warning():
    one = found({"โทรศัพท์": ["0-4251-1234", "02-123-4567", "042 511 234 ต่อ 12"]})
    assert one["โทรศัพท์", "phone"].level is Level.WARNING
    assert one["โทรศัพท์", "phone"].count == 3


@pytest.mark.parametrize(
    ("box", "code"),
    [
        ("saraban@nakhonphanom.go.th", None), ("info@shop.co.th", None),
        ("somchai.j@nakhonphanom.go.th", "privacy-email-office"),
        ("somchai@gmail.com", "privacy-email"), ("info@gmail.com", "privacy-email"),
    ],
)  # fmt: skip
def test_mailboxes_of_functions_are_nobodys(box, code):
    one = found({"ติดต่อ": [box]}).get(("ติดต่อ", "email"))
    assert (one.code if one else None) == code


# ---- company


def test_a_name_weighs_by_what_stands_in_the_same_row():
    names_ = ["นายสมชาย ใจดี", None, None]
    apart = found({"ผู้รับ": names_, "เลขบัตรประชาชน": [None, *IDS[:2]]})
    together = found({"ผู้รับ": names_, "เลขบัตรประชาชน": IDS[:3]})
    assert apart["ผู้รับ", "name"].code == "privacy-name"
    assert together["ผู้รับ", "name"].code == "privacy-name-beside"


@pytest.mark.parametrize("value", ["นางรอง", "นายูง", "นายอำเภอเมือง นครพนม", "นายกรัฐมนตรี คนที่ 1"])
def test_places_and_posts_that_begin_like_a_title_are_no_names(value):
    assert found({"ข้อมูล": [value]}) == {}


@pytest.mark.parametrize("value", ["นายกฤษณะ ใจดี", "นายมาลี รักไทย", "น.ส.ดวงใจ ศรีสุข"])
def test_names_that_begin_like_a_post_are_names(value):
    assert found({"ข้อมูล": [value]})["ข้อมูล", "name"].count == 1


@pytest.mark.parametrize("sort", sorted(load("sensitive")))
def test_each_special_kind_of_section_26_stops_beside_a_person(sort):
    header, value = load("sensitive")[sort]["headers"][0], load("sensitive")[sort]["values"][0]
    beside = found({"เลขบัตรประชาชน": IDS[:3], header: [value] * 3})
    assert beside[header, "sensitive"].code == f"privacy-{sort}"
    assert beside[header, "sensitive"].examples == ("****",)
    assert (header, "sensitive") not in found({header: [value] * 3, "จำนวน": ["9", "8", "7"]})


def test_a_patients_number_or_age_and_sex_make_a_row_a_person():
    ill = ["เบาหวาน"] * 3
    assert ("โรคประจำตัว", "sensitive") in found({"HN": ["1", "2", "3"], "โรคประจำตัว": ill})
    shape = {"อายุ": ["30"] * 3, "เพศ": ["ชาย"] * 3, "โรคประจำตัว": ill}
    assert ("โรคประจำตัว", "sensitive") in found(shape)
    assert ("โรคประจำตัว", "sensitive") not in found({**shape, "จำนวน (ครั้ง)": ["9"] * 3})


def test_points_of_a_geometry_column_are_homes_beside_a_person():
    import shapely

    points = shapely.to_wkb(shapely.points([[104.781234, 17.401234], [104.7, 17.4]]))
    headed = [Heading("id", squeezed("เลขบัตรประชาชน")), Heading("at", squeezed("at"))]
    batch = pa.RecordBatch.from_arrays(
        [pa.array([2, 3]), pa.array(IDS[:2]), pa.array(points, pa.binary())],
        [POSITION, "id", "at"],
    )
    one = {each.kind: each for each in examine([batch], headed)}["home_point"]
    assert (one.column, one.count, one.row) == ("at", 1, 2)


# ---- the room


def test_what_public_duty_makes_public_is_nobodys_company():
    table = {"ผู้อำนวยการ": ["นายสมชาย ใจดี"] * 3, "ละติจูด": ["17.123456"] * 3}
    assert ("ละติจูด", "home_point") in found(table)
    assert ("ละติจูด", "home_point") not in found(table, public=["c0"])


def test_batches_and_distinct_values_count_alike():
    values = IDS[:3] * 4
    headed = [Heading("c", squeezed("x"))]
    rows = pa.array(range(2, 14), pa.int64())
    whole = pa.RecordBatch.from_arrays([rows, pa.array(values)], [POSITION, "c"])
    parts = [whole.slice(0, 5), whole.slice(5)]
    distinct = examine_distinct(
        headed[0], pa.array(IDS[:3]), pa.array([4, 4, 4]), pa.array([2, 3, 4])
    )
    assert examine([whole], headed) == examine(parts, headed) == distinct
    assert distinct[0].count == 12


@pytest.mark.parametrize(
    "value", ["1002345678", "812345678", "0.234567891", "17.081234567", "2567-08-12"]
)
def test_numbers_that_are_nobodys_are_shown_as_they_are(value):
    assert anywhere(value) == value
    assert found({"ค่า": [value] * 9}) == {}


def test_two_numbers_in_one_text_are_both_covered():
    assert anywhere("0812345678,0898765432") == "08x-xxx-xx78,08x-xxx-xx32"
    assert anywhere(f"ของ {SOMEBODY} ครับ").count("x") == 10


def test_nothing_that_was_found_is_shown_in_full():
    for column in labelled(count=12):
        table = {column.header: list(column.values), **{h: list(v) for h, v in column.beside}}
        for one in found(table).values():
            said = str(one.problem().as_dict())
            for value in column.values:
                assert len(value) < 6 or value not in said, (column.header, value)
            assert SOMEBODY not in said


@pytest.mark.parametrize("kind", names("flows.privacy.kinds"))
def test_every_kind_fulfils_the_contract(kind):
    module = variant("flows.privacy.kinds", kind)
    assert all(code in codes() for code in module.CODES)
    assert isinstance(module.PUBLIC_DUTY, bool)
    assert isinstance(module.COMPANY, bool)
    assert module.screen(Heading("", squeezed(""))) is None or module.__doc__
    assert MARKS <= 8
    assert "The rule." in (module.__doc__ or "")


def test_vocabularies_are_texts():
    """YAML reads ``no`` and ``on`` as truth values."""

    def texts(item):
        if isinstance(item, dict):
            return all(isinstance(key, str) and texts(value) for key, value in item.items())
        return all(map(texts, item)) if isinstance(item, list) else isinstance(item, str)

    for name in ("titles", "banks", "mail", "headers", "sensitive"):
        assert texts(load(name)), name


@pytest.mark.parametrize(
    ("header", "kind", "speaks"),
    [
        ("hotel_name", "phone", False), ("tel_no", "phone", True),
        ("citizenId", "citizen_id", True),
        ("เลขประจำตัว ประชาชน", "citizen_id", True), ("วันที่เกิดเหตุ", "birth_date", False),
        ("นามสกุลต่อท้ายไฟล์", "name", False),
    ],
)  # fmt: skip
def test_headers_are_read_as_words(header, kind, speaks):
    assert speaks_of(squeezed(header), kind) is speaks
