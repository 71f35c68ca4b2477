"""What a file says of itself, where its format has a place for words.

One list of statements, which XML puts into its head, workbooks onto a sheet, Parquet into its
metadata and RDF into triples, so that all of them say the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from catalog.formats import About
from catalog.schema import SchemaField


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing a file says of itself.

    Attributes:
        key: ``title``, ``description``, ``licence``, ``attribution``, ``source``, ``notice``,
            ``edition`` or ``uri``.
        th: in Thai.
        en: in English; ``None`` where nobody wrote it.
        uri: the thing itself, where it has an address.
    """

    key: str
    th: str | None
    en: str | None
    uri: str | None = None


def statements(about: About) -> tuple[Statement, ...]:
    """Everything a file says of itself, in the order people want it."""
    dataset, licence = about.dataset, about.licence
    source = dataset.provenance.source
    found = [
        Statement("title", about.title("th"), dataset.title.en and about.title("en")),
        Statement("description", dataset.description.th, dataset.description.en),
        Statement("licence", licence.th, licence.en, licence.more["uri"]),
        Statement("attribution", about.attribution("th"), about.attribution("en")),
        Statement("source", source.th, source.en, dataset.provenance.url),
    ]
    if dataset.notice:
        found.append(Statement("notice", dataset.notice.th, dataset.notice.en))
    found.append(Statement("edition", about.edition, None))
    found.append(Statement("uri", None, None, about.table_uri))
    return tuple(found)


def as_json(about: About) -> str:
    """The statements as one JSON text, for formats that carry keys and values."""
    told = {
        one.key: {k: v for k, v in (("th", one.th), ("en", one.en), ("uri", one.uri)) if v}
        for one in statements(about)
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


@cache
def _labels() -> Mapping[str, Any]:
    source = files("catalog") / "data" / "description_sheet.yaml"
    labels: Mapping[str, Any] = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader)
    return labels


def sheet_name() -> str:
    """Name of the sheet that describes a workbook."""
    return str(_labels()["sheet"])


def sheet_rows(about: About) -> list[tuple[str, ...]]:
    """The rows of the sheet that describes a workbook: statements, then the dictionary."""
    labels = _labels()
    rows = [tuple(labels["statements"]["header"])]
    for one in statements(about):
        label = labels["statements"][one.key]
        rows.append((label["th"], label["en"], one.th or "", one.en or "", one.uri or ""))
    rows.append(())
    rows.append(tuple(labels["columns"]["header"]))
    rows += [_dictionary_row(field, labels["types"]) for field in about.schema.fields]
    return rows


def _dictionary_row(field: SchemaField, types: Mapping[str, Any]) -> tuple[str, ...]:
    kind = types[field.type]
    return (
        field.name,
        field.title or "",
        field.title_en or "",
        f"{kind['th']} ({kind['en']})",
        field.unit or "",
        field.description or "",
        field.description_en or "",
    )
