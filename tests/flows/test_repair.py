"""The step «repair»: labels, order of repairs, counting, staging."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.problem import DeclarationError, Rejected, codes
from catalog.schema import TableSchema
from catalog.spec import TableSpec
from flows.repair import Repaired, repair
from flows.sources import RawTable


def raw_of(columns: dict[str, list[Any]], geometry: str | None = None, size: int = 2) -> RawTable:
    """A source's table; rows count from 2, as below a header."""
    length = len(next(iter(columns.values())))
    arrays = [pa.array(range(2, length + 2), pa.int64())] + [
        pa.array(values, pa.binary() if label == geometry else pa.string())
        for label, values in columns.items()
    ]
    whole = pa.RecordBatch.from_arrays(arrays, names=["_row", *columns])

    def batches() -> Iterator[pa.RecordBatch]:
        return (whole.slice(start, size) for start in range(0, length, size))

    return RawTable(
        tuple(columns), batches, geometry=geometry, crs="EPSG:4326" if geometry else None
    )


def schema_of(fields: dict[str, Any], **more: Any) -> TableSchema:
    return TableSchema.model_validate(
        {
            "fields": [
                {"name": name, **(field if isinstance(field, dict) else {"type": field})}
                for name, field in fields.items()
            ],
            **more,
        }
    )


def spec_of(**more: Any) -> TableSpec:
    return TableSpec.model_validate({"schema": "x", "source": {"kind": "csv"}, **more})


@pytest.fixture
def run(tmp_path):
    def run(
        source: dict[str, list[Any]], fields: Any, match: str = "exact", /, **spec: Any
    ) -> Repaired:
        schema = schema_of(fields, fieldsMatch=match)
        return repair(raw_of(source), schema, spec_of(**spec), tmp_path / "staged.parquet")

    return run


def rows_of(repaired: Repaired) -> dict[str, list[Any]]:
    return pa.Table.from_batches([*repaired.open()]).to_pydict()


# --- labels -------------------------------------------------------------------------------------


def test_labels_are_known_by_name_title_and_declaration(run):
    fields = {
        "code": "string",
        "name": {"type": "string", "title": "ชื่อ หน่วยงาน", "title_en": "Agency"},
        "place": {"type": "string", "title": "สถานที่"},
        "count": {"type": "integer"},
    }
    source = {" CODE ": ["1"], "ชื่อ\n หน่วยงาน": ["ก"], "Place*": ["ข"], "count": ["2"]}

    repaired = run(source, fields, columns={"place": "Place*"})

    assert repaired.columns == ("code", "name", "place", "count")
    assert rows_of(repaired) == {
        "_row": [2],
        "code": ["1"],
        "name": ["ก"],
        "place": ["ข"],
        "count": ["2"],
    }


def test_one_label_may_stand_for_several_fields(run):
    fields = {"name": {"type": "string", "title": "จังหวัด"}, "code": "string"}

    repaired = run(
        {"จังหวัด": ["นครพนม"]},
        fields,
        columns={"code": "จังหวัด"},
        repairs={"code": [{"place": {"level": "province"}}]},
    )

    assert rows_of(repaired) == {"_row": [2], "name": ["นครพนม"], "code": ["48"]}


def test_every_wrong_label_is_named_at_once_with_the_nearest(run):
    fields = {"province": {"type": "string", "title": "จังหวัด"}, "count": "integer"}

    with pytest.raises(Rejected) as stopped:
        run({"จังหวด": ["ก"], "หมายเหตุ": ["ข"], "count": ["1"]}, fields)

    found = [(p.code, p.field, p.params["nearest"]) for p in stopped.value.problems]
    assert found == [
        ("missing-label", "province", "จังหวด"),
        ("unknown-column", "จังหวด", "จังหวัด"),
        ("unknown-column", "หมายเหตุ", "—"),
    ]


def test_ignored_labels_are_left_out_and_may_still_be_used(run):
    repaired = run(
        {"lat": ["17.4"], "lon": ["104.7"], "note": ["x"], "n": ["1"]},
        {"n": "integer", "place": "geopoint"},
        ignore=["lat", "lon", "note"],
        repairs={"*": [{"point": {"lat": "lat", "lon": "lon", "to": "place"}}]},
    )

    assert rows_of(repaired) == {"_row": [2], "n": ["1"], "place": ["104.7,17.4"]}


