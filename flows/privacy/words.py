"""Headers and texts as words to look in, and the vocabularies of ``flows/data/privacy``.

Thai is written without blanks: its words are looked for anywhere in the text without blanks and
marks. English words count whole, so that ``tel`` is not found in ``hotel``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

#: A digit, Western or Thai, and what people write between digits, as RE2 and Python read them.
DIGIT = "[0-9\u0e50-\u0e59]"
GAP = "[ \\-./()\u00a0\u2010-\u2013]"
NOUGHT, NEXT = "[0\u0e50]", "[2-9\u0e52-\u0e59]"
#: A Thai letter that can begin a word, and any Thai letter or mark.
BEGIN = "[\u0e01-\u0e2e\u0e40-\u0e44]"
THAI = "[\u0e01-\u0e4e]"
_THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
_HAS_THAI = "[\u0e50-\u0e59]"
_NOT_WORD = re.compile(r"[^a-z\u0e00-\u0e7f]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@cache
def load(name: str) -> Any:
    """A data file of ``flows/data/privacy``, by name without suffix."""
    path = files("flows") / "data" / "privacy" / f"{name}.yaml"
    return yaml.load(path.read_bytes(), yaml.CSafeLoader)


def squeezed(*texts: str | None) -> str:
    """Texts as words to look in: ``|thai words without blanks| english words |``."""
    known = [_CAMEL.sub(" ", text).lower() for text in texts if text]
    thai = "|".join(re.sub(r"[\s_]+", "", text) for text in known)
    english = " | ".join(_NOT_WORD.sub(" ", text).strip() for text in known)
    return f"|{thai}| {english} |"


@cache
def _vocabulary(words: tuple[str, ...]) -> re.Pattern[str]:
    thai = [re.escape(word.replace(" ", "")) for word in words if not word.isascii()]
    english = [rf" {re.escape(word)} " for word in words if word.isascii()]
    return re.compile("|".join([*thai, *english]) or r"(?!)")


def says(said: str, words: Iterable[str]) -> bool:
    """Whether squeezed texts have one of the words."""
    return bool(_vocabulary(tuple(words)).search(said))


def speaks_of(said: str, kind: str) -> bool:
    """Whether a header speaks of a kind, by ``headers.yaml``, and of nothing that denies it."""
    entry = load("headers")[kind]
    return says(said, entry["for"]) and not says(said, entry["against"])


def denies(said: str, kind: str) -> bool:
    """Whether a header says that numbers under it are something else."""
    return says(said, load("headers")[kind]["against"])


def either(words: Sequence[str]) -> str:
    """A pattern of words, longest first."""
    return _either(tuple(words))


@cache
def _either(words: tuple[str, ...]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return (
        "(?:" + "|".join(re.sub(r"([.()+*?\[\]{}|^$\\])", r"\\\1", word) for word in ordered) + ")"
    )


def western(values: pa.Array) -> pa.Array:
    """Thai digits as Western ones."""
    if not pc.any(pc.match_substring_regex(values, _HAS_THAI)).as_py():
        return values
    for digit, thai in enumerate(_THAI_DIGITS):
        values = pc.replace_substring(values, thai, str(digit))
    return values


def matched(values: pa.Array, pattern: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which values have the pattern in them; null has nothing."""
    found = pc.fill_null(pc.match_substring_regex(values, pattern), False)
    flags: np.ndarray[Any, np.dtype[np.bool_]] = found.to_numpy(zero_copy_only=False)
    return flags


Marks = np.ndarray[Any, np.dtype[np.uint8]]


def marks(values: pa.Array, *rules: tuple[int, str]) -> Marks:
    """Marks by patterns; of several that match, the first rule's."""
    found = np.zeros(len(values), np.uint8)
    for mark, pattern in reversed(rules):
        found[matched(values, pattern)] = mark
    return found
