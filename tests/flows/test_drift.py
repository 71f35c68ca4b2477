"""What changed, and what is out of the ordinary, beside what was declared and what came before."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.cast import cast
from catalog.problem import Level, Rejected
from catalog.profile import CATEGORIES, Profile, profile
from catalog.schema import TableSchema
from catalog.spec import Bounds
from catalog.table import Table, write_table
from flows.compare import SHOWN, beyond, compare
from flows.drift import LEARNT_FROM, drift
from flows.publish import publish
from flows.telling import warnings

from .conftest import MARKETS, add_market

SCHEMA = TableSchema.model_validate(
    {
        "fields": [
            {"name": "district", "type": "string"},
            {"name": "year", "type": "year"},
            {"name": "people", "type": "integer"},
        ],
        "primaryKey": ["district", "year"],
    }
)
KEYLESS = SCHEMA.model_copy(update={"primary_key": ()})
LOPBURI = ("1601", "1602", "1603", "1604", "1605", "1606", "1607", "1608", "1609", "1610", "1611")


def table(path: Path, rows: list[tuple[object, ...]], schema: TableSchema = SCHEMA) -> Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema.fields)
    texts = [pa.array([None if v is None else str(v) for v in c], pa.string()) for c in columns]
    batch = pa.RecordBatch.from_arrays(
        [pa.array(range(len(rows)), pa.int64()), *texts], names=["_row", *schema.names]
    )
    values, wrong = cast(batch, schema)
    assert not wrong
    return write_table(path, "people", schema, [values])


def people(year: int = 2567, districts: tuple[str, ...] = LOPBURI, head: int = 1_000):
    return [(code, year, head + place) for place, code in enumerate(districts)]


@pytest.fixture
def made(tmp_path: Path):
    count = iter(range(1_000))
    return lambda rows, schema=SCHEMA: table(tmp_path / f"{next(count)}.parquet", rows, schema)


def judged(history: list[Table], now: Table, **expect: object):
    profiles = [profile(each) for each in history]
    bounds = Bounds.model_validate(expect)
    changes = compare(history[0] if history else None, now)
    return [
        (p.code, p.field, p.value, p.level)
        for p in drift(profiles, profile(now), now, bounds, changes)
    ]


# ---- the profile


def test_a_profile_says_what_each_column_holds_and_survives_json(made):
    found = profile(made([("1601", 2024, 5), ("1602", 2024, None), ("1602", 2025, 7)]))
    district, year, head = (found.columns[name] for name in SCHEMA.names)
    assert (found.rows, district.filled, district.distinct) == (3, 3, 2)
    assert dict(district.values) == {"1602": 2, "1601": 1}
    assert (year.least, year.most) == ("2024", "2025")
    assert (head.filled, head.total, head.least, head.most) == (2, 12.0, "5", "7")
    assert Profile.from_dict(found.as_dict()) == found


def test_many_values_are_counted_but_not_listed(made):
    found = profile(made([(f"{n:04}", 2024, n) for n in range(CATEGORIES + 1)]))
    assert found.columns["district"].values is None
    assert found.columns["district"].distinct == CATEGORIES + 1


def test_an_empty_table_has_a_profile(made):
    found = profile(made([]))
    assert (found.rows, found.columns["people"].filled, found.columns["people"].total) == (
        0, 0, None,
    )  # fmt: skip


# ---- what changed


def test_the_first_changes_are_shown_with_what_was_and_what_is(made):
    before = made([("1601", 2024, 5), ("1602", 2024, 6), ("1603", 2024, 7)])
    found = compare(before, made([("1601", 2024, 5), ("1602", 2024, 60), ("1604", 2024, 8)]))
    assert (found.added, found.removed, found.changed) == (1, 1, 1)
    assert found.shown.added == ({"district": "1604", "year": "2024", "people": "8"},)
    assert found.shown.removed == ({"district": "1603", "year": "2024", "people": "7"},)
    assert found.shown.changed == (
        {"key": {"district": "1602", "year": "2024"}, "was": {"people": "6"},
         "now": {"people": "60"}},
    )  # fmt: skip


def test_only_the_first_changes_are_shown_but_all_are_counted(made):
    before = made([(f"{n:04}", 2024, n) for n in range(100)])
    found = compare(before, made([(f"{n:04}", 2024, n + 1) for n in range(100)]))
    assert (found.changed, len(found.shown.changed)) == (100, SHOWN)
    assert found.shown.changed[0]["key"]["district"] == "0000"


def test_a_column_whose_type_changed_is_compared_as_text(made):
    texts = SCHEMA.model_copy(
        update={"fields": (*SCHEMA.fields[:2], SCHEMA.fields[2].model_copy(
            update={"type": "string"}))}
    )  # fmt: skip
    found = compare(made([("1601", 2024, 5)]), made([("1601", 2024, 5)], texts))
    assert (found.added, found.removed, found.changed) == (0, 0, 0)


_ROWS = st.dictionaries(
    st.tuples(st.sampled_from(["1601", "1602", "1603", "16 04"]), st.integers(2023, 2025)),
    st.one_of(st.none(), st.integers(0, 3)),
    max_size=10,
)


@settings(max_examples=40, deadline=None)
@given(was=_ROWS, now=_ROWS)
def test_changes_by_key_are_those_of_two_dictionaries(tmp_path_factory, was, now):
    folder = tmp_path_factory.mktemp("compare")
    sides = [
        table(folder / f"{name}.parquet", [(*key, value) for key, value in rows.items()])
        for name, rows in (("was", was), ("now", now))
    ]
    found = compare(*sides)
    shared = was.keys() & now.keys()
    assert (found.added, found.removed) == (len(now.keys() - was), len(was.keys() - now))
    assert found.changed == sum(was[key] != now[key] for key in shared)
    assert {tuple(row["key"].values()) for row in found.shown.changed} == {
        (district, str(year)) for district, year in shared
        if was[district, year] != now[district, year]
    }  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    was=st.lists(st.tuples(st.sampled_from("กข"), st.just(2024), st.integers(0, 2)), max_size=8),
    now=st.lists(st.tuples(st.sampled_from("กข"), st.just(2024), st.integers(0, 2)), max_size=8),
)
def test_without_a_key_whole_rows_are_counted_as_often_as_they_stand(tmp_path_factory, was, now):
    folder = tmp_path_factory.mktemp("compare")
    found = compare(
        table(folder / "was.parquet", was, KEYLESS), table(folder / "now.parquet", now, KEYLESS)
    )
    counts = pd.Series(now).value_counts().sub(pd.Series(was).value_counts(), fill_value=0)
    assert found.added == int(counts[counts > 0].sum())
    assert found.removed == -int(counts[counts < 0].sum())


# ---- what was declared


def test_districts_that_are_missing_are_named(made):
    now = made(people(districts=LOPBURI[2:]))
    assert judged([], now, covers={"district": "TH-16"}) == [
        ("expect-covers", "district", "เมืองลพบุรี, พัฒนานิคม", Level.ERROR)
    ]
    (problem,) = drift(
        [], profile(now), now, Bounds(covers={"district": "TH-16"}), compare(None, now)
    )
    assert problem.title("en") == (
        "ลพบุรี is not covered: 2 of 11 places are missing (เมืองลพบุรี, พัฒนานิคม)"
    )


def test_a_whole_province_is_covered(made):
    assert judged([], made(people()), covers={"district": "TH-16"}) == []


def test_declared_bounds_stop_or_only_warn(made):
    now = made([("1601", 2024, None), ("1601", 2025, 4)])
    expect = {"filled": {"people": (0.9, 1)}, "distinct": {"district": (2, 2)},
              "values": {"district": ("1601", "1602")}}  # fmt: skip
    assert judged([], now, **expect, warn=["distinct"]) == [
        ("expect-filled", "people", "50.0%", Level.ERROR),
        ("expect-distinct", "district", "1", Level.WARNING),
        ("expect-values", "district", "1602", Level.ERROR),
    ]


def test_a_share_of_changed_rows_may_only_warn(made):
    changes = compare(made(people()), made(people(head=5)))
    assert beyond(changes, Bounds(changed=0.5)).level is Level.ERROR
    assert beyond(changes, Bounds(changed=0.5, warn=("changed",))).level is Level.WARNING
    assert beyond(changes, Bounds(changed=1)) is None


# ---- what was learnt


def test_nothing_is_learnt_from_two_releases(made):
    history = [made(people()) for _ in range(LEARNT_FROM - 1)]
    assert judged(history, made(people(districts=LOPBURI[:2]))) == []


def test_what_three_releases_had_is_missed(made):
    history = [made(people(head=1_000 + n)) for n in range(LEARNT_FROM)]
    now = made(people(districts=LOPBURI[:5]))
    found = {(code, field): value for code, field, value, _ in judged(history, now)}
    assert found["drift-rows", None] == "5"
    assert found["drift-lost-values", "district"] == "1606, 1607, 1608, 1609, 1610 …"
    assert found["drift-total", "people"] == "5,010"
    assert {level for *_, level in judged(history, now)} == {Level.WARNING}


def test_a_value_nobody_ever_had_is_told(made):
    history = [made(people()) for _ in range(LEARNT_FROM)]
    now = made(people(districts=(*LOPBURI[:10], "16 11")))
    assert ("drift-new-values", "district", "16 11", Level.WARNING) in judged(history, now)


def test_growth_as_it_always_was_is_no_news(made):
    history = [made(people(head=1_000 + 50 * n)) for n in (3, 2, 1)]
    assert judged(history, made(people(head=1_200))) == []


def test_a_figure_ten_times_as_great_is_told(made):
    history = [made(people()) for _ in range(LEARNT_FROM)]
    codes = {code for code, *_ in judged(history, made(people(head=10_000)))}
    assert {"drift-total", "drift-least", "drift-most"} <= codes


def test_a_column_that_lost_its_values_is_told(made):
    history = [made(people()) for _ in range(LEARNT_FROM)]
    rows = [(code, year, None if n % 2 else head) for n, (code, year, head) in enumerate(people())]
    found = {code: value for code, *_, value, _ in judged(history, made(rows))}
    assert found["drift-filled"] == "54.5%"


def test_what_is_declared_is_not_learnt(made):
    history = [made(people()) for _ in range(LEARNT_FROM)]
    now = made(people(districts=LOPBURI[:5]))
    assert "drift-rows" not in {code for code, *_ in judged(history, now, rows=(1, 20))}


def test_years_that_moved_to_the_other_era_stop_the_release(made):
    found = judged([made(people(2024))], made(people(2567)))
    assert found == [("drift-era", "year", "2567–2567", Level.ERROR)]
    assert judged([made(people(2024))], made(people(2025))) == []


def test_a_renamed_column_is_recognised_by_its_values(made):
    renamed = SCHEMA.model_copy(
        update={"fields": (SCHEMA.fields[0].model_copy(update={"name": "amphoe"}),
                           *SCHEMA.fields[1:]), "primary_key": ("amphoe", "year")}
    )  # fmt: skip
    found = judged([made(people())], made(people(), renamed))
    assert ("drift-renamed", "amphoe", "district", Level.WARNING) in found


# ---- on the way of a dataset


@pytest.mark.usefixtures("unattended")
def test_the_way_learns_from_releases_and_warns(world, markets, capsys):
    for count in range(LEARNT_FROM):
        publish(MARKETS, world)
        add_market(markets, f"ม1{count},ตลาด {count},1 ม.ค. 2569,{100 + count}")
    publish(MARKETS, world)
    add_market(markets, "ม99,ตลาดยักษ์,1 ม.ค. 2569,90000")
    outcome = publish(MARKETS, world)
    change = outcome.changes["markets"]
    warned = {(w["code"], w["field"]) for w in change["warnings"]}
    assert ("drift-most", "stalls") in warned
    assert change["shown"]["added"][0]["name"] == "ตลาดยักษ์"
    warnings(change)
    assert "→" in capsys.readouterr().out


@pytest.mark.usefixtures("unattended")
def test_a_flipped_era_leaves_the_old_release_standing(world, markets):
    publish(MARKETS, world)
    version = world.index.published(MARKETS).version
    (markets / "markets.csv").write_text(
        "รหัส,ชื่อตลาด,วันที่เปิด,จำนวนแผง\n"
        "ม01,ตลาดน้ำบ้านเหนือ,2567-02-28,120\nม02,ตลาดเช้า,2566-01-01,1250\n"
        "ม03,ตลาดริมทาง,2560-08-15,8\n",
        "utf-8",
    )
    declaration = markets / "dataset.yaml"
    declaration.write_text(declaration.read_text("utf-8").replace("[thai_date]", "[]"), "utf-8")
    with pytest.raises(Rejected) as error:
        publish(MARKETS, world)
    assert "drift-era" in {problem.code for problem in error.value.problems}
    assert world.index.published(MARKETS).version == version
