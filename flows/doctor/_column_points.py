"""Two columns that are one position: latitude and longitude, swapped ones, metres of UTM."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from catalog.problem import Level, Problem
from flows.doctor import EXAMPLES, Column, Example, Finding, Question, Remedy
from flows.doctor._column_find import ask
from flows.doctor._column_meaning import Meaning, meaning_of, title_of
from flows.doctor._column_rows import figures
from flows.doctor.signs.coordinates import DEGREES, METRES, within
from flows.repairs._arrow import load
from flows.repairs._coordinates import degrees

_PAIRS = (("lat", "lon"), ("northing", "easting"))
_CRS = {"wgs84-47": "EPSG:32647", "wgs84-48": "EPSG:32648",
        "indian1975-47": "EPSG:24047", "indian1975-48": "EPSG:24048"}  # fmt: skip
#: Share of the rows that makes a rule of what they have in common.
_NEARLY_ALL = 0.95


def positions(columns: Sequence[Column], staged: Path) -> Iterator[Finding]:
    """Findings about each pair of columns that is a position."""
    meanings = [meaning_of(column.label) for column in columns]
    for north_kind, east_kind in _PAIRS:
        norths, easts = (_of_kind(meanings, kind) for kind in (north_kind, east_kind))
        if len(norths) == len(easts) == 1:
            north, east = columns[norths[0]], columns[easts[0]]
            yield from _pair(north, east, staged)


def _of_kind(meanings: Sequence[Meaning | None], kind: str) -> list[int]:
    return [at for at, meaning in enumerate(meanings) if meaning and meaning.kind == kind]


def _pair(north: Column, east: Column, staged: Path) -> Iterator[Finding]:
    counts = dict.fromkeys(("given", "right", "swapped", "metres"), 0)
    swapped: list[Example] = []
    for rows, table in figures(staged, (north, east), read=degrees):
        y, x = table[:, 0], table[:, 1]
        turned = within(y, DEGREES["lon"]) & within(x, DEGREES["lat"])
        masks = {
            "given": ~(np.isnan(y) | np.isnan(x)) & ~((y == 0) & (x == 0)),
            "right": within(y, DEGREES["lat"]) & within(x, DEGREES["lon"]),
            "metres": within(y, METRES["northing"]) & within(x, METRES["easting"]),
            "swapped": turned,
        }
        for name, mask in masks.items():
            counts[name] += int(mask.sum())
        swapped += [
            Example(rows[int(at)].as_py(), f"{y[at]:g} | {x[at]:g}", f"{x[at]:g} | {y[at]:g}")
            for at in np.flatnonzero(turned)[: EXAMPLES - len(swapped)]
        ]
    yield from _told(north, east, counts, tuple(swapped))


def _told(
    north: Column, east: Column, counts: dict[str, int], swapped: tuple[Example, ...]
) -> Iterator[Finding]:
    given = counts["given"]
    nearly = {name: given > 0 and count >= _NEARLY_ALL * given for name, count in counts.items()}
    label, row = north.label, swapped[0].row if swapped else None
    params: dict[str, object] = {"other": east.label}
    if nearly["metres"]:
        yield _metres(north, east, counts["metres"])
    elif nearly["swapped"]:
        params |= {"count": counts["swapped"]}
        problem = Problem(
            "coordinates-swapped", row=row, field=label, params=params, level=Level.WARNING
        )
        yield Finding(problem, counts["swapped"], swapped, (_point(east, north),))
    elif counts["swapped"]:
        params |= {"count": counts["swapped"], "example": swapped[0].before}
        problem = Problem("coordinates-swapped-rows", row=row, field=label, params=params)
        yield Finding(problem, counts["swapped"], swapped)
    elif nearly["right"]:
        params |= {"count": counts["right"]}
        problem = Problem("coordinates-pair", field=label, params=params, level=Level.NOTE)
        yield Finding(problem, counts["right"], remedies=(_point(north, east),))


def _point(north: Column, east: Column, **more: str) -> Remedy:
    return Remedy("rows", "point", {"lat": north.label, "lon": east.label, **more})


def _metres(north: Column, east: Column, count: int) -> Finding:
    """UTM: zone and datum are asked; Indian 1975 is moved by the operation EPSG:1304."""
    answers = {name: [_point(north, east, crs=crs)] for name, crs in _CRS.items()}
    said = f"{title_of(north.label)} {title_of(east.label)}".casefold()
    zone = next((zone for zone in ("47", "48") if zone in said), None)
    indian = any(word in said for word in load("doctor_values")["indian_words"])
    likely = f"{'indian1975' if indian else 'wgs84'}-{zone}" if zone else None
    question: Question = ask("utm", {**answers, "numbers": []}, likely)
    params = {"other": east.label, "count": count}
    problem = Problem("coordinates-metres", field=north.label, params=params, level=Level.WARNING)
    return Finding(problem, count, question=question)
