"""Facts of the temples of Kalasin as their source file holds them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "datasets/national_office_of_buddhism/temples_kalasin/temples-kalasin.csv"


def names() -> list[str]:
    return SOURCE.read_text("utf-8").splitlines()


def test_first_line_is_a_temple_and_not_a_header() -> None:
    assert names()[0] == "วัดกลาง"
    assert all(name.startswith("วัด") for name in names())


def test_48_of_708_lines_repeat_an_earlier_name() -> None:
    count = Counter(names())

    assert (len(names()), len(count)) == (708, 660)
    assert count.most_common(1) == [("วัดโพธิ์ชัย", 5)]
