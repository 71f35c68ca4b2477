"""Every phrase that a page asks for exists, in both languages, with the same facts in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import nodes

from catalog.formats import formats
from catalog.schema import FieldType
from catalog.speech import phrases
from catalog.web import downloads, pages, rendering

WEB = Path(pages.__file__).parent
PHRASES = phrases("catalog.web", "pages")
UNITS = phrases("catalog.web", "units")
#: Names that templates and code put together: prefix and what may follow.
COMPOSED = {
    "type.": FieldType.__args__,
    "purpose.": tuple(downloads._purposes()),
    "stars_more_": ("3", "4"),
    "shape.": ("LineString", "MultiLineString", "Polygon", "MultiPolygon", "MultiPoint",
               "GeometryCollection"),
    "duration.": tuple(f"{name}.{form}" for form in ("one", "many") for name in
                       ("year", "month", "week", "day", "hour", "minute", "second")),
    "period.": ("years", "day", "range", "since", "until"),
}  # fmt: skip
#: Said by code through a variable: titles of error pages with their help.
SPOKEN = {f"{key}{end}" for key in ("not_found", "gone", "trouble") for end in ("", "_help")}


def _texts(node: nodes.Expr) -> Iterator[str]:
    """What an argument of ``t`` may be: a text, or either of two; composed keys are below."""
    if isinstance(node, nodes.Const):
        yield str(node.value)
    elif isinstance(node, nodes.CondExpr):
        for branch in (node.expr1, node.expr2):
            yield from _texts(branch) if branch else ()


def _asked_for() -> set[str]:
    """Keys written out in templates (``t('key')``) and in code (``word("key")``)."""
    asked: set[str] = set()
    for path in (WEB / "templates").glob("*.html"):
        for call in rendering.templates().parse(path.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "t":
                asked |= set(_texts(call.args[0]))
    for path in WEB.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("word", "speech.word"):
                plain = not isinstance(node.args[0], ast.JoinedStr)
                consts = (n for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant))
                asked |= {const.value for const in consts if plain}
    return asked


def test_every_phrase_that_is_asked_for_exists():
    asked = _asked_for()
    assert len(asked) > 80, "the search for keys finds them"
    assert asked - PHRASES.keys() == set()


@pytest.mark.parametrize("prefix", COMPOSED)
def test_every_composed_phrase_exists(prefix):
    assert {f"{prefix}{end}" for end in COMPOSED[prefix]} <= PHRASES.keys()


def test_no_phrase_is_left_over():
    composed = {f"{prefix}{end}" for prefix, ends in COMPOSED.items() for end in ends}
    assert PHRASES.keys() - _asked_for() - composed - SPOKEN == set()


@pytest.mark.parametrize("key", sorted(PHRASES))
def test_a_phrase_is_in_both_languages_with_the_same_facts(key):
    phrase = PHRASES[key]
    assert phrase.keys() == {"th", "en"}
    facts = [{name for _, name, _, _ in Formatter().parse(phrase[lang]) if name} for lang in phrase]
    assert facts[0] == facts[1]
    assert phrase["th"].strip()
    assert phrase["en"].strip()


def test_thai_phrases_speak_thai_and_english_ones_do_not():
    def thai(text):
        return re.search("[ก-๛]", re.sub(r"{\w+}", "", text))

    exceptions = {"other_language"}  # each says the other language's name in that language
    bare = {"shape", "period.years"}  # nothing but facts in one of the languages
    for key, phrase in PHRASES.items():
        if key not in exceptions:
            assert not thai(phrase["en"]), key
            assert thai(phrase["th"]) or key in bare, key


@pytest.mark.parametrize("code", sorted(UNITS))
def test_a_unit_has_words_in_both_languages(code):
    assert UNITS[code].keys() == {"th", "en"}
    assert not re.search("[ก-๛]", UNITS[code]["en"])


def test_every_format_has_a_purpose():
    listed = [name for names in downloads._purposes().values() for name in names]
    assert sorted(listed) == sorted(formats()), "a new format belongs in words/purposes.yaml"
