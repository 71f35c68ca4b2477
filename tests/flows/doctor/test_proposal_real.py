"""Every real file: diagnosed, declared with a person's answers as data, published, and right.

What is wrong in each file, and the figures held here, are from SOURCES.md beside the files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from catalog.names import DatasetId

LAWFUL = "lawful_basis:สถิติปศุสัตว์ที่กรมเผยแพร่อยู่แล้ว"


@dataclass(frozen=True)
class Real:
    """A file, what a person answers about it, and what has to come of it.

    Attributes:
        rows: of each published table, in order.
        answers: beside those that every dataset needs.
        right: holds of the first table.
    """

    rows: tuple[int, ...]
    answers: Mapping[str, str] = field(default_factory=dict)
    right: Callable[[pa.Table], Any] = lambda table: True


def total(table: pa.Table, name: str) -> Any:
    return pc.sum(table.column(name)).as_py()


def livestock(table: pa.Table) -> None:
    assert table.num_columns == 153
    assert total(table, "total_beef_all") == 63_334
    assert total(table, "total_chicken_all") == 11_406_254
    assert total(table, "total_pig_all") == 171_697
    assert len(pc.unique(table.column("province"))) == 5
    assert "คลองเตย" in table.column("district").to_pylist()


def water(table: pa.Table) -> None:
    assert table.column("au").null_count >= 104
    assert pc.max(table.column("au")).as_py() > 0
    assert table.schema.field("sampling_depth").type == pa.string()
    assert "1,4.5,8" in table.column("sampling_depth").to_pylist()
    assert "water_quality_index" in table.column_names
    assert not any("\n" in value for value in table.column("colour").to_pylist() if value)


def constituencies(table: pa.Table) -> None:
    assert "จังหวัด" not in table.column("province").to_pylist()
    name = next(name for name in table.column_names if name.startswith("count_members"))
    assert table.column(name)[0].as_py() == 1
    # 350 constituencies in all (36 of them Bangkok's), each province once
    assert total(table, name) == 350


def variants(table: pa.Table) -> None:
    population = next(name for name in table.column_names if name.startswith("population"))
    assert total(table, population) == 66_558_935
    assert table.column("district_num").null_count == 2
    assert total(table, "area_sqkm") == 517_645


def visitors(table: pa.Table) -> None:
    years = pc.value_counts(table.column("year")).to_pylist()
    assert {item["values"]: item["counts"] for item in years} == {2020: 924, 2021: 924, 2022: 462}
    assert table.column("thai_visitors")[0].as_py() == 2_259_097
    assert sum(table.column(name).null_count for name in table.column_names) == 3
    assert len(pc.unique(table.column("province"))) == 77


def prices(table: pa.Table) -> None:
    assert table.column("year").to_pylist()[:2] == [1984, 1985]
    assert table.column("jan")[0].as_py() == pytest.approx(2897.567393473512)
    assert table.column("apr")[-1].as_py() is None, "a month of 2560 that had not come"


def cassava(table: pa.Table) -> None:
    assert total(table, table.column_names[1]) == pytest.approx(8_910_020, abs=1_000)
    assert "กำแพงเพชร" in table.column("province").to_pylist()
    assert not any(name.strip() != name for name in table.column("province").to_pylist())


def schools(table: pa.Table) -> None:
    assert table.column("level").null_count == 5
    assert "โรงเรียนสังข์อ่ำวิทยา" in table.column("name").to_pylist()
    assert pc.unique(table.column("province")).to_pylist() == ["ปทุมธานี"]


def complaints(table: pa.Table) -> None:
    assert table.column("region_code")[0].as_py() == "01"
    years = pc.value_counts(table.column("fiscal_year")).to_pylist()
    assert {item["values"]: item["counts"] for item in years} == dict.fromkeys(
        range(2015, 2024), 77
    )


def population(table: pa.Table) -> None:
    assert "สมุทรปราการ" in table.column("province").to_pylist()
    assert not any(name.startswith("จังหวัด") for name in table.column("province").to_pylist())
    assert pc.sum(pc.add(table.column("male"), table.column("female"))).as_py() == total(
        table, "total"
    )
    blank = [name for name in table.column_names if table.column(name).null_count == 1_500]
    assert len(blank) == 2


def temples(table: pa.Table) -> None:
    assert table.column(0)[0].as_py() == "วัดกลาง"
    assert len(pc.unique(table.column(0))) == 660


REAL = {
    "dld-livestock-by-tambon.csv": Real(
        (400,), {"*.personal": LAWFUL}, livestock
    ),
    "marine-quality-2566-round1.csv": Real(
        (210,), {"*.alike": "keep", "sampling_depth.list": "text"}, water
    ),
    "election-2562-constituency-areas.csv": Real(
        (370,), {"*.doctor-ask-groups": "leave"}, constituencies
    ),
    "province-name-variants.csv": Real(
        (79,), {"district_num.odd-values": "empty"}, variants
    ),
    "mots-tourism-by-province-2563-2565.csv": Real((2_310,), {}, visitors),
    "oae-paddy-monthly-prices-2527-2560.xls": Real((34, 3, 3, 4), {"*.zeros": "missing"}, prices),
    "oae-cassava-forecast-2560.xls": Real((50,), {}, cassava),
    "schools-pathum-thani.csv": Real((319,), {}, schools),
    "oncb-complaints-by-province.csv": Real((693,), {}, complaints),
    "dopa-population-2565-12.csv": Real((1_500,), {"*.places": "keep"}, population),
    "temples-kalasin.csv": Real((708,), {}, temples),
}  # fmt: skip
ALWAYS = {
    "title": "ชุดข้อมูลทดสอบ", "description": "แฟ้มจริงจากหน่วยงาน", "licence": "not-stated",
    "theme": "government", "frequency": "never",
}  # fmt: skip


def test_every_real_file_is_tried(shared):
    found = {path.name for path in (shared / "data" / "real").iterdir()} - {"SOURCES.md"}
    assert found == set(REAL)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(REAL))
def test_a_real_file_becomes_a_published_dataset(shared, samdao, world, province, tmp_path, name):
    real, path = REAL[name], shared / "data" / "real" / name
    answers = [word for item in (ALWAYS | dict(real.answers)).items()
               for word in ("--answer", "=".join(item))]  # fmt: skip
    made = samdao("new", str(path), "--id", "si_sawat/found", "--yes", *answers, lang="th")
    assert made.exit_code == 0, made.output
    done = samdao("publish", "si_sawat/found", "--json")
    assert done.exit_code == 0, done.output
    samdao("approve", "si_sawat/found")
    public = json.loads(samdao("publish", "si_sawat/found", "--json").stdout)
    release = world.index.published(DatasetId("si_sawat", "found"))
    assert release is not None, public
    facts = {table.name: table.rows for table in release.facts.tables}
    declared = world.declarations.dataset(DatasetId("si_sawat", "found"))
    assert tuple(facts[table] for table in declared.tables) == real.rows
    first = next(iter(declared.tables))
    stored = world.store.fetch(release.id, release.version, f"{first}.parquet", tmp_path)
    real.right(pq.read_table(stored))


def test_nothing_in_the_fictional_province_changes_by_looking(shared, samdao, province):
    before = {path: path.stat().st_mtime_ns for path in province.rglob("*")}
    result = samdao("doctor", str(shared / "data" / "real" / "temples-kalasin.csv"), lang="th")
    assert result.exit_code == 0
    assert {path: path.stat().st_mtime_ns for path in province.rglob("*")} == before
