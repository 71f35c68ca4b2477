"""Search over published datasets: what is found is what the pointer shows.

Words are kept folded (case, Thai digits, zero-width marks) in one text per dataset and matched by
substring, which suits Thai: it has no blanks between words, and a part of a word is found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from catalog.database import search as table
from catalog.names import DatasetId
from catalog.release import Release

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789", "\u200b\u200c\u200d\ufeff\u00ad")


def fold(text: str) -> str:
    """Text as it is compared: compatible forms, lower case, Arabic digits, no invisible marks.

    SARA AM is put together again after NFKC, which takes it apart.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\u0e4d\u0e32", "\u0e33")
    return " ".join(plain.translate(_DIGITS).casefold().split())


def searchable(release: Release) -> dict[str, Any]:
    """The row that finds a release: titles, descriptions, keywords, office, columns."""
    spec = release.spec
    said = [spec.title, spec.description, spec.office.name, spec.provenance.source]
    columns = [
        word
        for table_facts in release.facts.tables
        for field in table_facts.table_schema.fields
        for word in (field.name, field.title, field.title_en)
    ]
    texts = [
        *(words.th for words in said), *(words.en for words in said), *spec.keywords, *columns,
        spec.term("theme").th, spec.term("theme").en, str(spec.id),
    ]  # fmt: skip
    return {
        "dataset_id": str(release.id),
        "office": release.id.office,
        "theme": spec.theme,
        "title": fold(f"{spec.title.th} {spec.title.en or ''}"),
        "words": fold("\n".join(text for text in texts if text)),
        "has_map": any(facts.box for facts in release.facts.tables),
    }


def find(connection: Connection, query: str, limit: int = 100) -> Sequence[DatasetId]:
    """Ids of datasets that have every word of the query; those with it in the title first."""
    statement = select(table.c.dataset_id, table.c.title)
    words = fold(query).split()
    for word in words:
        statement = statement.where(table.c.words.contains(word, autoescape=True))
    rows = connection.execute(statement.order_by(table.c.dataset_id)).all()
    ranked = sorted(rows, key=lambda row: -sum(word in row.title for word in words))
    return [DatasetId.parse(row.dataset_id) for row in ranked[:limit]]