def test_two_labels_for_one_field_are_refused(run):
    with pytest.raises(Rejected) as stopped:
        run({"name": ["a"], "ชื่อ": ["b"]}, {"name": {"type": "string", "title": "ชื่อ"}})

    (problem,) = stopped.value.problems
    assert (problem.code, problem.field, problem.value, problem.params["other"]) == (
        "column-twice",
        "name",
        "ชื่อ",
        "name",
    )


@pytest.mark.parametrize(
    ("match", "refused"),
    [
        ("exact", ["missing-label", "unknown-column"]),
        ("equal", ["missing-label", "unknown-column"]),
        ("subset", ["missing-label"]),
        ("superset", ["unknown-column"]),
        ("partial", []),
    ],
)
def test_fields_match_says_which_columns_may_be_more_or_fewer(run, match, refused):
    source = {"a": ["1"], "extra": ["2"]}
    fields = {"a": "string", "b": "string"}

    if refused:
        with pytest.raises(Rejected) as stopped:
            run(source, fields, match)
        assert [problem.code for problem in stopped.value.problems] == refused
        return
    repaired = run(source, fields, match)
    assert repaired.columns == ("a",)
    assert [(note.code, note.params["columns"]) for note in repaired.notes] == [
        ("columns-left-out", "extra")
    ]


def test_geometry_keeps_its_bytes_and_takes_the_name_of_its_field(tmp_path):
    wkb = bytes.fromhex("0101000000000000000000f03f0000000000000040")
    raw = raw_of({"name": ["ก ", "ข"], "geometry": [wkb, None]}, geometry="geometry")

    repaired = repair(
        raw, schema_of({"name": "string", "shape": "geojson"}), spec_of(), tmp_path / "t.parquet"
    )

    assert rows_of(repaired) == {"_row": [2, 3], "name": ["ก", "ข"], "shape": [wkb, None]}
    assert repaired.crs == "EPSG:4326"
    assert pq.read_schema(repaired.path).field("shape").type == pa.binary()


# --- which repairs ------------------------------------------------------------------------------


def test_types_bring_their_repairs_and_say_so(run):
    source = {
        "name": [" ก "],
        "count": ["๑,๒๓๔"],
        "share": ["(45.6)"],
        "day": ["29 ก.พ. 2567"],
        "year": ["พ.ศ. ๒๕๖๗"],
    }
    fields = {
        "name": "string",
        "count": "integer",
        "share": "number",
        "day": "date",
        "year": "year",
    }

    repaired = run(source, fields)

    assert rows_of(repaired) == {
        "_row": [2],
        "name": ["ก"],
        "count": ["1234"],
        "share": ["(45.6)"],
        "day": ["2024-02-29"],
        "year": ["2024"],
    }
    assert [(c.column, c.repair, c.count, c.declared) for c in repaired.changes] == [
        ("name", "trim", 1, False),
        ("count", "thai_digits", 1, False),
        ("count", "thousands", 1, False),
        ("day", "thai_date", 1, False),
        ("year", "thai_digits", 1, False),
        ("year", "thai_year", 1, False),
    ]


def test_declared_list_stands_instead_and_an_empty_one_switches_off(run):
    source = {"a": [" ๑,๒๓๔ "], "b": [" ๑,๒๓๔ "], "c": [" ๑,๒๓๔ "]}
    fields = {"a": "integer", "b": "integer", "c": "integer"}

    repaired = run(source, fields, repairs={"b": ["thai_digits"], "c": []})

    found = rows_of(repaired)
    assert (found["a"], found["b"], found["c"]) == (["1234"], [" 1,234 "], [" ๑,๒๓๔ "])


def test_schema_with_its_own_spelling_of_values_is_not_overruled(run):
    source = {"n": ["1.234,5"], "d": ["01/02/2567"], "j": ['{"a":  1}']}
    fields = {
        "n": {"type": "number", "decimalChar": ",", "groupChar": "."},
        "d": {"type": "date", "format": "%d/%m/%Y"},
        "j": "object",
    }

    assert rows_of(run(source, fields)) == {"_row": [2], **source}


