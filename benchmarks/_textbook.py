"""The textbook way, in a process of its own: each format by the library that tutorials name for it.

``python -m benchmarks._textbook FOLDER FORMAT…`` reads ``markets.csv`` with pandas and writes each
format as a newcomer would, whole table in memory: pandas for CSV, JSON, XML, Parquet, XLSX (by
openpyxl) and ODS (by odfpy), geopandas for GeoJSON, KML, SHP and GeoPackage, rdflib for Turtle,
RDF/XML and N-Triples. Nothing is repaired, checked (but by Frictionless, once) or read back.
"""

from __future__ import annotations

import argparse
import json
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks._data import REGISTER
from benchmarks._measure import Watch

_BASE = "https://bench.example/id/bench/register/markets/"
_KINDS = {"stalls": "Int64", "income": "float64", "share": "float64", "open": "bool"}
#: Names of ours to names of GDAL's drivers.
_DRIVERS = {"geojson": "GeoJSON", "kml": "KML", "shp": "ESRI Shapefile", "gpkg": "GPKG"}
#: In the order in which they are written; those at the end take minutes.
FORMATS = ("csv", "json", "parquet", *_DRIVERS, "xml", "xlsx", "nt", "ttl", "rdf", "ods")
#: Formats whose seconds grow evenly with rows and are many: they may be measured on fewer.
SLOW = ("nt", "ttl", "rdf", "ods")


class Textbook:
    """The table in memory, and a file of it in any format.

    Args:
        folder: where ``markets.csv`` and its schema lie, and where files go.
        rows: at most so many are read.
    """

    def __init__(self, folder: Path, rows: int | None) -> None:
        self.folder = folder
        self.source = folder / "datasets" / str(REGISTER) / "markets.csv"
        self.rows = rows
        self.out = folder / "textbook"
        self.out.mkdir(exist_ok=True)

    def check(self) -> None:
        """Hold the source against its schema, by Frictionless alone."""
        import frictionless

        schema = json.loads((self.folder / "schemas" / "markets.json").read_text("utf-8"))
        resource = frictionless.Resource(
            path=self.source.name, basepath=str(self.source.parent),
            schema=frictionless.Schema.from_descriptor(schema),
        )  # fmt: skip
        report = resource.validate()
        assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])[:3]

    @cached_property
    def frame(self) -> Any:
        """The table as pandas has it."""
        import pandas as pd

        kinds = {"code": str} | _KINDS
        return pd.read_csv(self.source, dtype=kinds, parse_dates=["opened"], nrows=self.rows)

    @cached_property
    def geo(self) -> Any:
        """The table as geopandas has it."""
        import geopandas as gpd

        point = self.frame["place"].str.split(",", expand=True).astype(float)
        geometry = gpd.points_from_xy(point[0], point[1])
        return gpd.GeoDataFrame(self.frame.drop(columns="place"), geometry=geometry, crs=4326)

    @cached_property
    def graph(self) -> Any:
        """The table as rdflib has it: a resource for each row, a triple for each value."""
        from rdflib import Graph, Literal, URIRef

        graph = Graph()
        names = [URIRef(f"{_BASE}#{name}") for name in self.frame.columns]
        for row in self.frame.itertuples(index=False):
            subject = URIRef(_BASE + row.code)
            for name, value in zip(names, row, strict=True):
                if value == value:  # NaN is not itself
                    graph.add((subject, name, Literal(value)))
        return graph

    def write(self, form: str) -> None:
        """One format."""
        target = self.out / f"markets.{form}"
        if form in _DRIVERS:
            self.geo.to_file(target, driver=_DRIVERS[form], engine="pyogrio", encoding="utf-8")
        elif form in ("nt", "ttl", "rdf"):
            kind = {"nt": "nt", "ttl": "turtle", "rdf": "xml"}[form]
            self.graph.serialize(str(target), format=kind)
        else:
            self._by_pandas(form, target)

    def _by_pandas(self, form: str, target: Path) -> None:
        ways = {
            "csv": lambda: self.frame.to_csv(target, index=False),
            "json": lambda: self.frame.to_json(target, orient="records", force_ascii=False),
            "xml": lambda: self.frame.to_xml(target, index=False),
            "parquet": lambda: self.frame.to_parquet(target),
            "xlsx": lambda: self.frame.to_excel(target, index=False, engine="openpyxl"),
            "ods": lambda: self.frame.to_excel(target, index=False, engine="odf"),
        }
        ways[form]()


def main() -> None:
    """Write the formats that were asked for and say what took how long."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("formats", nargs="+", choices=FORMATS)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    book, watch = Textbook(given.folder, given.rows), Watch()
    if given.check:
        watch.time("check", book.check)
    watch.time("read", lambda: book.frame)
    if {"nt", "ttl", "rdf"} & set(given.formats):
        watch.time("graph", lambda: book.graph)
    for form in given.formats:
        watch.time(form, book.write, form)
    print(json.dumps(watch.seconds))


if __name__ == "__main__":
    main()
