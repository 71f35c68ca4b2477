"""Which kind of source reads a file, by the ending of its name."""

from __future__ import annotations

from collections.abc import Mapping

#: File name endings, small letters, and kinds.
ENDINGS: Mapping[str, str] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".gz": "csv", ".json": "json", ".jsonl": "json",
    ".ndjson": "json", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".ods": "ods",
    ".geojson": "geojson", ".shp": "shp", ".zip": "shp", ".kml": "kml", ".kmz": "kml",
    ".gpkg": "gpkg", ".sqlite": "sql", ".sqlite3": "sql", ".db": "sql",
}  # fmt: skip
