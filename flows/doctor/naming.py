"""Names for what a file calls by Thai labels: stable ASCII names, aliases for DBF.

A name is made of the label alone, so that the same file gives the same names on every machine: what
the column is about, where the diagnosis can tell (``flows/data/meanings.yaml``); else word by word,
by the words that stand in official headers (``flows/data/header_words.yaml``), and by the Royal
Institute's romanisation where a word is in neither. The grammar is ``catalog.names``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from catalog.names import check_name

#: Longest name of a column (PostgreSQL's bound, which CKAN's datastore has) and of a DBF field.
NAME_MAX, ALIAS_MAX = 63, 10
#: Columns and tables whose labels leave nothing to make a name of.
_NAMELESS = "field"
_THAI_DIGITS = str.maketrans(
    "\u0e50\u0e51\u0e52\u0e53\u0e54\u0e55\u0e56\u0e57\u0e58\u0e59", "0123456789"
)
#: Marks that refer to a note below the table, and a unit in brackets at the end.
_FOOTNOTE = re.compile(r"\[\d+\]|\*+|[\u2020\u2021]")
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_RUN = re.compile(
    r"[\u0e01-\u0e3a\u0e40-\u0e4e]+(?:\.[\u0e01-\u0e3a\u0e40-\u0e4e]+)*\.?|[A-Za-z0-9]+"
)
#: Letters in the longest word of a header.
_LONGEST = 30
_VOWELS = frozenset("aeiou")


def column_names(labels: Sequence[str], means: Sequence[str | None]) -> tuple[str, ...]:
    """A name for each column, no name twice.

    Args:
        labels: header labels as found, in order.
        means: what each column is about, a key of ``meanings.yaml``, or ``None``.
    """
    taken: set[str] = set()
    names = []
    for label, meaning in zip(labels, means, strict=True):
        said = meaning if meaning and means.count(meaning) == 1 else None
        name = _free(_candidates(label, said), taken)
        taken.add(name)
        names.append(name)
    return tuple(names)


def free_name(text: str, taken: Collection[str] = ()) -> str:
    """A name for a table, a schema or a dataset that no other has.

    Args:
        text: a title, a sheet's or a file's name.
        taken: names that are given away.
    """
    return _free(iter([name_of(text)]), taken)


def name_of(text: str, limit: int = NAME_MAX) -> str:
    """The snake_case name that a text comes to, of ``limit`` characters at the most."""
    words = [word for part in text.split(" / ") for word in _words(part)]
    kept = [word for at, word in enumerate(words) if at == 0 or word != words[at - 1]]
    name = _cut("_".join(kept), limit) or _NAMELESS
    if not name[0].isalpha():
        name = _cut(f"y{name}" if re.match(r"(19|2[0-5])\d\d(_|$)", name) else f"n{name}", limit)
    return check_name(name)


def aliases(names: Sequence[str]) -> tuple[str, ...]:
    """A name of ten bytes for each name, for DBF: the beginnings of its words, none twice."""
    taken: set[str] = set()
    found = []
    for name in names:
        alias = _short(name.split("_"))
        count = 1
        while alias in taken:
            count += 1
            alias = f"{_short(name.split('_'))[: ALIAS_MAX - len(str(count))]}{count}"
        taken.add(alias)
        found.append(alias)
    return tuple(found)


def title_of(label: str) -> str:
    """A label as a title for people: one line, without marks of footnotes; else as found."""
    return " ".join(_FOOTNOTE.sub("", label).split()) or label.strip()


def titles(label: str, means: str | None) -> tuple[str, str | None]:
    """The Thai title of a column, and the English one where there is one.

    Args:
        label: as found.
        means: what the column is about, if that can be told.
    """
    title, known = title_of(label), meanings().get(means or "", {})
    english = known.get("en")
    if re.search(r"[\u0e01-\u0e4e]", title):
        return title, str(english) if english else None
    thai = known.get("th")
    coded = "_" in title or re.search(r"[a-z][A-Z]", title)
    spoken = " ".join(_latin(title)).capitalize() if coded else title
    return str(thai) if thai else title, str(english) if english else spoken


@cache
def meanings() -> Mapping[str, Mapping[str, Any]]:
    """What columns may be about: key to words in Thai and English."""
    return _load("meanings")


@cache
def _load(name: str) -> Mapping[str, Any]:
    source = files("flows") / "data" / f"{name}.yaml"
    if not source.is_file():
        return {}
    loaded: Mapping[str, Any] = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader) or {}
    return loaded


@cache
def _headers() -> Mapping[str, str]:
    """Whole headers whose meaning is known, with the name of the meaning."""
    return {
        str(header): name
        for name, known in meanings().items()
        for header in known.get("headers", ())
    }


def _candidates(label: str, means: str | None) -> Iterator[str]:
    """Names from the best to the surest: of the meaning, without the unit in brackets, whole."""
    if means:
        yield name_of(str(meanings().get(means, {}).get("name", means)))
    short = _BRACKETS.sub("", title_of(label))
    if short:
        yield name_of(short)
    yield name_of(label)


def _free(candidates: Iterator[str], taken: Collection[str]) -> str:
    name = _NAMELESS
    for name in candidates:
        if name not in taken:
            return name
    count = 2
    while (numbered := f"{_cut(name, NAME_MAX - 1 - len(str(count)))}_{count}") in taken:
        count += 1
    return numbered


def _cut(name: str, limit: int) -> str:
    """A name cut between its words where that leaves half of it, else inside of one."""
    if len(name) <= limit:
        return name
    whole = name[: limit + 1].rpartition("_")[0]
    return whole if len(whole) > limit // 2 else name[:limit].rstrip("_")


def _words(text: str) -> Iterator[str]:
    """The ASCII words of a text: Latin ones as they are, Thai ones translated or romanised."""
    plain = unicodedata.normalize("NFKC", title_of(text).translate(_THAI_DIGITS))
    plain = plain.replace("\u0e4d\u0e32", "\u0e33")
    for run in _RUN.findall(plain):
        yield from _latin(run) if run.isascii() else _thai(run)


def _latin(run: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Za-z0-9]+", _CAMEL.sub(" ", run))]


def _thai(run: str) -> Iterator[str]:
    glossary = _load("header_words")
    whole = glossary.get(run) or _headers().get(run)
    if whole:
        yield from whole.split("_")
        return
    for word in _known(run) or _tokens(run):
        said = glossary.get(word)
        if said is None:
            said = _romanised(word)
        yield from filter(None, said.split("_"))


def _known(run: str) -> list[str]:
    """The fewest words of headers that make up all of a run; none where they do not.

    Most labels are made of these alone, and need no dictionary of the language (1.5 s to load).
    """
    glossary = _load("header_words")
    best: list[list[str] | None] = [[], *[None] * len(run)]
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before = best[start]
            if before is None or run[start:end] not in glossary:
                continue
            if best[end] is None or len(before) + 1 < len(best[end] or ()):
                best[end] = [*before, run[start:end]]
    return best[-1] or []


def _tokens(run: str) -> list[str]:
    from pythainlp.tokenize import word_tokenize

    found: list[str] = word_tokenize(run, custom_dict=_dictionary(), keep_whitespace=False)
    return found


@cache
def _dictionary() -> Any:
    """Words of the language and of headers; built once, when the first Thai label is named."""
    from pythainlp.corpus import thai_words
    from pythainlp.util import dict_trie

    return dict_trie({*thai_words(), *_load("header_words")})


@cache
def _romanised(word: str) -> str:
    # Its public function parts a text into words first, with another dictionary (1.5 s to load).
    from pythainlp.transliterate.royin import _romanize

    return "".join(re.findall(r"[a-z0-9]+", str(_romanize(word)).lower()))


def _short(words: Sequence[str]) -> str:
    """Up to ten characters: every word gives a part of it, the first ones most."""
    whole = "_".join(words).upper()
    if len(whole) <= ALIAS_MAX:
        return whole
    kept = [word[0] + "".join(c for c in word[1:] if c not in _VOWELS) for word in words]
    while len("".join(kept)) > ALIAS_MAX:
        longest = max(range(len(kept)), key=lambda at: (len(kept[at]), at))
        if len(kept[longest]) == 1:
            break
        kept[longest] = kept[longest][:-1]
    return "".join(kept)[:ALIAS_MAX].upper()
