"""Rooms and their variants: one module per variant, found by its file name.

A room is a package whose ``__init__`` states the contract that each of its modules fulfils.
Adding a variant is adding one file; nothing else knows its name. Names can be listed without
importing anything, so that checking declarations stays quick.
"""

from __future__ import annotations

import difflib
import pkgutil
from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def names(room: str) -> tuple[str, ...]:
    """Names of a room's variants: its public modules, sorted.

    Args:
        room: dotted name of the package, ``flows.sources``.
    """
    package = import_module(room)
    found = (module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name for name in found if not name.startswith("_")))


@cache
def variant(room: str, name: str) -> ModuleType:
    """The module of one variant.

    Raises:
        KeyError: the room has no such variant; the message has the names that exist.
    """
    if name not in names(room):
        raise KeyError(f"{room} has no {name!r}; it has: {', '.join(names(room))}")
    return import_module(f"{room}.{name}")


def nearest(name: str, among: tuple[str, ...] | list[str]) -> str | None:
    """The name that was probably meant, or ``None`` where nothing is near."""
    found = difflib.get_close_matches(name, among, n=1, cutoff=0.6)
    return found[0] if found else None
