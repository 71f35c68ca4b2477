from __future__ import annotations


def test_blanks_at_the_ends_go_and_runs_become_one(mend):
    assert mend("trim", ["  นครพนม\t", "งบ  ประมาณ", "a\u00a0b", "\u200bสงขลา\ufeff", "ก\tข"]) == [
        "นครพนม",
        "งบ ประมาณ",
        "a b",
        "สงขลา",
        "ก ข",
    ]


def test_cell_of_blanks_becomes_empty_and_null_stays_null(mend):
    assert mend("trim", [" \u00a0 ", "", None]) == ["", "", None]


def test_line_breaks_inside_stay_unless_the_source_only_wrapped(mend):
    wrapped = ["สำนักงาน \n จังหวัด\r\n"]

    assert mend("trim", wrapped) == ["สำนักงาน \n จังหวัด"]
    assert mend("trim", wrapped, line_breaks="space") == ["สำนักงาน จังหวัด"]
    assert mend("trim", wrapped, line_breaks="join") == ["สำนักงานจังหวัด"]


def test_real_thai_table_loses_only_blanks(mend, shared):
    lines = (
        (shared / "data" / "real" / "marine-quality-2566-round1.csv").read_bytes().decode("cp874")
    )
    cells = lines.replace("\r\n", ",").split(",")

    after = mend("trim", cells)

    assert [cell.split() for cell in after] == [cell.split() for cell in cells]
    assert sum(a != b for a, b in zip(after, cells, strict=True)) >= 10
