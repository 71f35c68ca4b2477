"""What the doctor refuses to look at because of its size, and what it looks at all the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import xlsxwriter

from benchmarks import _monsters
from catalog.names import DatasetId
from catalog.problem import DeclarationError, Rejected
from flows.doctor import MOST_COLUMNS, MOST_IN_TEXT, MOST_TABLES
from flows.doctor.examine import Desk, examine
from flows.doctor.layout import layouts
from flows.doctor.proposal import Around, propose
from tests.flows.doctor.columns_kit import columns_of, staged


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "desk", lambda: datetime(2026, 11, 20, tzinfo=UTC), 10_000_000)


def refused(path):
    with pytest.raises(Rejected) as raised:
        layouts(path)
    return raised.value.problems[0]


def csv_of(folder, *lines):
    path = folder / "ตาราง.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_table_of_more_columns_than_anybody_reads(tmp_path):
    wide = [",".join(f"{sign}{n}" for n in range(MOST_COLUMNS + 1)) for sign in ("c", "")]
    problem = refused(csv_of(tmp_path, *wide))
    assert (problem.code, problem.params) == (
        "doctor-columns-many", {"columns": "1,001", "most": "1,000"},
    )  # fmt: skip


def test_json_records_of_more_names_than_anybody_reads(tmp_path):
    path = tmp_path / "ระเบียน.json"
    path.write_text(str([{f"k{n}": n for n in range(MOST_COLUMNS + 1)}] * 2).replace("'", '"'))
    assert refused(path).code == "doctor-columns-many"


def test_a_text_of_more_tables_than_anybody_writes(tmp_path):
    heads = (f"{number},ชื่อ,จำนวน" for number in range(MOST_IN_TEXT + 1))
    lines = [line for head in heads for line in (head, "ก,ข,1", "ค,ง,2", "")]
    problem = refused(csv_of(tmp_path, *lines))
    assert (problem.code, problem.params["tables"]) == ("doctor-tables-many", "51")


def test_a_workbook_of_more_sheets_than_provinces(tmp_path):
    path = tmp_path / "จังหวัด.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for number in range(MOST_TABLES + 1):
            book.add_worksheet(f"แผ่น {number}").write_row(0, 0, ("ก", "ข"))
    assert refused(path).code == "doctor-tables-many"


def test_a_file_over_the_bound_is_not_even_hashed(tmp_path):
    path = csv_of(tmp_path, "ก,ข", "1,2")
    found = examine(path, Desk(tmp_path / "desk", lambda: datetime.now(UTC), 5))
    assert [item.problem.code for item in found.findings] == ["source-too-large"]
    assert (found.tables, found.sha256) == ((), "")


def test_a_folder_is_examined_only_where_it_has_a_shapefile(tmp_path, desk):
    with pytest.raises(DeclarationError) as raised:
        examine(tmp_path, desk)
    assert raised.value.problems[0].code == "file-folder"


def test_long_figures_have_no_pattern_that_no_engine_takes(tmp_path):
    from flows.doctor.columns import diagnose

    texts = [str(digit) * 2_000 for digit in range(1, 9)]
    [column] = columns_of(tmp_path, {"รหัส": texts})
    found = diagnose(column)
    assert (found.type, "pattern" in found.constraints) == ("string", False)


def test_rows_too_long_are_all_counted_however_many_cells_the_file_has(tmp_path):
    lines = ["ก,ข"] + ["1,2" + ",3" * (n % 997) for n in range(1_500)]
    [layout] = layouts(csv_of(tmp_path, *lines))
    [found] = [f for f in layout.findings if f.problem.code == "doctor-rows-long"]
    assert found.count == sum(n % 997 > 0 for n in range(1_500))
    assert [example.row for example in found.examples] == [3, 4, 5, 6, 7]


def test_keys_of_a_wide_table_are_found_without_trying_every_column(tmp_path, monkeypatch):
    from flows.doctor import _column_keys
    from flows.doctor.columns import diagnose

    tried = []
    tells = _column_keys._tells_apart
    monkeypatch.setattr(
        _column_keys, "_tells_apart", lambda *given: tried.append(1) or tells(*given)
    )
    table = {f"รายการ {at}": [f"{chr(0xE01 + n)}{at}" for n in range(20)] for at in range(200)}
    columns = columns_of(tmp_path, table)
    keys = _column_keys.candidate_keys(
        columns, [diagnose(column) for column in columns], columns[0].staged
    )
    assert (len(keys), len(tried)) == (5, 5)


def test_rows_of_hundreds_of_columns_are_compared_whole(tmp_path):
    from flows.doctor._column_keys import repeated_rows

    table = {f"c{at}": [f"{at}", f"{at}", "x"] for at in range(1_100)}
    columns = columns_of(tmp_path, table)
    [found] = repeated_rows(columns, staged(tmp_path, table))
    assert (found.count, found.examples[0].row) == (1, 3)


def test_columns_seen_by_several_threads_do_not_disturb_each_other(tmp_path):
    from flows.doctor._column_role import as_text, role_of

    first, second = columns_of(tmp_path, {"ปี": ["2566", "2567"], "ชื่อ": ["ก", "ข"]})
    assert role_of(first).kind == "year"
    as_text(first)
    with ThreadPoolExecutor(1) as other:
        assert other.submit(role_of, second).result().kind == "text"
        assert other.submit(role_of, first).result().kind == "year"
    assert role_of(first).kind == "text", "what this thread took it for"


def test_half_a_position_does_not_stop_the_look_at_the_others(tmp_path):
    from flows.doctor.columns import diagnose

    texts = [f"104.7{n:05},17.4{n:05}" for n in range(60)] + ["104.7"]
    [column] = columns_of(tmp_path, {"พิกัด": texts})
    assert "coordinates-point" not in {item.problem.code for item in diagnose(column).findings}


def test_a_geometry_off_the_globe_is_never_taken_for_a_text(tmp_path, desk):
    features = ",".join(
        f'{{"type":"Feature","properties":{{"n":{n}}},"geometry":'
        f'{{"type":"Point","coordinates":[104.7,{117 if n == 3 else 17}]}}}}' for n in range(1, 6)
    )  # fmt: skip
    path = tmp_path / "จุด.geojson"
    path.write_text(f'{{"type":"FeatureCollection","features":[{features}]}}')
    exam = examine(path, desk)
    made = propose(exam, Around(DatasetId("office", "points")), {}, desk, assume=True)
    assert [field.type for field in made.trials[0].draft.fields][-1] == "geojson"
    assert [(problem.code, problem.row) for problem in made.problems] == [("type-error", 3)]


def test_monsters_are_made_anew_the_same():
    import random

    for monster in (_monsters._long_cells, _monsters._deep_json, _monsters._noise):
        assert monster(random.Random(7)) == monster(random.Random(7))
