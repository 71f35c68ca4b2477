"""Problems counted by kind."""

from __future__ import annotations

from catalog.problem import Level, Problem
from flows.tally import tallies
from flows.terminal import tell_problems


def _wrong(row, count=None):
    params = {} if count is None else {"count": count}
    return Problem("type-error", row=row, field="age", value="x", params=params)


def test_the_count_that_a_problem_says_is_believed_before_the_number_of_examples():
    (found,) = tallies([_wrong(17, 214), _wrong(19, 214)])
    assert (found.code, found.field, found.count, found.first_row) == ("type-error", "age", 214, 17)
    assert found.as_dict() == {
        "code": "type-error", "level": "error", "field": "age", "count": 214, "first_row": 17,
    }  # fmt: skip


def test_problems_that_say_no_number_are_counted():
    note = Problem("blank-row", row=4, level=Level.NOTE)
    assert [(t.code, t.count, t.first_row) for t in tallies([_wrong(9), note, _wrong(3)])] == [
        ("type-error", 2, 3), ("blank-row", 1, 4),
    ]  # fmt: skip


def test_the_terminal_says_once_what_many_rows_have(capsys, monkeypatch):
    monkeypatch.setenv("SAMDAO_LANG", "th")
    tell_problems([_wrong(17, 214), _wrong(18, 214), Problem("blank-row", row=4)])
    said = capsys.readouterr().err
    assert said.count("age") == 2, "the address, and the words"
    assert "รวม 214 แถวที่เป็นแบบเดียวกัน แถวแรกคือแถว 17" in said
    assert "แถว 4" in said


def test_the_terminal_says_every_problem_that_has_no_row(capsys):
    places = [f"schemas/{letter}.json" for letter in "abcdef"]
    tell_problems([Problem("schema-invalid", place=p, params={"reason": "r"}) for p in places])
    said = capsys.readouterr().err
    assert [place for place in places if place in said] == places
