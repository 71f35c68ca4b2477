"""What the declared repairs make of the administrative, livestock, names and temples sources."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely

from catalog.cast import cast
from catalog.registry import variant
from flows.declare import Declarations
from flows.repair import repair
from flows.sources import Shelf

ROOT = Path(__file__).parents[2]
Canonical = Callable[[str, str], pa.Table]


@pytest.fixture(scope="module")
def canonical(tmp_path_factory: pytest.TempPathFactory) -> Canonical:
    """Gives a bundled table as it is after repair and cast; nothing may fail to cast."""
    declarations = Declarations(ROOT / "datasets", ROOT / "schemas")
    desk = tmp_path_factory.mktemp("desk")

    @cache
    def made(id: str, name: str) -> pa.Table:
        dataset = declarations.dataset(declarations.find(id))
        spec = dataset.tables[name]
        schema = declarations.schema(spec.table_schema)
        kind = variant("flows.sources", spec.source.kind)
        options = kind.Options.model_validate(spec.source.options)
        shelf = Shelf(
            folder=declarations.folder(dataset.id), evidence=desk, known=None,
            now=lambda: datetime(2026, 11, 20, tzinfo=UTC), max_bytes=10**7,
        )  # fmt: skip
        raw = kind.read(kind.pull(options, shelf), options)
        repaired = repair(raw, schema, spec, desk / f"{dataset.id.ckan_name}-{name}.parquet")
        batches, wrong = zip(
            *(cast(batch, schema, raw.crs) for batch in repaired.open()), strict=True
        )
        assert not any(wrong)
        table = pa.Table.from_batches(batches)
        assert spec.expect.rows == (table.num_rows, table.num_rows)
        return table

    return made


def row(table: pa.Table, column: str, value: object) -> dict[str, object]:
    (found,) = table.filter(pc.field(column) == value).to_pylist()
    return found


def test_province_outline_has_its_tis_1099_code_and_day(canonical: Canonical) -> None:
    table = canonical("provincial_administration/administrative_boundaries", "provinces")
    found = row(table, "province_code", "48")

    assert (found["name_th"], found["name_en"]) == ("นครพนม", "Nakhon Phanom")
    assert (found["edition_date"], found["valid_on"]) == (date(2019, 2, 18), date(2019, 2, 21))
    town = shapely.Point(104.72, 17.38)
    assert shapely.from_wkb(found["geometry"]).contains(town)


def test_district_outline_lies_in_the_province_of_its_code(canonical: Canonical) -> None:
    table = canonical("provincial_administration/administrative_boundaries", "districts")

    assert pc.all(
        pc.equal(pc.utf8_slice_codeunits(table["district_code"], 0, 2), table["province_code"])
    ).as_py()
    assert shapely.is_valid(shapely.from_wkb(table["geometry"].to_pylist())).all()


def test_stray_letters_of_english_names_are_put_right(canonical: Canonical) -> None:
    districts = canonical("provincial_administration/districts", "districts")
    subdistricts = canonical("provincial_administration/subdistricts", "subdistricts")
    wanted = {"470704": "Suwannakarm", "490505": "Nong Ian", "841505": "Khao Niphan"}

    assert row(districts, "district_code", "4520")["name_en"] == "Thung Khao Luang"
    assert {
        code: row(subdistricts, "subdistrict_code", code)["name_en"] for code in wanted
    } == wanted


def test_7121_subdistricts_have_a_point_made_of_longitude_and_latitude(
    canonical: Canonical,
) -> None:
    table = canonical("provincial_administration/subdistricts", "subdistricts")
    points = shapely.from_wkb(table["location"].to_pylist())
    placed = ~shapely.is_missing(points)

    assert placed.sum() == 7121
    assert shapely.get_x(points[placed]).tolist() == table["longitude"].drop_null().to_pylist()
    assert shapely.get_y(points[placed]).tolist() == table["latitude"].drop_null().to_pylist()


def test_postal_codes_are_text(canonical: Canonical) -> None:
    table = canonical("provincial_administration/subdistricts", "subdistricts")

    assert row(table, "subdistrict_code", "100101")["postal_code"] == "10200"


def test_heads_with_thousand_separators_are_counted(canonical: Canonical) -> None:
    table = canonical("department_of_livestock/livestock_by_tambon", "tambons")

    assert row(table, "row_id", 9)["chicken_total_head"] == 18_768
    assert pc.sum(table["chicken_total_head"]).as_py() == 11_406_254
    assert float(pc.sum(table["fodder_total_rai"]).as_py()) == 2527.5


def test_rows_that_are_no_province_have_no_code_and_no_health_area(canonical: Canonical) -> None:
    table = canonical("ministry_of_public_health/province_name_variants", "provinces")
    without = table.filter(pc.is_null(table["province_code"]))

    assert without["name_en"].to_pylist() == ["Prison", "Unknown"]
    assert without["health_area"].to_pylist() == [None, None]
    assert sorted(set(table["health_area"].drop_null().to_pylist())) == list(range(1, 14))


def test_spellings_as_met_are_not_touched(canonical: Canonical) -> None:
    table = canonical("ministry_of_public_health/province_name_variants", "provinces")

    assert "'สงขลา\u200b'" in str(row(table, "name_en", "Songkhla")["alt_names"])
    assert "'\u00a0สมุทรสงคราม'" in str(row(table, "name_en", "Samut Songkhram")["alt_names"])


def test_temples_of_one_name_all_stay(canonical: Canonical) -> None:
    names = canonical("national_office_of_buddhism/temples_kalasin", "temples")["name_th"]

    assert names[0].as_py() == "วัดกลาง"
    assert names.to_pylist().count("วัดโพธิ์ชัย") == 5


def test_codes_are_found_from_names_and_never_guessed(canonical: Canonical) -> None:
    table = canonical("department_of_livestock/livestock_by_tambon", "tambons")
    first = row(table, "row_id", 1)

    assert [first[name] for name in ("province_code", "district_code", "subdistrict_code")] == [
        "10", "1033", "103301",
    ]  # fmt: skip
    assert table["district_code"].null_count == 0
    assert table["subdistrict_code"].null_count == 19


def test_repaired_spellings_stand_beside_those_that_were_met(canonical: Canonical) -> None:
    table = canonical("ministry_of_public_health/province_name_variants", "provinces")
    lampang = row(table, "name_en", "Lampang")

    assert "'ล\u0e4d\u0e32ปาง'" in str(lampang["alt_names"])
    assert "\u0e4d" not in str(lampang["alt_names_repaired"])
