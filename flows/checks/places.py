"""Codes of places that exist (``code: province|district|subdistrict|postcode``), each in its own.

Codes are those of the Department of Provincial Administration (the first two digits are TIS 1099),
bare or as ISO 3166-2:TH (``TH-48``). Where ``within`` names the column of the place above, the code
has to lie in it. A district of a postcode is known only by the sub-districts that it serves; codes
of single offices are in no list, so an unlisted one only warns where its province is right.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Level, Problem
from catalog.schema import SchemaField
from catalog.table import Table
from flows.checks import Checked
from flows.checks._found import Found, Tally, numbered, placed
from flows.repairs._places import DIGITS, Gazetteer, places
from flows.repairs._places import Level as PlaceLevel

STAGE = "typed"
#: How like a code or a name has to be to be suggested, 0 to 1.
_ALIKE = 0.7


def check(table: Checked) -> Iterator[Problem]:
    """Hold each column of codes."""
    assert table.typed is not None
    yield from placed(table, _codes(table, table.typed))


def _codes(table: Checked, typed: Table) -> Iterator[Found]:
    for field in table.schema.fields:
        above = table.schema.by_name.get(field.within or "")
        if field.code == "postcode":
            yield from _postcodes(typed, field, above)
        elif field.code in DIGITS:
            yield from _places(typed, field, above)


def _places(typed: Table, field: SchemaField, above: SchemaField | None) -> Iterator[Found]:
    level: PlaceLevel = field.code  # type: ignore[assignment]
    unknown, outside = Tally("place-code", field.name), Outside(field)
    for start, batch in numbered(typed, _columns(field, above)):
        codes = bare(batch.column(0))
        known = exists(codes, level)
        unknown.add(start, batch.column(0).cast(pa.string()), pc.invert(known))
        if above is not None:
            parents = bare(batch.column(1))
            digits = DIGITS[above.code]  # type: ignore[index]
            same = pc.equal(pc.utf8_slice_codeunits(codes, 0, digits), parents)
            judged = pc.and_(known, exists(parents, above.code))  # type: ignore[arg-type]
            outside.add(start, batch, pc.and_(judged, pc.invert(same)))
    yield from unknown.found(partial(_suggested, level))
    yield from outside.found()


def _postcodes(typed: Table, field: SchemaField, above: SchemaField | None) -> Iterator[Found]:
    wrong, outside = Tally("postcode", field.name), Outside(field)
    unlisted = Tally("postcode-unlisted", field.name, Level.WARNING)
    listed, areas = _listed()
    for start, batch in numbered(typed, _columns(field, above)):
        codes = batch.column(0).cast(pa.string())
        formed = pc.match_substring_regex(codes, pattern="^[0-9]{5}$")
        area = pc.is_in(pc.utf8_slice_codeunits(codes, 0, 2), value_set=areas)
        known = pc.is_in(codes, value_set=listed)
        possible = pc.and_(formed, area)
        wrong.add(start, codes, pc.invert(possible))
        unlisted.add(start, codes, pc.and_(possible, pc.invert(known)))
        if above is not None:
            digits = min(DIGITS[above.code], 4)  # type: ignore[index]
            parents = pc.utf8_slice_codeunits(bare(batch.column(1)), 0, digits)
            pairs = pc.binary_join_element_wise(parents, codes, "/")
            served, places_served = _served(digits)
            judged = pc.and_(known, pc.is_in(parents, value_set=places_served))
            wrong_pair = pc.invert(pc.is_in(pairs, value_set=served))
            outside.add(start, batch, pc.and_(judged, wrong_pair))
    for tally in (wrong, unlisted, outside):
        yield from tally.found()


def _columns(field: SchemaField, above: SchemaField | None) -> tuple[str, ...]:
    return (field.name,) if above is None else (field.name, above.name)


class Outside:
    """Codes that do not lie in the place that their row states; counted, the first kept.

    Args:
        field: the column of the codes.
    """

    def __init__(self, field: SchemaField) -> None:
        self.tally = Tally("place-outside", field.name)

    def add(self, start: int, batch: pa.RecordBatch, wrong: pa.Array) -> None:
        """Take the rows of a batch of two columns: codes, and those of the places above."""
        fields = [batch.column(index).cast(pa.string()) for index in (0, 1)]
        both = pc.binary_join_element_wise(*fields, "\n")
        self.tally.add(start, both, wrong)

    def found(self) -> Iterator[Found]:
        """The problems, with the place above by its name."""
        for index, problem in self.tally.found():
            code, _, above = str(problem.value).partition("\n")
            params = {"count": self.tally.count, "above": named(above)}
            yield index, Problem(problem.code, field=problem.field, value=code, params=params)


def bare(codes: pa.Array) -> pa.Array:
    """Codes as texts, without the letters of the country."""
    return pc.replace_substring_regex(codes.cast(pa.string()), pattern="^TH-", replacement="")


def exists(codes: pa.Array, level: PlaceLevel) -> pa.Array:
    """Which codes are of a place; null where there is none."""
    known = pc.is_in(codes, value_set=_known(level))
    if level == "subdistrict":
        formed = pc.match_substring_regex(codes, pattern="^[0-9]{6}$")
        district = pc.utf8_slice_codeunits(codes, 0, 4)
        known = pc.or_(known, pc.and_(formed, pc.is_in(district, value_set=_more())))
    return pc.if_else(pc.is_valid(codes), known, None)


def named(code: str) -> Mapping[str, str]:
    """A place by its code and name, by language; the code alone where no list has it."""
    bare_code = code.removeprefix("TH-")
    for level, digits in DIGITS.items():
        if len(bare_code) == digits:
            gazetteer = places(level)
            index = gazetteer.codes.index(bare_code).as_py()
            if index >= 0:
                return _told(gazetteer, index)
    return {"th": code, "en": code}


def _told(gazetteer: Gazetteer, index: int) -> Mapping[str, str]:
    code = gazetteer.codes[index]
    return {"th": f"{code} {gazetteer.th[index]}", "en": f"{code} {gazetteer.en[index]}"}


def _suggested(level: PlaceLevel, value: Any) -> Mapping[str, Any]:
    """The place that was probably meant: like it in name, or in digits."""
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    gazetteer = places(level)
    text = str(value).removeprefix("TH-")
    by_digits = text.isascii() and text.isdigit()
    choices = gazetteer.codes if by_digits else gazetteer.th
    # Jaro and Winkler's measure prefers what begins alike, as codes of neighbours do.
    near = process.extractOne(
        text, choices.to_pylist(), scorer=JaroWinkler.normalized_similarity, score_cutoff=_ALIKE
    )
    return {"nearest": _told(gazetteer, near[2]) if near else "—"}


@cache
def _known(level: PlaceLevel) -> pa.Array:
    codes = places(level).codes
    return pa.concat_arrays([codes, _more()]) if level == "district" else codes


@cache
def _more() -> pa.Array:
    """Districts that exist and that the list lacks."""
    return pa.array([row["code"] for row in _rows("more_districts")], pa.string())


@cache
def _listed() -> tuple[pa.Array, pa.Array]:
    """The postcodes that there are, and the first two digits that they begin with."""
    codes = {row["postcode"] for row in _rows("postcodes")}
    return pa.array(sorted(codes)), pa.array(sorted({code[:2] for code in codes}))


@cache
def _served(digits: int) -> tuple[pa.Array, pa.Array]:
    """Which postcodes serve which places, as ``place/postcode``, and these places.

    Args:
        digits: of the places' codes: 2 for provinces, 4 for districts.
    """
    pairs = {(row["district"][:digits], row["postcode"]) for row in _rows("postcodes")}
    joined = pa.array(sorted(f"{place}/{code}" for place, code in pairs))
    return joined, pa.array(sorted({place for place, _ in pairs}))


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("catalog") / "data" / "places" / f"{name}.csv").read_text("utf-8")
    return csv.DictReader(text.splitlines())