def test_star_repairs_rows_first_then_every_text_column_then_its_own(run):
    source = {"a": ["เเผน  ", "", "ที่มา"], "b": ["นํ้า", " ", ""]}

    repaired = run(
        source,
        {"a": "string", "b": "string"},
        repairs={
            "*": [
                "thai_text",
                "drop_blank_rows",
                {"drop_rows": {"column": "a", "equals": ["ที่มา"]}},
            ],
            "b": [{"replace": {"values": {"น้ำ": "water"}}}],
        },
    )

    assert rows_of(repaired) == {"_row": [2], "a": ["แผน"], "b": ["water"]}
    assert [(c.column, c.repair) for c in repaired.changes] == [
        (None, "drop_blank_rows"),
        (None, "drop_rows"),
        ("a", "thai_text"),
        ("a", "trim"),
        ("b", "thai_text"),
        ("b", "replace"),
    ]


def test_survey_sees_what_the_repairs_before_it_left(run):
    source = {"day": ["วันที่ 1 ม.ค. 2567 น.", "2 ม.ค. 2567", "1/2/2567"]}

    repaired = run(
        source,
        {"day": "date"},
        repairs={"day": [{"strip_affix": {"suffixes": ["น."]}}, {"thai_date": {"era": "be"}}]},
    )

    assert rows_of(repaired)["day"] == ["2024-01-01", "2024-01-02", "2024-02-01"]


def test_ambiguities_of_all_columns_are_told_at_once_with_column_and_row(run):
    source = {"a": ["2567", "2024", "2566"], "b": ["1 ม.ค. 2567", "2024-01-01", "2024-01-02"]}

    with pytest.raises(Rejected) as stopped:
        run(source, {"a": "year", "b": "date"})

    assert [(p.code, p.field, p.row) for p in stopped.value.problems] == [
        ("era-mixed", "a", 3),
        ("era-mixed", "b", 2),
    ]


def test_column_beside_is_read_as_it_was_before_its_own_repairs(run):
    repaired = run(
        {"province": ["จ.สระบุรี", "น่าน"], "district": ["เฉลิมพระเกียรติ", "เฉลิมพระเกียรติ"]},
        {"province": "string", "district": "string"},
        repairs={
            "province": [{"place": {"level": "province", "to": "name_en"}}],
            "district": [{"place": {"level": "district", "within": "province"}}],
        },
    )

    assert rows_of(repaired)["district"] == ["1913", "5515"]


def test_wide_table_with_unknown_labels_is_turned_before_labels_are_judged(run):
    repaired = run(
        {"จังหวัด": ["นครพนม"], "ปี 2566": ["1"], "ปี 2567": ["2,000"]},
        {"province": {"type": "string", "title": "จังหวัด"}, "year": "year", "n": "integer"},
        repairs={
            "*": [{"unpivot": {"columns": ["ปี 2566", "ปี 2567"], "name": "year", "value": "n"}}]
        },
    )

    assert rows_of(repaired) == {
        "_row": [2, 2],
        "province": ["นครพนม", "นครพนม"],
        "year": ["2023", "2024"],
        "n": ["1", "2000"],
    }


def test_repeated_headers_are_known_by_the_sources_labels(run):
    repaired = run(
        {"ชื่อ": ["ก", "ชื่อ", "ข"], "จำนวน": ["1", "จำนวน", "2"]},
        {"name": {"type": "string", "title": "ชื่อ"}, "count": {"type": "integer", "title": "จำนวน"}},
        repairs={"*": ["drop_repeated_headers"]},
    )

    assert rows_of(repaired) == {"_row": [2, 4], "name": ["ก", "ข"], "count": ["1", "2"]}


@pytest.mark.parametrize(
    ("repairs", "code"),
    [
        ({"a": ["drop_blank_rows"]}, "repair-scope"),
        ({"a": [{"trim": {"line_breaks": "never"}}]}, "repair-options"),
    ],
)
def test_repair_that_cannot_be_used_is_a_wrong_declaration(run, repairs, code):
    with pytest.raises(DeclarationError) as stopped:
        run({"a": ["1"]}, {"a": "string"}, repairs=repairs)

    assert [problem.code for problem in stopped.value.problems] == [code]


# --- counting -----------------------------------------------------------------------------------


