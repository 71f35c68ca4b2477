"""Patterns for RE2: true only where Python's ``^pattern$`` matches, as Frictionless asks it."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.checks._engine.patterns import translate

PATTERNS = [
    r"NP[0-9]{8}", r"\d+", r"\D+", r"\w*", r"\W", r"\s", r"\S+", r"[^\d ]*", r"[\w-]+", "a|b",
    "^a|b$",
    "(a|)b?", "[ก-ฮ]+", "[^a]", ".", ".+", r"\.", "(?:ab){2,3}", "a*?b", r"[\s\S]", "x{0}",
    "[a-z]{3}",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(
        ["a", "b", "ab", "a\n", "b\n", "๑๒", "12", "ก", "กา", "é", "\u00a0", "", "abab", "\x1c"]
    ),
    st.text(max_size=5),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PATTERNS), st.lists(TEXTS, min_size=1, max_size=20))
def test_what_re2_matches_python_matches(pattern, texts):
    found = translate(pattern)
    assert found is not None
    python = re.compile(f"^{pattern}$")
    asked = "SELECT t, regexp_matches(t, ?) FROM (SELECT unnest(?) AS t)"
    for text, matched in duckdb.execute(asked, [found.text, texts]).fetchall():
        assert not matched or python.match(text), (pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"), [(r"\d+", "12"), (r"\w+", "กา"), ("a|b", "ab"), (r"[^\d]+", "ที่"), ("", "")]
)
def test_ordinary_texts_are_decided_without_python(pattern, text):
    found = translate(pattern)
    assert found is not None
    assert duckdb.execute("SELECT regexp_matches(?, ?)", [text, found.text]).fetchone() == (True,)


@pytest.mark.parametrize(
    "pattern", [r"(a)\1", "(?=a).*", r"\ba", "(?i:a)", "a{2000}", "(a{100}){100}", "(?>a+)",
                "[^\x00-\U0010ffff]"]
)  # fmt: skip
def test_what_re2_has_not_is_left_to_python(pattern):
    assert translate(pattern) is None


def test_only_patterns_of_whole_texts_say_which_letters_they_are_made_of():
    assert translate("a|b").characters is None
    assert translate("[a-c]d").characters == ((97, 99), (100, 100))
