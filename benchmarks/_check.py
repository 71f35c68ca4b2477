"""The contenders of ``check``, each in a process of its own.

``python -m benchmarks._check FOLDER frictionless|ours|copy`` prints seconds by step as JSON, and
how many problems were found, with a digest of where.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks._measure import Watch

#: Frictionless counts all errors only without a limit; ours counts all and names the first.
NAMED = 1_000


def ours(folder: Path, watch: Watch) -> list[Any]:
    """The check of a CSV file where it lies."""
    from catalog.schema import load_schema
    from flows.checks._csv import check_csv, plain_csv
    from flows.checks._engine.plan import compile_plan

    def check() -> Any:
        schema = load_schema(folder / "register.json")
        found = plain_csv(folder / "register.csv")
        assert found is not None
        fields = {label: label for label in found.labels}
        return check_csv(found, fields, compile_plan(schema, schema.names), schema, folder, NAMED)

    told = watch.time("check", check)
    assert told is not None
    return [(p.code, p.row, p.field) for p in told[1]]


def frictionless(folder: Path, watch: Watch, limit: int) -> list[Any]:
    """The same by Frictionless."""
    import frictionless as peer

    def check() -> Any:
        schema = json.loads((folder / "register.json").read_text("utf-8"))
        resource = peer.Resource(
            path="register.csv", basepath=str(folder), schema=peer.Schema.from_descriptor(schema)
        )
        return resource.validate(limit_errors=limit)

    report = watch.time("check", check)
    said = report.flatten(["type", "rowNumber", "fieldName"])
    return [(code, row, field or None) for code, row, field in said]


def copy(folder: Path, watch: Watch) -> list[Any]:
    """What DuckDB takes merely to copy the file to Parquet."""
    import duckdb

    source, target = folder / "register.csv", folder / "register.parquet"
    watch.time("check", duckdb.execute, f"COPY (FROM '{source}') TO '{target}'")
    return []


def digest(places: Iterable[Any]) -> str:
    """Where the first problems are, shortened."""
    listed = sorted(places, key=lambda place: (place[1], str(place)))
    # The thousandth may be the first of several in its row: what comes before it is told whole.
    last = listed[NAMED - 1][1] if len(listed) >= NAMED else None
    first = [place for place in listed if last is None or place[1] < last]
    return hashlib.sha256(json.dumps(first).encode()).hexdigest()[:12]


def main() -> None:
    """Do it, print."""
    folder, watch = Path(sys.argv[1]), Watch()
    if sys.argv[2] == "ours":
        found = ours(folder, watch)
    elif sys.argv[2] == "copy":
        found = copy(folder, watch)
    else:
        found = frictionless(folder, watch, int(sys.argv[3]))
    print(json.dumps({"seconds": watch.seconds["check"], "found": len(found),
                      "where": digest(found)}))  # fmt: skip


if __name__ == "__main__":
    main()
