"""Provinces, districts and sub-districts as codes or as their standard names.

Changes: จังหวัดนครพนม, จ.นครพนม, Nakhon Phanom, ``48``, ``TH-48`` and known misspellings → code
``48``, name นครพนม or ISO ``TH-48``; districts and sub-districts likewise, with 4 and 6 digits
(codes of the Department of Provincial Administration, whose first two are TIS 1099).
Refuses to guess: a name that several places have (อำเภอเมือง, เฉลิมพระเกียรติ) stays as it is unless
``within`` or ``inside`` says in which province or district; so does a name that no place has.
Undone by: ``to: name``; which spelling stood there is only in the evidence.
"""

from __future__ import annotations

from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.repairs import Scope
from flows.repairs._arrow import on_unique, on_unique_rows
from flows.repairs._places import DIGITS, LEVELS, Level, places, resolve

SCOPE: Scope = "column"


class Options(BaseModel):
    """Which places, and what to write.

    Attributes:
        level: of the places in the column.
        to: ``code``, ``name`` (Thai), ``name_en`` or ``iso`` (ISO 3166-2:TH, ``TH-4801`` below it).
        within: names of columns that hold the places above, the largest first: ``[province]`` for
            districts, ``[province, district]`` for sub-districts; one name may stand alone.
        inside: code of the place that all of them lie in: ``"48"``, or ``"4801"``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    level: Level = "province"
    to: Literal["code", "name", "name_en", "iso"] = "code"
    within: tuple[str, ...] | str = ()
    inside: str | None = Field(default=None, pattern=r"^\d{2}(\d{2})?$")

    @model_validator(mode="after")
    def _above(self) -> Options:
        if len(self.columns) > LEVELS.index(self.level):
            raise ValueError(f"a {self.level} lies within {LEVELS.index(self.level)} others")
        if self.inside and len(self.inside) >= DIGITS[self.level]:
            raise ValueError(f"a {self.level} does not lie inside {self.inside}")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of ``within``."""
        return (self.within,) if isinstance(self.within, str) else self.within


def beside(options: Options) -> tuple[str, ...]:
    """The columns that hold the places above."""
    return options.columns


def repair(values: pa.Array, options: Options, decision: Any = None, *others: pa.Array) -> pa.Array:
    """Write places as codes or names."""
    if not others:
        inside = pa.scalar(options.inside, pa.string())
        return on_unique(values, lambda texts: _write(texts, options, _same(inside, len(texts))))
    written = on_unique_rows([values, *others], lambda *rows: _within(options, *rows))
    return values if written.equals(values) else written


def _within(options: Options, values: pa.Array, *others: pa.Array) -> pa.Array:
    """Places by the columns of those above."""
    parents = _same(pa.scalar(options.inside, pa.string()), len(values))
    above = LEVELS[: LEVELS.index(options.level)][-len(others) :]
    for level, column in zip(above, others, strict=True):
        parents = _codes_above(level, column, parents)
    return _write(values, options, parents)


def _codes_above(level: Level, names: pa.Array, parents: pa.Array) -> pa.Array:
    """Codes of the places above, one level down; of the level before where a name means nothing.

    A column of provinces may stand right above sub-districts.
    """
    found = places(level).codes.take(resolve(level, names, parents))
    province = places("province").codes.take(resolve("province", names))
    return pc.coalesce(found, parents, province)


def _write(texts: pa.Array, options: Options, parents: pa.Array) -> pa.Array:
    gazetteer = places(options.level)
    found = resolve(options.level, texts, parents)
    if found.null_count == len(texts):
        return texts
    columns = {"code": gazetteer.codes, "name": gazetteer.th, "name_en": gazetteer.en}
    written = columns.get(options.to, gazetteer.codes).take(found)
    if options.to == "iso":
        written = pc.binary_join_element_wise("TH", written, "-")
    return pc.coalesce(written, texts)


def _same(value: pa.Scalar, length: int) -> pa.Array:
    return pa.repeat(value, length)