def test_changes_are_counted_with_five_different_examples_and_their_rows(run):
    source = {"n": ["1,000", "1,000", "5", "2,000", None, "3,000", "4,000", "6,000", "7,000"]}

    (change,) = run(source, {"n": "integer"}).changes

    assert change.count == 7
    assert [(e.row, e.before, e.after) for e in change.examples] == [
        (2, "1,000", "1000"),
        (5, "2,000", "2000"),
        (7, "3,000", "3000"),
        (8, "4,000", "4000"),
        (9, "6,000", "6000"),
    ]


def test_values_that_become_empty_are_counted(run):
    (change,) = run({"n": ["-", "1", None]}, {"n": "string"}, repairs={"n": ["missing"]}).changes

    assert (change.count, change.examples[0].before, change.examples[0].after) == (1, "-", None)


def test_report_is_plain_json_with_words_in_both_languages(run):
    repaired = run(
        {"a": ["1", "2", "รวม"], "n": ["1", "2", "4"]},
        {"a": "string", "n": "integer"},
        repairs={"*": ["drop_total_rows"]},
    )

    report = json.loads(json.dumps(repaired.as_dict()))

    assert report["rows"] == 3
    assert report["changes"] == []
    (note,) = report["notes"]
    assert (note["code"], note["row"], note["level"]) == ("total-row-kept", 4, "note")
    assert note["words"]["th"]["title"].startswith("แถวสุดท้าย “รวม | 4”")


def test_every_change_can_be_said_in_thai_and_english(run):
    repaired = run({"n": ["1,000"]}, {"n": "integer"})

    assert repaired.changes[0].words("th") == "ตัดเครื่องหมายคั่นหลักพันในคอลัมน์ n 1 ช่อง"
    assert repaired.changes[0].words("en") == "1 cells of n: thousand separators taken out"
    assert {"era-mixed", "rows-blank", "unknown-column"} <= set(codes())


# --- staging ------------------------------------------------------------------------------------


def test_clean_table_passes_bit_for_bit(run):
    source = {"a": ["ก", "", None], "n": ["1", None, "-3"], "d": ["2024-01-01", None, ""]}

    repaired = run(source, {"a": "string", "n": "integer", "d": "date"})

    assert rows_of(repaired) == {"_row": [2, 3, 4], **source}
    assert repaired.changes == ()
    assert repaired.rows == 3


