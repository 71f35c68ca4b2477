"""Closed lists of the field, each a data file with its source named in it.

A term has a short name that declarations use, words in Thai and English, and whatever other
vocabularies call it. No list stands in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a closed list.

    Attributes:
        name: the key that declarations use, ``cc-by-4.0``.
        th: words in Thai; for GD Catalog lists the exact stored string.
        en: words in English.
        more: what other vocabularies call it (``eu``, ``code``, ``ckan``, …).
    """

    name: str
    th: str
    en: str
    more: Mapping[str, Any] = field(default_factory=dict)

    def words(self, lang: str) -> str:
        """The term's words in ``th`` or ``en``."""
        return self.th if lang == "th" else self.en


@cache
def terms(vocabulary: str) -> Mapping[str, Term]:
    """Every term of a list, in the order of its file.

    Args:
        vocabulary: file name without suffix: ``licences``, ``themes``, ``frequencies``, …
    """
    source = files("catalog") / "data" / "vocabularies" / f"{vocabulary}.yaml"
    entries = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader)
    return MappingProxyType(
        {
            str(name): Term(str(name), entry.pop("th"), entry.pop("en"), MappingProxyType(entry))
            for name, entry in entries.items()
        }
    )


def term(vocabulary: str, name: str) -> Term:
    """One term by name.

    Raises:
        KeyError: the list has no such name; the message says which exist.
    """
    found = terms(vocabulary).get(name)
    if found is None:
        raise KeyError(f"{vocabulary} has no {name!r}; it has: {', '.join(terms(vocabulary))}")
    return found
