"""An error as data: a code, an address, and words in Thai and English from one template.

The templates stand in ``catalog/words/*.yaml``; docs list them from there. A ``Problem``
renders in the terminal, on the page and as JSON. Exceptions that end a run form one short tree
under ``SamdaoError`` and carry problems; each class has the command's exit code.
"""

from __future__ import annotations

import dataclasses
import string
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar

import yaml

#: How a row is called in an address.
_ROW = {"th": "แถว", "en": "row"}


class Level(StrEnum):
    """How much a problem weighs: an error stops the run, a warning is shown, a note is told."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, with its address.

    Attributes:
        code: key of a template in ``catalog/words``; Table Schema problems use Frictionless's
            codes (``type-error``, ``constraint-error``, …).
        dataset, table: where, as ``office/dataset`` and table name.
        row: row as the source's reader counts it (line of a text file, row of a sheet), from 1.
        field: field name, or header label where no field matches.
        value: the offending value as found, cut to 100 characters.
        place: file, and line and key, of a declaration: ``dataset.yaml:12 licence``.
        params: what else the template names; a mapping ``{"th": …, "en": …}`` is told in the
            language asked for.
        level: error, warning or note.
    """

    code: str
    dataset: str | None = None
    table: str | None = None
    row: int | None = None
    field: str | None = None
    value: str | None = None
    place: str | None = None
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    level: Level = Level.ERROR

    def at(self, **address: Any) -> Problem:
        """The same problem with more of its address filled in; what is known stays."""
        known = {name for name in address if getattr(self, name) is not None}
        return replace(self, **{k: v for k, v in address.items() if k not in known})

    def where(self, lang: str = "th") -> str:
        """Where it is, short: ``office/dataset › table › แถว 12 › field``; may be empty."""
        row = None if self.row is None else f"{_ROW[lang]} {self.row}"
        parts = (self.place, self.dataset, self.table, row, self.field)
        return " › ".join(part for part in parts if part)

    def title(self, lang: str = "th") -> str:
        """What is wrong, one sentence."""
        return self._fill(template(self.code)[lang], lang)

    def next_step(self, lang: str = "th") -> str:
        """What to do about it, one sentence."""
        return self._fill(template(self.code)[f"next_{lang}"], lang)

    def words(self, lang: str = "th") -> str:
        """Address, what is wrong and what to do, on one line."""
        said = f"{self.title(lang)} — {self.next_step(lang)}"
        where = self.where(lang)
        return f"{where}: {said}" if where else said

    def as_dict(self) -> dict[str, Any]:
        """For JSON: every known part, and the words in both languages."""
        known = {k: v for k, v in asdict(self).items() if v not in (None, {})}
        words = {
            lang: {"title": self.title(lang), "next": self.next_step(lang)} for lang in ("th", "en")
        }
        return known | {"level": str(self.level), "words": words}

    def _fill(self, text: str, lang: str) -> str:
        facts: dict[str, Any] = {
            "row": self.row, "field": self.field, "value": self.value, "table": self.table,
            "dataset": self.dataset, "place": self.place, **self.params,
        }  # fmt: skip
        said = {name: _in(fact, lang) for name, fact in facts.items()}
        return _Lenient(said).format(text)


def _in(fact: Any, lang: str) -> Any:
    """A fact in a language, where it has words of its own in each."""
    if not isinstance(fact, Mapping) or "th" not in fact:
        return fact
    return fact.get(lang) or fact["th"]


class _Lenient(string.Formatter):
    """Fills a template; a fact that is not known shows as an ellipsis, never as a crash."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        """The fact, or ``…``."""
        value = self.facts.get(str(key))
        return "…" if value is None else value


@cache
def _templates() -> Mapping[str, Mapping[str, str]]:
    folder = files("catalog") / "words"
    merged: dict[str, Mapping[str, str]] = {}
    for source in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if source.name.endswith(".yaml"):
            merged |= yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader) or {}
    return merged


def template(code: str) -> Mapping[str, str]:
    """The template of a code: keys ``th``, ``en``, ``next_th``, ``next_en``.

    Raises:
        KeyError: no such code; every code that is used is in the file (a test holds it).
    """
    return _templates()[code]


def codes() -> tuple[str, ...]:
    """Every problem code there is, in the order of the file."""
    return tuple(_templates())


class SamdaoError(Exception):
    """Something that ends a run, with what to tell the person who sees it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("an error without a problem tells nobody anything")
        self.problems = problems
        super().__init__("; ".join(problem.words("en") for problem in problems[:3]))

    def __reduce__(self) -> tuple[type[SamdaoError], tuple[Problem, ...]]:
        """How it comes out of another process: made anew of its problems, not of its text."""
        return type(self), self.problems

    def at(self, **address: Any) -> SamdaoError:
        """The same error with more of its address known."""
        return type(self)(*(problem.at(**address) for problem in self.problems))


class Rejected(SamdaoError):  # noqa: N818  (it is a verdict on the data, no mishap)
    """The data may not be published as it is."""

    exit_code = 1


class DeclarationError(SamdaoError):
    """A declaration, a setting or a call is wrong: nothing was started."""

    exit_code = 2


class OutsideError(SamdaoError):
    """The world outside failed (network, disk, another run): the same call may pass later."""

    exit_code = 3


def raise_if_errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Give back warnings and notes; refuse the data if anything weighs more.

    Raises:
        Rejected: with every problem, errors first, if there is an error among them.
    """
    found = tuple(sorted(problems, key=lambda problem: problem.level is not Level.ERROR))
    if any(problem.level is Level.ERROR for problem in found):
        raise Rejected(*found)
    return found
