"""A small CSVW processor: what a CSV says in RDF by its metadata (csv2rdf, minimal mode).

Written from the W3C recommendations (Model for Tabular Data, Metadata Vocabulary, Generating RDF)
and of them only what a release's metadata uses; it knows nothing of how the release was written.
A term is a tuple: ``(iri,)`` or ``(text, language or None, datatype)``.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urljoin

XSD = "http://www.w3.org/2001/XMLSchema#"
CSVW = "http://www.w3.org/ns/csvw#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PREFIXES = {"rdf": RDF, "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "csvw": CSVW}
_DURATION = re.compile(
    r"-?P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?\Z"
)


def triples(metadata: Path) -> Iterator[tuple]:
    """Every triple of every table of a metadata document."""
    group = json.loads(metadata.read_text("utf-8"))
    csv.field_size_limit(1 << 30)
    for table in group["tables"]:
        yield from _table(table, group["dialect"], metadata.parent)


def _table(table: dict, dialect: dict, folder: Path) -> Iterator[tuple]:
    columns = table["tableSchema"]["columns"]
    real = [column for column in columns if not column.get("virtual")]
    url = urljoin((folder.as_uri() + "/"), table["url"])
    with (folder / table["url"]).open(encoding=dialect["encoding"], newline="") as file:
        reader = csv.reader(
            file, delimiter=dialect["delimiter"], quotechar=dialect["quoteChar"],
            doublequote=dialect["doubleQuote"], skipinitialspace=dialect["skipInitialSpace"],
            strict=True,
        )  # fmt: skip
        header = next(reader)
        for title, column in zip(header, real, strict=True):
            assert title in column["titles"]["und"]
        start = dialect["headerRowCount"] + 1
        for number, cells in enumerate(reader, start):
            assert len(cells) == len(real), f"row {number}"
            assert not cells[0].startswith(dialect["commentPrefix"])
            values = {c["name"]: cell for c, cell in zip(real, cells, strict=True)}
            yield from _row(table["tableSchema"], columns, values, number, url)


def _row(schema: dict, columns: list, values: dict, number: int, url: str) -> Iterator[tuple]:
    variables = values | {"_sourceRow": str(number), "_row": str(number - 1)}
    subject = _address(schema["aboutUrl"], variables, url)
    for key in schema.get("primaryKey", ()):
        assert values[key] != "", f"row {number} has no {key}"
    for column in columns:
        if column.get("suppressOutput"):
            continue
        value = None if column.get("virtual") else values[column["name"]]
        assert not (column.get("required") and value == ""), f"row {number}: {column['name']}"
        predicate = _address(column["propertyUrl"], variables, url)
        if "valueUrl" in column and value != "":
            yield subject, predicate, (_address(column["valueUrl"], variables, url),)
        elif value:
            yield subject, predicate, _literal(value, column)


def _literal(value: str, column: dict) -> tuple:
    datatype = column.get("datatype", "string")
    if datatype == "duration" and not _DURATION.match(value):
        return value, None, XSD + "string"  # a value that is not of its datatype stays a text
    if datatype == "json":
        return value, None, CSVW + "JSON"
    if datatype == "string" and column.get("lang", "und") != "und":
        return value, column["lang"].lower(), RDF + "langString"  # tags have no case (BCP 47)
    return value, None, XSD + datatype


def _address(template: str, variables: dict, url: str) -> str:
    """RFC 6570 level 1, then a prefixed name or a relative reference made whole."""
    whole = re.sub(r"\{(\w+)\}", lambda m: quote(variables[m[1]], safe=""), template)
    prefix, colon, local = whole.partition(":")
    if colon and prefix in _PREFIXES:
        return _PREFIXES[prefix] + local
    return urljoin(url, whole)
