"""One contender of ``triples``: a register's CSV or table as N-Triples, in a process of its own.

``python -m benchmarks._triples FOLDER ours|rdflib`` prints a JSON object with the seconds of the
work alone; ``prepare ROWS`` makes what they and morph-kgc are given.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import _data

BASE = "https://bench.example"
ROWS = f"{BASE}/id/{_data.REGISTER}/markets/"
COLUMNS = f"{BASE}/dataset/{_data.REGISTER}/t/markets#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
#: Every column but the point, whose WKT no RML template makes; Thai text has its language.
_KINDS = {
    "code": "@th", "name": "@th", "district": "@th", "note": "@th", "opened": "date",
    "stalls": "integer", "income": "double", "share": "double", "open": "boolean",
}  # fmt: skip


def prepare(folder: Path, rows: int) -> None:
    """The source as CSV, the canonical table, and morph-kgc's mapping."""
    import pyarrow.csv as pa_csv

    from catalog.cast import cast
    from catalog.schema import parse_schema
    from catalog.table import write_table

    _data.register(folder, rows)
    whole = pa_csv.read_csv(
        folder / "datasets" / str(_data.REGISTER) / "markets.csv",
        convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(_names(), "string")),
    )
    pa_csv.write_csv(whole.select(list(_KINDS)), folder / "markets.csv")
    fields = [field for field in _data.FIELDS if field["name"] in _KINDS]
    schema = parse_schema({"name": "markets", "primaryKey": ["code"], "fields": fields}, "markets")
    numbered = whole.add_column(0, "_row", [list(range(1, rows + 1))])
    batches = (cast(batch, schema)[0] for batch in numbered.to_batches())
    write_table(folder / "markets.parquet", "markets", schema, batches)
    (folder / "map.ttl").write_text(_mapping(folder / "markets.csv"), "utf-8")
    (folder / "morph.ini").write_text(
        f"[CONFIGURATION]\noutput_file: {folder}/morph.nt\noutput_format: N-TRIPLES\n"
        f"na_values: ,\n[DataSource]\nmappings: {folder}/map.ttl\n", "utf-8"
    )  # fmt: skip


def _names() -> list[str]:
    return [str(field["name"]) for field in _data.FIELDS]


def _mapping(source: Path) -> str:
    """The mapping in RML."""
    parts = []
    for name, kind in _KINDS.items():
        typed = f'rr:language "{kind[1:]}"' if kind[0] == "@" else f"rr:datatype <{_XSD}{kind}>"
        parts.append(
            f"rr:predicateObjectMap [ rr:predicate <{COLUMNS}{name}> ; "
            f'rr:objectMap [ rml:reference "{name}" ; {typed} ] ]'
        )
    return (
        "@prefix rr: <http://www.w3.org/ns/r2rml#> .\n"
        "@prefix rml: <http://semweb.mmlab.be/ns/rml#> .\n"
        "@prefix ql: <http://semweb.mmlab.be/ns/ql#> .\n"
        f'<#m> rml:logicalSource [ rml:source "{source}" ; rml:referenceFormulation ql:CSV ] ;\n'
        f' rr:subjectMap [ rr:template "{ROWS}{{code}}" ] ;\n ' + " ;\n ".join(parts) + " .\n"
    )


def ours(folder: Path) -> Callable[[], object]:
    """Our writer, from the canonical table."""
    from catalog.formats import About, nt
    from catalog.settings import Settings
    from catalog.table import Table
    from flows.world import World

    settings = Settings(
        home=folder / "home", datasets=folder / "datasets", schemas=folder / "schemas"
    )
    table = Table(folder / "markets.parquet", "markets")
    declared = World(settings).declarations.dataset(_data.REGISTER)
    about = About(declared, "markets", table.schema, "0" * 12)
    return lambda: nt.write(table, about, folder / "ours.nt")


def rdflib(folder: Path) -> Callable[[], object]:
    """What a tutorial does: a graph, an ``add`` for each cell, ``serialize``."""
    from rdflib import Graph, Literal, URIRef

    def work() -> None:
        graph = Graph()
        with (folder / "markets.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                subject = URIRef(ROWS + row["code"])
                for name, kind in _KINDS.items():
                    if row[name]:
                        lang = kind[1:] if kind[0] == "@" else None
                        datatype = None if lang else URIRef(_XSD + kind)
                        value = Literal(row[name], lang=lang, datatype=datatype)
                        graph.add((subject, URIRef(COLUMNS + name), value))
        graph.serialize(folder / "rdflib.nt", format="nt", encoding="utf-8")

    return work


def main() -> None:
    """Do one contender's work and say how long it took."""
    folder, name = Path(sys.argv[1]), sys.argv[2]
    if name == "prepare":
        prepare(folder, int(sys.argv[3]))
        return
    work = {"ours": ours, "rdflib": rdflib}[name](folder)
    start, used = time.perf_counter(), time.process_time()
    work()
    print(json.dumps({
        "seconds": time.perf_counter() - start, "cpu": time.process_time() - used,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
