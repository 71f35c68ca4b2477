"""The files of a release: where each is had, by purpose, and which formats it does without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from catalog.formats import Format, formats
from catalog.names import LATEST
from catalog.release import Release, SealedFile, State


@dataclass(frozen=True, slots=True)
class Download:
    """A file and its format, with what was changed to fit."""

    file: SealedFile
    format: Format
    path: str


def label(release: Release) -> str:
    """How addresses of a release's files name it: ``latest`` as long as it is."""
    return LATEST if release.state is State.PUBLISHED else str(release.version)


def downloads(release: Release, table: str) -> Mapping[str, Sequence[Download]]:
    """A table's files by purpose, in the order that people look for them."""
    known = formats()
    found = {
        file.format: Download(
            file, known[file.format], release.id.file_path(label(release), file.name)
        )
        for file in release.facts.files
        if file.table == table and file.format in known
    }
    listed = {name for names in _purposes().values() for name in names}
    groups = {
        purpose: [found[name] for name in names if name in found]
        for purpose, names in _purposes().items()
    }
    for name in sorted(found.keys() - listed):
        needs = known[name].geometry == "needs"
        groups["maps" if needs else "machines"].append(found[name])
    return {purpose: items for purpose, items in groups.items() if items}


def omissions(release: Release, table: str, lang: str) -> Mapping[str, Sequence[str]]:
    """Reason to the formats that are not there for it."""
    reasons: dict[str, list[str]] = {}
    for gap in release.facts.omissions:
        if gap.table == table and gap.format in formats():
            reason = gap.reason["words"][lang]["title"]
            reasons.setdefault(reason, []).append(formats()[gap.format].title.words(lang))
    return reasons


@cache
def _purposes() -> Mapping[str, Sequence[str]]:
    """Formats by what people do with them."""
    data = files("catalog.web") / "words" / "purposes.yaml"
    loaded: Mapping[str, Sequence[str]] = yaml.load(data.read_bytes(), Loader=yaml.CSafeLoader)
    return loaded
