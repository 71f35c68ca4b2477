"""Outlines of the provinces to draw under points, from a published table of them.

No dataset is named: any published table of areas whose key is ``province_code`` will do, which is
how the schemas of this catalogue call the TIS 1099 code.
"""

from __future__ import annotations

from pathlib import Path

from catalog.index import CatalogIndex
from catalog.release import Release, TableFacts
from catalog.store import Store
from catalog.table import Table
from catalog.web.grid import open_table

_KEY = ("province_code",)


def has_areas(facts: TableFacts) -> bool:
    """Whether a table's own shapes show where they lie."""
    return any("Polygon" in kind for kind in facts.geometry_kinds)


def find_outlines(index: CatalogIndex) -> tuple[Release, str] | None:
    """The published table with the outlines of the provinces; the first by id."""
    for release in index.all_published():
        for facts in release.facts.tables:
            if has_areas(facts) and tuple(facts.schema.get("primaryKey", ())) == _KEY:
                return release, facts.name
    return None


def outlines(found: tuple[Release, str] | None, store: Store, scratch: Path) -> Table | None:
    """The table of outlines, opened; a copy is kept apart from other tables' copies."""
    if found is None:
        return None
    own = scratch / "outlines"
    own.mkdir()
    return open_table(*found, store, own)
