"""The steps of a dataset's way, each a function of what the one before gave.

``flows.publish`` tells the story; here stands what each line of it does. Steps write only to the
run's desk, which is cleared at its end, until ``seal`` moves a finished folder into the store.
Each step is imported when it is first asked for: a run that ends ``UNCHANGED`` needs no writers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from flows.way._book import booked, recorded, translated, unforeseen
from flows.way._work import Sources, Work, declare, pull, same_as_before

if TYPE_CHECKING:
    from flows.way._clean import Checks, cast, check, repair
    from flows.way._compare import compare
    from flows.way._emit import Emitted, certify, emit
    from flows.way._seal import approve, make_public, seal, where_it_stands

__all__ = [
    "Checks", "Emitted", "Sources", "Work", "approve", "booked", "cast", "certify", "check",
    "compare", "declare", "emit", "make_public", "pull", "recorded", "repair", "same_as_before",
    "seal", "translated", "unforeseen", "where_it_stands",
]  # fmt: skip
_ROOMS = {
    "_clean": ("Checks", "cast", "check", "repair"),
    "_compare": ("compare",),
    "_emit": ("Emitted", "certify", "emit"),
    "_seal": ("approve", "make_public", "seal", "where_it_stands"),
}


def __getattr__(name: str) -> Any:
    for room, steps in _ROOMS.items():
        if name in steps:
            return getattr(import_module(f"{__name__}.{room}"), name)
    raise AttributeError(name)
