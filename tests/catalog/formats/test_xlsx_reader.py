"""The reader of XLSX: the same by cutting and by libxml2, other writers' files, no guesses."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from catalog.formats import xlsx
from catalog.formats._sheet_cut import Cutter
from catalog.formats._sheet_grammar import Irregular
from catalog.formats._sheet_shapes import Shapes

from .test_properties import TYPED, build, patient, texts

SHEET = "xl/worksheets/sheet1.xml"
FIELDS = {"code": "string", "people": "integer", "founded": "date", "open": "boolean"}
ROWS = [["048", "717040", "2024-02-29", "true"], ["049", None, "1899-01-01", "false"],
        [None, None, None, None], ["ตลาด & <น้ำ>", "5", None, "true"]]  # fmt: skip


def altered(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The same archive with one part changed."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    changed = change(parts[part].decode())
    assert changed != parts[part].decode()
    parts[part] = changed.encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


def by_libxml2(monkeypatch) -> None:
    """Nothing is cut any more."""

    def cut(self: Cutter, data: bytes, before: int) -> None:
        raise Irregular

    monkeypatch.setattr(Cutter, "cut", cut)


def no_libxml2_for_cells(monkeypatch) -> list[int]:
    """Counts the cells that have no shape."""
    seen: list[int] = []
    take = Shapes.take

    def counted(self: Shapes, *given):  # type: ignore[no-untyped-def]
        taken = take(self, *given)
        seen.append(len(taken.alone))
        return taken

    monkeypatch.setattr(Shapes, "take", counted)
    return seen


def read(form, table, path) -> list[dict]:
    batches: Iterator[pa.RecordBatch] = form.read(path, table.table)
    return pa.Table.from_batches(batches, schema=table.table.arrow).to_pylist()


def test_plain_rows_are_cut_and_none_of_their_cells_read_alone(made, monkeypatch) -> None:
    seen = no_libxml2_for_cells(monkeypatch)
    table = made(FIELDS, ROWS * 20)
    path, _ = table.write(xlsx)
    table.check(xlsx, path)
    assert len(seen) == len(FIELDS)
    assert sum(seen) == 0


def test_cutting_gives_what_libxml2_gives(made, monkeypatch) -> None:
    table = made(FIELDS, ROWS)
    path, _ = table.write(xlsx)
    cut = read(xlsx, table, path)
    by_libxml2(monkeypatch)
    assert read(xlsx, table, path) == cut
    assert cut[0] == {
        "code": "048", "people": 717040, "founded": date(2024, 2, 29), "open": True,
    }  # fmt: skip
    assert cut[2] == dict.fromkeys(FIELDS)


def test_any_text_is_the_same_by_cutting_and_by_libxml2(made, tmp_path) -> None:
    about = made(FIELDS, ROWS).about
    row = st.tuples(texts, st.none() | texts, *(st.none() | v for _, v in TYPED.values()))
    kinds = {"a": {"type": "string"}, "b": {"type": "string"}}
    kinds |= {key: field for key, (field, _) in TYPED.items()}

    @patient
    @given(st.lists(row, min_size=1, max_size=5))
    def check(rows) -> None:
        table, own = build(tmp_path, about, kinds, rows)
        path = tmp_path / "file.xlsx"
        xlsx.write(table, own, path)
        cut = pa.Table.from_batches(xlsx.read(path, table), schema=table.arrow)
        with pytest.MonkeyPatch.context() as patch:
            by_libxml2(patch)
            slow = pa.Table.from_batches(xlsx.read(path, table), schema=table.arrow)
        assert cut.to_pylist() == slow.to_pylist()

    check()


def test_a_workbook_of_another_writer_is_read(made, tmp_path) -> None:
    table = made(FIELDS, ROWS)
    path = tmp_path / "other.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet("places"), book.add_format({"num_format": "d mmm yyyy"})
        for place, name in enumerate(FIELDS):
            sheet.write_string(0, place, name)
        for number, code in enumerate([" ก_x0041_\x02 ", "ข\nค & <ง>", "๑"], 1):
            sheet.write_string(number, 0, code)
            sheet.write_number(number, 1, 10.0**number)
            sheet.write_datetime(number, 2, datetime(2026, 11, number), day)  # noqa: DTZ001
            sheet.write_boolean(number, 3, number == 2)
        sheet.write_string(5, 0, "หลังแถวว่าง")
    rows = read(xlsx, table, path)
    assert [row["code"] for row in rows] == [
        " ก_x0041_\x02 ", "ข\nค & <ง>", "๑", None, "หลังแถวว่าง",
    ]  # fmt: skip
    assert [row["people"] for row in rows] == [10, 100, 1000, None, None]
    assert [row["founded"] for row in rows][:2] == [date(2026, 11, 1), date(2026, 11, 2)]
    assert [row["open"] for row in rows][:3] == [False, True, False]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<c r="A2" t="inlineStr"><is><t>048', '<c r="A2" t="inlineStr"><is><t>04<!-- -->8'),
        ("<t>048", "<t>&#x30;48"),
        ("<t>048", "<t><![CDATA[048]]>"),
        ('<row r="3">', '<row r="3" hidden="1">'),
        ("</row>", "</row>\n  "),
        ('<c r="B2"><v>717040', "<c r='B2'><v>717040.0"),
        ('<c r="B2"><v>717040', '<c r="B2"><v>7.1704E5'),
        ('<row r="4"></row>', ""),
        ('<row r="4"></row>', '<row r="4"/>'),
        ('<c r="B2">', "<c>"),
    ],
)
def test_other_spellings_of_the_same_are_understood(made, old, new) -> None:
    table = made(FIELDS, ROWS)
    path, _ = table.write(xlsx)
    expected = read(xlsx, table, path)
    assert read(xlsx, table, altered(path, SHEET, lambda xml: xml.replace(old, new))) == expected


def test_blanks_at_ends_count_only_where_the_file_says_so(made) -> None:
    table = made({"code": "string"}, [[" ก "], ["ข"], ["\tค"]])
    path, _ = table.write(xlsx)
    assert [row["code"] for row in read(xlsx, table, path)] == [" ก ", "ข", "\tค"]
    altered(path, SHEET, lambda xml: xml.replace(' xml:space="preserve"', ""))
    assert [row["code"] for row in read(xlsx, table, path)] == ["ก", "ข", "ค"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('<c r="A2" t="inlineStr"><is><t>048</t></is>', '<c r="A2" t="s"><v>0</v>', "type s"),
        ("<v>717040</v>", "<f>1+1</f><v>717040</v>", "type n"),
        ("<v>717040</v>", "<v>717040</v><v>5</v>", "type n"),
        ("<t>048</t>", "<t>04</t><t>8</t>", "several runs"),
        ('<c r="B2"', '<c r="B3"', "cell B3 in row 2"),
        ('<row r="3">', '<row r="2">', "row 2 after row 2"),
        ('<c r="A2"', '<c r="D2"', "after a later"),
        ('r="D2" t="b"', 'r="E2" t="b"', "right of column 4"),
        ('<c r="B2"><v>717040', '<c r="B2" t="b"><v>1', "truth value in people"),
        ("<t>code</t>", "<t>cod</t>", "header is"),
        ("<v>717040</v>", "<v>717040.5</v>", "Float value 717040"),
        ("</sheetData>", "</sheetdata>", "not XML"),
        ("<t>048</t>", "<t>048&unknown;</t>", "not XML"),
        ("<t>048</t>", "<t>04\x018</t>", "not XML"),
    ],
)
def test_what_it_does_not_know_is_a_fault(made, old, new, said) -> None:
    table = made(FIELDS, ROWS)
    path, _ = table.write(xlsx)
    altered(path, SHEET, lambda xml: xml.replace(old, new, 1))
    with pytest.raises(Exception, match=re.escape(said)):
        read(xlsx, table, path)


def test_numbers_are_dates_only_by_their_style(made) -> None:
    table = made(FIELDS, ROWS)
    path, _ = table.write(xlsx)
    altered(path, "xl/styles.xml", lambda xml: xml.replace("yyyy-mm-dd", "0.00"))
    with pytest.raises(ValueError, match="a number in founded"):
        read(xlsx, table, path)


def test_a_damaged_part_without_data_is_found(made) -> None:
    table = made(FIELDS, ROWS)
    path, _ = table.write(xlsx)
    altered(path, "docProps/core.xml", lambda xml: xml.replace("</dc:title>", ""))
    with pytest.raises(Exception, match="mismatch"):
        read(xlsx, table, path)


def test_columns_past_z_are_found_by_their_letters(made) -> None:
    fields = {f"f{number}": "integer" for number in range(720)}
    table = made(fields, [[str(n) if n % 7 else None for n in range(720)], ["1"] * 720])
    path, _ = table.write(xlsx)
    first, second = read(xlsx, table, path)
    assert first == {f"f{n}": n if n % 7 else None for n in range(720)}
    assert set(second.values()) == {1}
    with zipfile.ZipFile(path) as package:
        xml = package.read(SHEET).decode()
    assert '<c r="AAR3"><v>1</v></c></row>' in xml