@given(
    st.lists(
        st.tuples(
            st.text(alphabet="กขคงabc", min_size=1, max_size=5), st.integers(0, 10**6), st.dates()
        ),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=30, deadline=None)
def test_any_clean_table_passes_bit_for_bit(tmp_path_factory, rows):
    days = [
        day.replace(year=1700 + day.year % 500, day=min(day.day, 28)).isoformat()
        for *_, day in rows
    ]
    source = {"a": [a for a, *_ in rows], "n": [str(n) for _, n, _ in rows], "d": days}
    target = tmp_path_factory.mktemp("staged") / "t.parquet"

    repaired = repair(
        raw_of(source), schema_of({"a": "string", "n": "integer", "d": "date"}), spec_of(), target
    )

    assert rows_of(repaired) == {"_row": [*range(2, len(rows) + 2)], **source}
    assert repaired.changes == ()


def test_table_without_rows_is_staged_with_its_columns(run):
    repaired = run({"a": [], "d": []}, {"a": "string", "d": "date"})

    assert repaired.rows == 0
    assert pq.read_schema(repaired.path).names == ["_row", "a", "d"]


def test_failing_source_leaves_nothing_behind(tmp_path):
    def batches() -> Iterator[pa.RecordBatch]:
        yield next(raw_of({"d": ["2024-01-01"]}).open())
        raise OSError("the disk is gone")

    target = tmp_path / "staged.parquet"
    with pytest.raises(OSError, match="disk"):
        repair(RawTable(("d",), batches), schema_of({"d": "date"}), spec_of(), target)

    assert [*tmp_path.iterdir()] == []


def test_refused_table_leaves_the_one_before(run, tmp_path):
    run({"y": ["2567"]}, {"y": "year"})
    before = (tmp_path / "staged.parquet").read_bytes()

    with pytest.raises(Rejected):
        run({"y": ["2567", "2024"]}, {"y": "year"})

    assert (tmp_path / "staged.parquet").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["staged.parquet"]


def test_staged_file_does_not_depend_on_how_threads_ran(tmp_path):
    source = {f"c{i}": [f" {j} ", "นํ้า"] * 3 for i, j in enumerate("abcdefgh")}
    spec = spec_of(repairs={"*": ["thai_text"]})
    schema = schema_of(dict.fromkeys(source, "string"))

    runs = [repair(raw_of(source), schema, spec, tmp_path / f"{n}.parquet") for n in range(3)]

    assert len({run.path.read_bytes() for run in runs}) == 1
    assert len({run.changes for run in runs}) == 1


def test_real_monthly_table_is_staged_whole(shared: Path, tmp_path):
    import pyarrow.csv as pc

    path = shared / "data" / "real" / "mots-tourism-by-province-2563-2565.csv"
    table = pc.read_csv(path, convert_options=pc.ConvertOptions(strings_can_be_null=True))
    text = pa.table({n: table[n].cast(pa.string()) for n in table.column_names})
    whole = text.add_column(0, "_row", pa.array(range(2, len(text) + 2), pa.int64()))
    raw = RawTable(tuple(text.column_names), lambda: iter(whole.to_batches(max_chunksize=500)))
    fields = dict.fromkeys(text.column_names, "string") | {"year": "year"}

    repaired = repair(
        raw,
        schema_of(fields),
        spec_of(repairs={"province": [{"place": {"level": "province"}}]}),
        tmp_path / "t.parquet",
    )

    found = rows_of(repaired)
    assert repaired.rows == 2310
    assert {*found["year"]} == {"2020", "2021", "2022"}
    assert len({*found["province"]}) == 77
    assert all(code.isdigit() for code in found["province"])


# --- one pass, and once more where the first batch misleads ---------------------------------------


def counted(raw: RawTable) -> tuple[RawTable, list[int]]:
    """The table, and a list that grows each time it is opened."""
    opened: list[int] = []

    def batches() -> Iterator[pa.RecordBatch]:
        opened.append(1)
        return raw.open()

    return RawTable(raw.columns, batches), opened


def test_rows_are_read_once_where_the_first_batch_speaks_for_all(tmp_path):
    raw, opened = counted(raw_of({"d": ["1 ม.ค. 2567", "2 ม.ค. 2567", "3/1/2567"]}))

    repaired = repair(raw, schema_of({"d": "date"}), spec_of(), tmp_path / "t.parquet")

    assert rows_of(repaired)["d"] == ["2024-01-01", "2024-01-02", "2024-01-03"]
    assert len(opened) == 1


@pytest.mark.parametrize("rows", [4, 3_000])
def test_rows_are_read_again_where_later_ones_decide(tmp_path, rows):
    """Short columns are kept text by text, long varied ones are listened to."""
    unsure = [f"{1 + i % 12}/{1 + i // 12 % 12}/{1900 + i // 144}" for i in range(rows - 1)]
    raw, opened = counted(raw_of({"d": [*unsure, "12/25/2024"]}, size=rows // 2))

    repaired = repair(raw, schema_of({"d": "date"}), spec_of(), tmp_path / "t.parquet")

    found = rows_of(repaired)["d"]
    assert found[:2] == ["1900-01-01", "1900-02-01"]
    assert found[-1] == "2024-12-25"
    assert len(opened) == 2
    (change,) = repaired.changes
    assert change.count == rows


def test_ambiguity_far_from_the_first_batch_is_named_with_its_rows_and_exact_counts(tmp_path):
    days = [f"{1 + i % 28} ก.ค. {2400 + i // 28}" for i in range(5_000)]
    raw = raw_of({"d": [*days, "2024-01-01", "2024-01-01"]}, size=1_000)

    with pytest.raises(Rejected) as stopped:
        repair(raw, schema_of({"d": "date"}), spec_of(), tmp_path / "t.parquet")

    (problem,) = stopped.value.problems
    assert (problem.code, problem.row, problem.value) == ("era-mixed", 5_002, "2024-01-01")
    assert problem.params == {"rows_be": 5_000, "rows_ce": 2}
    assert [*tmp_path.iterdir()] == []


def test_column_that_stops_repeating_itself_is_repaired_and_counted_to_the_end(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("flows.repairs._distinct.MOST_TEXTS", 50)
    numbers = [f"{i % 10:,}" for i in range(1_000)] + [f"{1_000 + i:,}" for i in range(2_000)]
    raw = raw_of({"n": numbers, "d": ["1 ม.ค. 2567"] * 3_000}, size=1_000)

    repaired = repair(
        raw, schema_of({"n": "integer", "d": "date"}), spec_of(), tmp_path / "t.parquet"
    )

    assert rows_of(repaired)["n"] == [n.replace(",", "") for n in numbers]
    assert [(c.column, c.count) for c in repaired.changes] == [("n", 2_000), ("d", 3_000)]
    assert repaired.changes[0].examples[0].row == 1_002


@given(
    st.lists(
        st.sampled_from(["1,000", "๑๒", " 5 ", "x", "", None, "2 ,000", "7", "(8)"]),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=25, deadline=None)
def test_text_by_text_and_value_by_value_come_to_the_same(tmp_path_factory, values):
    folder, schema, spec = tmp_path_factory.mktemp("ways"), schema_of({"n": "integer"}), spec_of()
    raw = raw_of({"n": values}, size=7)
    with pytest.MonkeyPatch.context() as patch:
        by_text = repair(raw, schema, spec, folder / "a.parquet", folder / "a.changes")
        patch.setattr("flows.repairs._run.repeats", lambda values: False)
        by_value = repair(raw, schema, spec, folder / "b.parquet", folder / "b.changes")

    assert rows_of(by_text) == rows_of(by_value)
    assert [(c.repair, c.count) for c in by_text.changes] == [
        (c.repair, c.count) for c in by_value.changes
    ]
    listed = [pq.read_table(folder / f"{way}.changes").to_pydict() for way in "ab"]
    assert listed[0] == listed[1]


# --- every change -------------------------------------------------------------------------------


def test_every_change_is_listed_and_leads_back_to_the_source(tmp_path):
    source = {"n": ["๑,๐๐๐", "5", None, "๑,๐๐๐"], "t": [" ก", "", "รวม", "ข"]}
    spec = spec_of(
        repairs={"*": [{"drop_rows": {"column": "t", "equals": ["ข"]}}], "t": ["trim", "missing"]}
    )
    changes = tmp_path / "changes.parquet"

    repaired = repair(
        raw_of(source), schema_of({"n": "integer", "t": "string"}), spec,
        tmp_path / "t.parquet", changes,
    )  # fmt: skip

    listed = pq.read_table(changes).to_pylist()
    assert [tuple(change.values()) for change in listed] == [
        (5, None, None, None, "drop_rows"),
        (2, "n", "๑,๐๐๐", "1,000", "thai_digits"),
        (2, "n", "1,000", "1000", "thousands"),
        (2, "t", " ก", "ก", "trim"),
    ]
    found = rows_of(repaired)
    for change in reversed(listed):
        if change["field"]:
            at = found["_row"].index(change["row"])
            assert found[change["field"]][at] == change["after"]
            found[change["field"]][at] = change["before"]
    assert found["n"] == source["n"][:3]
    assert found["t"] == source["t"][:3]


def test_refused_table_lists_no_changes(tmp_path):
    with pytest.raises(Rejected):
        repair(
            raw_of({"y": ["2567", "2024"]}), schema_of({"y": "year"}), spec_of(),
            tmp_path / "t.parquet", tmp_path / "changes.parquet",
        )  # fmt: skip

    assert [*tmp_path.iterdir()] == []


def test_new_types_bring_their_repairs(run):
    source = {
        "month": ["มกราคม 2567"], "moment": ["1 ม.ค. 2567 เวลา 08.30 น."], "time": ["08.30 น."],
        "open": ["✓"], "pass": ["ไม่ผ่าน"], "own": ["มี"],
    }  # fmt: skip
    fields = {
        "month": "yearmonth", "moment": "datetime", "time": "time", "open": "boolean",
        "pass": "boolean", "own": {"type": "boolean", "trueValues": ["มี"], "falseValues": ["ไม่มี"]},
    }  # fmt: skip

    assert rows_of(run(source, fields)) == {
        "_row": [2], "month": ["2024-01"], "moment": ["2024-01-01T08:30:00"], "time": ["08:30:00"],
        "open": ["true"], "pass": ["false"], "own": ["มี"],
    }  # fmt: skip
