"""What every value is screened for: one regular expression, or one more where the header asks."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import pyarrow as pa
import pyarrow.compute as pc

from catalog.registry import names, variant
from flows.privacy import Heading

_ROOM = "flows.privacy.kinds"
#: Bytes of the shortest value of any kind that needs no header: a mailbox.
_LEAST = 6
_NOTHING_KNOWN = Heading("", "||  |")


def kinds() -> tuple[str, ...]:
    """Names of the kinds, those first that stand for themselves."""
    return tuple(sorted(names(_ROOM), key=lambda name: (module_of(name).COMPANY, name)))


def module_of(kind: str) -> ModuleType:
    """The module of a kind."""
    return variant(_ROOM, kind)


@dataclass(frozen=True, slots=True)
class Screen:
    """One regular expression for one kind, or for several at once.

    Attributes:
        pattern: RE2; empty where every value passes.
        kinds: each with the pattern that parts it from the others, ``None`` if it is alone.
        least: bytes that a value must have to pass.
    """

    pattern: str
    kinds: tuple[tuple[str, str | None], ...]
    least: int = 0

    def passing(self, values: pa.Array, longest: int) -> pa.Array | None:
        """Which values pass; ``None`` where none does."""
        if longest < self.least:
            return None
        return passing(values, self.pattern) if self.pattern else values.is_valid()


def screens(heading: Heading) -> tuple[Screen, ...]:
    """What every column is screened for at once, then what this header alone asks for.

    A header's own screens let most values pass: in one pattern with the others, every kind would
    have to look at every value.
    """
    everywhere: list[tuple[str, str]] = []
    own: list[tuple[str, str]] = []
    for kind in kinds():
        pattern = module_of(kind).screen(heading)
        usual = pattern == module_of(kind).screen(_NOTHING_KNOWN)
        if pattern is not None:
            (everywhere if usual else own).append((kind, pattern))
    union = "|".join(f"(?:{pattern})" for _, pattern in everywhere)
    together = Screen(union, tuple(everywhere), _LEAST)
    alone = (Screen(pattern, ((kind, None),)) for kind, pattern in own)
    return (*([together] if everywhere else []), *alone)


def passing(values: pa.Array, pattern: str) -> pa.Array | None:
    """Which values have the pattern; ``None`` where none has."""
    found = pc.match_substring_regex(values, pattern)
    return pc.fill_null(found, False) if pc.any(found).as_py() else None
