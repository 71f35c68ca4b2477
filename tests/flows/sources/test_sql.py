"""Databases as sources, on a real SQLite file and a real PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from catalog.problem import DeclarationError, OutsideError, Rejected, template
from flows.sources import sql as source

VARIABLE = "TEST_SHOPS_URL"


@pytest.fixture
def database(tmp_path):
    """A connection to the SQLite file ``ทะเบียน.db`` beside the declaration."""
    (tmp_path / "declared").mkdir(exist_ok=True)
    connection = sqlite3.connect(tmp_path / "declared" / "ทะเบียน.db")
    yield connection
    connection.close()


@pytest.fixture
def server(postgres, monkeypatch):
    """A connection to a PostgreSQL schema of this test alone, its address in a variable."""
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
        monkeypatch.setenv(VARIABLE, postgres)
        yield connection


@pytest.fixture
def taken(shelf):
    """The table that a pull and a read of a declaration give."""

    def take(**said):
        said = {"path": "ทะเบียน.db"} | said if "url_env" not in said else said
        options = source.Options(**said)
        return source.read(source.pull(options, shelf()), options)

    return take


def stopped(kind, action):
    """The one problem with which a call stops; its words are whole in both languages."""
    with pytest.raises(kind) as caught:
        action()
    (problem,) = caught.value.problems
    assert "…" not in template(problem.code)["th"]
    assert problem.words("th")
    return problem


def without_row(rows):
    return [{name: value for name, value in row.items() if name != "_row"} for row in rows]


# ---- SQLite


def test_table_comes_in_the_order_of_its_key_as_exact_text(database, taken, rows):
    database.execute(
        'CREATE TABLE "ร้าน" (รหัส TEXT PRIMARY KEY, ชื่อ TEXT, เงิน REAL, จำนวน INT, ภาพ BLOB)'
    )
    database.executemany(
        'INSERT INTO "ร้าน" VALUES (?, ?, ?, ?, ?)',
        [("02", "ข", 1234567890.125, 2**62, b"\x00\xff"), ("01", "", 3.0, None, None)],
    )
    database.commit()

    table = taken(table="ร้าน")

    assert table.columns == ("รหัส", "ชื่อ", "เงิน", "จำนวน", "ภาพ")
    assert table.findings == ()
    assert rows(table) == [
        {"_row": 1, "รหัส": "01", "ชื่อ": "", "เงิน": "3", "จำนวน": None, "ภาพ": None},
        {"_row": 2, "รหัส": "02", "ชื่อ": "ข", "เงิน": "1234567890.125",
         "จำนวน": "4611686018427387904", "ภาพ": "00ff"},
    ]  # fmt: skip


@pytest.mark.parametrize("values", [[1, "ก", 2.5, None], [b"\x01", 1], [0.1, 1e300, 12, -1e-7]])
def test_column_of_several_kinds_keeps_each_value(database, taken, rows, values):
    database.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, v)")
    database.executemany("INSERT INTO t (v) VALUES (?)", [(value,) for value in values])
    database.commit()

    found = [row["v"] for row in rows(taken(table="t"))]

    wanted = {b"\x01": "01", 2.5: "2.5", 1e300: "1e+300", -1e-7: "-1e-07", 0.1: "0.1"}
    assert found == [wanted.get(v, None if v is None else str(v)) for v in values]


@given(
    values=st.lists(
        st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
        | st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")),
        max_size=20,
    )
)  # fmt: skip
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
def test_every_value_can_be_told_from_its_text(database, taken, rows, values):
    database.execute("DROP TABLE IF EXISTS t")
    database.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, v)")
    database.executemany("INSERT INTO t (v) VALUES (?)", [(value,) for value in values])
    database.commit()

    found = [row["v"] for row in rows(taken(table="t"))]

    assert [
        type(v)(f) if v is not None else f for v, f in zip(values, found, strict=True)
    ] == values


def test_same_rows_give_the_same_evidence_wherever_they_stand_in_the_file(database, shelf):
    database.execute("CREATE TABLE a (id TEXT PRIMARY KEY, v)")
    database.execute("CREATE TABLE b (id TEXT PRIMARY KEY, v)")
    pairs = [(f"{n:03}", n / 7) for n in range(200)]
    database.executemany("INSERT INTO a VALUES (?, ?)", pairs)
    database.executemany("INSERT INTO b VALUES (?, ?)", reversed(pairs))
    database.commit()

    found = [
        source.pull(source.Options(path="ทะเบียน.db", table=name), shelf()) for name in ("a", "b")
    ]

    assert found[0].sha256 == found[1].sha256
    assert found[0].path.stat().st_size == found[0].size


def test_table_without_a_key_is_told_to_have_no_order(database, taken):
    database.execute("CREATE TABLE t AS SELECT 2 AS n UNION ALL SELECT 1")
    database.commit()

    assert [finding.code for finding in taken(table="t").findings] == ["sql-unordered"]
    ordered = taken(table="t", order_by=["n"])
    assert ordered.findings == ()


def test_query_may_join_and_end_with_a_comment(database, taken, rows):
    database.executescript("CREATE TABLE t (n); INSERT INTO t VALUES (2), (1), (3)")

    table = taken(
        query="WITH x AS (SELECT n * 10 AS ผล FROM t)\nSELECT * FROM x -- ทั้งหมด\n;", order_by=["ผล"]
    )

    assert [row["ผล"] for row in rows(table)] == ["10", "20", "30"]


def test_nothing_is_written_whatever_the_query_says(database, shelf):
    database.executescript("CREATE TABLE t (n); INSERT INTO t VALUES (1)")
    file = Path(shelf().folder) / "ทะเบียน.db"
    before = file.read_bytes()

    for query in (
        "SELECT 1 AS a); DROP TABLE t; --",
        "WITH x AS (SELECT 1) DELETE FROM t RETURNING n",
    ):
        options = source.Options(path="ทะเบียน.db", query=query)
        stopped(DeclarationError, lambda options=options: source.pull(options, shelf()))

    assert file.read_bytes() == before
    assert sorted(entry.name for entry in file.parent.iterdir()) == ["ทะเบียน.db"]


def test_file_that_nobody_may_write_is_read_though_it_was_left_in_wal_mode(
    database, taken, rows, tmp_path
):
    database.execute("PRAGMA journal_mode = WAL")
    database.executescript("CREATE TABLE t (n INTEGER PRIMARY KEY); INSERT INTO t VALUES (7)")
    database.close()
    folder = tmp_path / "declared"
    folder.chmod(0o555)
    try:
        assert rows(taken(table="t")) == [{"_row": 1, "n": "7"}]
    finally:
        folder.chmod(0o755)


def test_unknown_table_is_refused_with_the_nearest(database, taken):
    database.execute("CREATE TABLE markets (n)")

    problem = stopped(DeclarationError, lambda: taken(table="market"))

    assert (problem.code, problem.params["nearest"]) == ("sql-no-table", "markets")


def test_wrong_statement_is_refused_with_the_databases_words(database, taken):
    database.execute("CREATE TABLE t (n)")

    problem = stopped(DeclarationError, lambda: taken(query="SELECT nn FROM t"))

    assert (problem.code, problem.params["reason"]) == ("sql-refused", "no such column: nn")


def test_bounds_hold(database, taken):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"

    assert stopped(Rejected, lambda: taken(query=endless, max_rows=10_000)).code == "sql-rows"
    assert (
        stopped(
            OutsideError, lambda: taken(query=f"SELECT max(i) AS m FROM ({endless})", seconds=1)
        ).code
        == "sql-slow"
    )
    wide = f"SELECT hex(randomblob(4000)) AS v FROM ({endless} LIMIT 900)"
    assert stopped(Rejected, lambda: taken(query=wide, max_bytes=50_000)).code == "source-too-large"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "sql-no-table"),
        (b"PK\x03\x04" + bytes(2000), "source-wrong-kind"),
        ("จังหวัด,ประชากร\nนครพนม,717040\n".encode() * 200, "source-wrong-kind"),
    ],
)
def test_file_that_is_no_database_is_refused(shelf, content, code):
    (shelf().folder / "a.db").write_bytes(content)
    options = source.Options(path="a.db", table="t")

    assert stopped((Rejected, DeclarationError), lambda: source.pull(options, shelf())).code == code


def test_damaged_database_is_refused(database, shelf):
    database.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, v)")
    database.executemany("INSERT INTO t (v) VALUES (?)", [("ก" * 500,) for _ in range(500)])
    database.commit()
    file = Path(shelf().folder) / "ทะเบียน.db"
    whole = file.read_bytes()
    for at in range(4096, len(whole), 40_000):
        file.write_bytes(whole[:at] + b"\xff" * 4096 + whole[at + 4096 :])
        options = source.Options(path="ทะเบียน.db", table="t")
        problem = stopped(Rejected, lambda options=options: source.pull(options, shelf()))
        assert problem.code in {"sql-broken", "sql-letters"}


def test_thai_of_another_encoding_is_refused_not_replaced(database, taken):
    database.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, v TEXT)")
    database.execute("INSERT INTO t (v) VALUES (CAST(? AS TEXT))", ("นครพนม".encode("cp874"),))
    database.commit()

    assert stopped(Rejected, lambda: taken(table="t")).code == "sql-letters"


def test_locked_database_may_be_free_later(database, taken, monkeypatch):
    from flows.sources import _sql_read

    monkeypatch.setattr(_sql_read, "_CONNECT_SECONDS", 0.1)
    database.execute("CREATE TABLE t (n)")
    database.commit()
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("BEGIN EXCLUSIVE")

    problem = stopped(OutsideError, lambda: taken(table="t"))

    assert (problem.code, problem.params["passing"]) == ("sql-unreachable", True)


def test_declared_wkb_column_is_geometry(database, taken, rows):
    point = shapely.Point(104.78, 17.41)
    database.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, รูป BLOB, ชื่อ TEXT)")
    database.executemany(
        "INSERT INTO t (รูป, ชื่อ) VALUES (?, 'ก')", [(shapely.to_wkb(point),), (None,)]
    )
    database.commit()

    table = taken(table="t", geometry="รูป", crs="EPSG:4326")

    assert (table.geometry, table.crs, table.columns) == ("รูป", "EPSG:4326", ("n", "ชื่อ", "รูป"))
    assert [row["รูป"] for row in rows(table)] == [
        shapely.to_wkb(point, byte_order=1, flavor="iso"), None,
    ]  # fmt: skip


def test_what_is_no_wkb_is_refused_with_its_row(database, taken, rows):
    database.executescript(
        "CREATE TABLE t (n INTEGER PRIMARY KEY, รูป); INSERT INTO t (รูป) VALUES (x'00ff')"
    )

    problem = stopped(Rejected, lambda: taken(table="t", geometry="รูป"))
    unknown = stopped(DeclarationError, lambda: taken(table="t", geometry="g"))

    assert (problem.code, problem.row) == ("geometry-invalid", 1)
    assert unknown.code == "sql-no-column"


@pytest.mark.parametrize(
    "said",
    [
        {"path": "a.db"}, {"table": "t"}, {"path": "a.db", "table": "t", "query": "SELECT 1"},
        {"path": "../a.db", "table": "t"}, {"path": "a.db", "url_env": "X", "table": "t"},
        {"url_env": "SAMDAO_DATABASE_URL", "table": "t"},
        {"url_env": "postgresql://u:p@h/d", "table": "t"},
        {"path": "a.db", "query": "DELETE FROM t"}, {"path": "a.db", "query": "PRAGMA x"},
    ],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused(said):
    with pytest.raises(ValidationError):
        source.Options(**said)


# ---- PostgreSQL


def test_postgres_gives_every_type_as_exact_text(server, taken, rows):
    server.execute("""
        CREATE TABLE ทุกชนิด (
            ลำดับ bigint PRIMARY KEY, เงิน numeric(20,10), ใหญ่ numeric, จริง float8, เปิด boolean,
            วัน date, เวลา timestamp, เขต timestamptz, นาน interval, ไบต์ bytea, รหัส uuid,
            ลิสต์ text[], เจสัน jsonb, ว่าง text, ชม time)""")
    server.execute("""
        INSERT INTO ทุกชนิด VALUES
        (9007199254740993, 0, 12345678901234567890.10, 0.1, true, '2024-02-29',
         '2024-02-29 08:30:00.25', '2024-02-29 08:30:00+07', '1 day 02:00', '\\xdead',
         'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{ก,"ข,ค",NULL}', '{"ก": 1.10}', '', '08:00'),
        (1, NULL, 'NaN', 'Infinity', false, 'infinity', '0044-03-15 00:00:00 BC', NULL, NULL, '',
         NULL, '{}', 'null', NULL, NULL)""")

    first, second = rows(taken(url_env=VARIABLE, table="ทุกชนิด"))

    assert second == {
        "_row": 2, "ลำดับ": "9007199254740993", "เงิน": "0.0000000000",
        "ใหญ่": "12345678901234567890.10", "จริง": "0.1", "เปิด": "true", "วัน": "2024-02-29",
        "เวลา": "2024-02-29T08:30:00.25", "เขต": "2024-02-29T01:30:00Z", "นาน": "P1DT2H",
        "ไบต์": "dead", "รหัส": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "ลิสต์": '["ก","ข,ค",null]', "เจสัน": '{"ก": 1.10}', "ว่าง": "", "ชม": "08:00:00",
    }  # fmt: skip
    assert (first["ใหญ่"], first["จริง"], first["วัน"]) == ("NaN", "Infinity", "infinity")
    assert (first["เวลา"], first["ไบต์"], first["ว่าง"]) == ("0044-03-15T00:00:00 BC", "", None)


def test_postgres_zone_style_and_user_settings_change_nothing(server, shelf, postgres):
    server.execute("CREATE TABLE t (n int PRIMARY KEY, w timestamptz, d date)")
    server.execute("INSERT INTO t VALUES (1, '2024-01-01 00:00+07', '2024-01-02')")
    options = source.Options(url_env=VARIABLE, table="t")
    before = source.pull(options, shelf())
    name = server.execute("SELECT current_user").fetchone()[0]
    try:
        server.execute(f"ALTER ROLE {name} SET TimeZone = 'Asia/Bangkok'")
        server.execute(f"ALTER ROLE {name} SET DateStyle = 'German'")
        assert source.pull(options, shelf()).sha256 == before.sha256
    finally:
        server.execute(f"ALTER ROLE {name} RESET ALL")


def test_postgres_query_with_signs_of_drivers_is_run_as_it_is(server, taken, rows):
    table = taken(
        url_env=VARIABLE, query="SELECT 5 % 3 AS a, ':x'::text AS b, '%s' AS c", order_by=["a"]
    )

    assert without_row(rows(table)) == [{"a": "2", "b": ":x", "c": "%s"}]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1 AS a) q; COMMIT; DROP TABLE kept; --",
        "WITH gone AS (DELETE FROM kept RETURNING n) SELECT n FROM gone",
        "SELECT wipe() AS a",
    ],
)
def test_postgres_is_never_written_to(server, taken, query):
    server.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
    server.execute(
        "CREATE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM kept RETURNING n'"
    )

    problem = stopped(DeclarationError, lambda: taken(url_env=VARIABLE, query=query))

    assert problem.code == "sql-refused"
    assert server.execute("SELECT count(*) FROM kept").fetchone() == (1,)


def test_postgres_query_with_two_columns_of_one_name_is_refused(server, taken):
    problem = stopped(
        DeclarationError, lambda: taken(url_env=VARIABLE, query="SELECT 1 AS ก, 2 AS ก")
    )

    assert (problem.code, problem.field) == ("sql-column-twice", "ก")


def test_postgres_table_of_another_schema_and_view_are_read(server, taken, rows):
    server.execute("DROP SCHEMA IF EXISTS ทะเบียน CASCADE; CREATE SCHEMA ทะเบียน")
    server.execute(
        "CREATE TABLE ทะเบียน.ร้าน (n int PRIMARY KEY); INSERT INTO ทะเบียน.ร้าน VALUES (2), (1)"
    )
    server.execute("CREATE VIEW v AS SELECT n FROM ทะเบียน.ร้าน")

    assert [row["n"] for row in rows(taken(url_env=VARIABLE, table="ทะเบียน.ร้าน"))] == ["1", "2"]
    assert taken(url_env=VARIABLE, table="v", order_by=["n"]).columns == ("n",)


def test_postgres_is_streamed_not_fetched_whole(server, shelf, monkeypatch):
    from flows.sources import _sql_read

    monkeypatch.setattr(_sql_read, "FETCH_ROWS", 100)
    server.execute(
        "CREATE TABLE t AS SELECT g AS n, repeat('ก', 1000) AS v FROM generate_series(1, 100000) g"
    )
    options = source.Options(
        url_env=VARIABLE, query="SELECT * FROM t", max_rows=500, order_by=["n"]
    )

    began = threading.Event()
    fetched = []
    real = _sql_read.rows

    def counted(connection, asked):
        for part in real(connection, asked):
            began.set()
            fetched.append(len(part))
            yield part

    monkeypatch.setattr(_sql_read, "rows", counted)
    assert stopped(Rejected, lambda: source.pull(options, shelf())).code == "sql-rows"
    assert sum(fetched) <= 600


def test_postgres_that_takes_too_long_is_given_up(server, taken):
    problem = stopped(
        OutsideError,
        lambda: taken(url_env=VARIABLE, query="SELECT pg_sleep(20)::text AS a", seconds=1),
    )

    assert (problem.code, problem.params["passing"]) == ("sql-slow", True)


def test_server_that_is_down_may_come_back_and_no_password_is_shown(taken, monkeypatch):
    monkeypatch.setenv(VARIABLE, "postgresql://sara:p%40ss-กุญแจ@127.0.0.1:1/none?sslpassword=hush")

    problem = stopped(OutsideError, lambda: taken(url_env=VARIABLE, table="t"))

    assert (problem.code, problem.params["passing"]) == ("sql-unreachable", True)
    for word in ("p%40ss", "p@ss", "กุญแจ", "hush"):
        assert word not in problem.words("th") + str(problem.params)


def test_wrong_password_is_told_and_never_printed(postgres, taken, monkeypatch, caplog, capsys):
    import psycopg

    with psycopg.connect(postgres, autocommit=True) as connection:
        where = connection.execute("SHOW hba_file").fetchone()[0]
        rules = Path(where)
        if not os.access(rules, os.W_OK):
            pytest.skip("the server's rules cannot be written here")
        before = rules.read_text()
        connection.execute("DROP ROLE IF EXISTS sara")
        connection.execute("CREATE ROLE sara LOGIN PASSWORD 'right'")
        rules.write_text("host all sara 127.0.0.1/32 scram-sha-256\n" + before)
        connection.execute("SELECT pg_reload_conf()")
    base = postgres.rpartition("@")[2]
    monkeypatch.setenv(VARIABLE, f"postgresql://sara:wr0ng-secret@{base}")
    try:
        with pytest.raises(OutsideError) as caught:
            taken(url_env=VARIABLE, table="t")
    finally:
        rules.write_text(before)
    (problem,) = caught.value.problems

    assert (problem.code, problem.params["passing"]) == ("sql-unreachable", False)
    assert "password authentication failed" in problem.params["reason"]
    assert caught.value.__cause__ is None
    said = problem.words("th") + str(caught.value) + caplog.text + "".join(capsys.readouterr())
    assert "wr0ng-secret" not in said


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "sql-no-address"), ("", "sql-no-address"),
        ("not an address:secret", "sql-bad-address"),
        ("oracle+nothing://u:secret@h/d", "sql-no-driver"),
        ("mysql://u:secret@h/d", "sql-no-driver"),
    ],
)  # fmt: skip
def test_address_that_cannot_be_used_names_its_variable_only(taken, monkeypatch, value, code):
    if value is None:
        monkeypatch.delenv(VARIABLE, raising=False)
    else:
        monkeypatch.setenv(VARIABLE, value)

    problem = stopped(DeclarationError, lambda: taken(url_env=VARIABLE, table="t"))

    assert problem.code == code
    assert VARIABLE in problem.words("th")
    assert "secret" not in problem.words("th")


@pytest.fixture
def postgis(server):
    """What this reader needs of PostGIS, where the extension itself is not installed."""
    server.execute("""
        CREATE TYPE geometry AS (wkb bytea);
        CREATE FUNCTION ST_AsEWKB(geometry) RETURNS bytea LANGUAGE sql AS 'SELECT ($1).wkb'""")
    return server


def test_spatial_column_is_geometry_with_the_system_that_it_says(postgis, taken, rows):
    shape = shapely.set_srid(shapely.Point(500000, 1900000), 32648)
    postgis.execute("CREATE TABLE t (n int PRIMARY KEY, geom geometry)")
    postgis.execute(
        "INSERT INTO t VALUES (1, ROW(%s)), (2, NULL)", [shapely.to_wkb(shape, include_srid=True)]
    )

    table = taken(url_env=VARIABLE, table="t")

    assert (table.geometry, table.crs, table.columns) == ("geom", "EPSG:32648", ("n", "geom"))
    assert [row["geom"] for row in rows(table)] == [
        shapely.to_wkb(shape, byte_order=1, flavor="iso"), None,
    ]  # fmt: skip


def test_geometry_in_several_systems_is_refused(postgis, taken):
    postgis.execute("CREATE TABLE t (n int PRIMARY KEY, geom geometry)")
    for n, srid in enumerate((32647, 32648)):
        shape = shapely.set_srid(shapely.Point(500000, 1900000), srid)
        postgis.execute(
            "INSERT INTO t VALUES (%s, ROW(%s))", [n, shapely.to_wkb(shape, include_srid=True)]
        )

    problem = stopped(Rejected, lambda: taken(url_env=VARIABLE, table="t"))

    assert (problem.code, problem.params["systems"]) == (
        "geometry-several-crs",
        "EPSG:32647, EPSG:32648",
    )


# ---- the whole way


@pytest.mark.usefixtures("unattended")
def test_table_of_a_database_is_published_and_anew_only_when_it_changed(world, markets):
    from flows.outcome import Kind
    from flows.publish import publish
    from tests.flows.conftest import MARKETS

    with sqlite3.connect(markets / "ทะเบียน.sqlite") as connection:
        connection.execute("CREATE TABLE ตลาด (รหัส TEXT PRIMARY KEY, ชื่อตลาด, วันที่เปิด, จำนวนแผง)")
        connection.execute("INSERT INTO ตลาด VALUES ('ม02', 'ตลาดเช้า', '1 มกราคม 2566', 1250)")
        connection.execute("INSERT INTO ตลาด VALUES ('ม01', 'ตลาดนํ้า', '๒๙ ก.พ. ๒๕๖๗', '๑๒๐')")
    declared = markets / "dataset.yaml"
    text = declared.read_text("utf-8")
    declared.write_text(
        text.replace(
            "{kind: csv, path: markets.csv}", "{kind: sql, path: ทะเบียน.sqlite, table: ตลาด}"
        ),
        "utf-8",
    )

    first, second = publish(MARKETS, world), publish(MARKETS, world)
    connection.execute("UPDATE ตลาด SET จำนวนแผง = 130 WHERE รหัส = 'ม01'")
    connection.commit()
    connection.close()
    third = publish(MARKETS, world)

    assert (first.kind, first.rows) == (Kind.PUBLISHED, {"markets": 2})
    assert second.kind is Kind.UNCHANGED
    assert (third.kind, third.version) == (Kind.PUBLISHED, "2026-11-20.2")
