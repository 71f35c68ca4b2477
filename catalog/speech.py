"""In which language people are spoken to, and the words of the command and the pages.

Words stand in data files: a key with ``th`` and ``en``. The language comes from ``SAMDAO_LANG``,
else from the locale (``LC_ALL``, ``LC_MESSAGES``, ``LANG``); English where neither says Thai.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml


def locale_language(environment: Mapping[str, str] | None = None) -> str:
    """``th`` or ``en``, as the environment asks."""
    env = os.environ if environment is None else environment
    for name in ("SAMDAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if env.get(name):
            return "th" if env[name].lower().startswith("th") else "en"
    return "en"


@cache
def phrases(package: str, name: str) -> Mapping[str, Mapping[str, str]]:
    """A file of phrases: key to words in ``th`` and ``en``.

    Args:
        package: dotted name of the package that has it in ``words/``.
        name: file name without suffix.
    """
    source = files(package) / "words" / f"{name}.yaml"
    loaded: Mapping[str, Mapping[str, str]] = yaml.load(
        source.read_bytes(), Loader=yaml.CSafeLoader
    )
    return loaded
