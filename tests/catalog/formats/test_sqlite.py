"""SQLite: typed columns, a key, a dictionary, and bytes that are the same every time."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from catalog.formats import sqlite

FIELDS = {
    "code": {"type": "string", "title": "รหัส", "title_en": "Code"}, "people": "integer",
    "share": "number", "budget": {"type": "number", "decimalPlaces": 2}, "open": "boolean",
    "founded": "date",
}  # fmt: skip
ROWS = [
    ["048", "9007199254740993", "0.1", "123456789012345678901234567890.10", "true", "2024-02-29"],
    ["049", "", "", "", "", ""],
]


def rows(path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def test_values_have_their_types_and_null_is_null(made) -> None:
    path, _ = made(FIELDS, ROWS, primaryKey=["code"]).write(sqlite)
    assert rows(path, "SELECT * FROM places") == [
        ("048", 2**53 + 1, 0.1, "123456789012345678901234567890.10", 1, "2024-02-29"),
        ("049", None, None, None, None, None),
    ]
    assert rows(path, "SELECT date(founded, '+1 day'), sum(people) FROM places") == [
        ("2024-03-01", 2**53 + 1)
    ]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


def test_the_key_is_a_unique_index(made) -> None:
    path, _ = made(FIELDS, ROWS, primaryKey=["code"]).write(sqlite)
    ((plan,),) = rows(path, "SELECT sql FROM sqlite_master WHERE type = 'index'")
    assert plan == 'CREATE UNIQUE INDEX "places_key" ON "places" ("code")'


def test_licence_and_dictionary_are_in_the_file(made) -> None:
    path, _ = made(FIELDS, ROWS).write(sqlite)
    said = {key: (th, uri) for key, th, _, uri in rows(path, "SELECT * FROM _about")}
    assert said["licence"][1] == "https://creativecommons.org/licenses/by/4.0/"
    assert said["title"][0] == "สถานที่ & แหล่ง <ทดสอบ>"
    assert rows(path, "SELECT name, title_th, title_en, type FROM _columns")[0] == (
        "code", "รหัส", "Code", "string",
    )  # fmt: skip


def test_a_file_that_was_there_is_replaced(made) -> None:
    table = made(FIELDS, ROWS)
    table.write(sqlite)
    path, _ = table.write(sqlite)
    assert rows(path, "SELECT count(*) FROM places") == [(2,)]


def test_a_nul_in_a_text_is_replaced_and_told(made) -> None:
    table = made({"name": "string"}, [["ก\x00ข"]])
    path, (problem,) = table.write(sqlite)
    assert table.check(sqlite, path)["name"].to_pylist() == ["ก\ufffdข"]
    assert (problem.code, problem.params["count"]) == ("format-characters-replaced", 1)
