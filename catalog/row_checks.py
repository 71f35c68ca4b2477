"""What a Table Schema of ours may ask of rows: rules, order, totals.

Properties of a schema that other readers of Table Schema ignore; ``flows.checks`` holds them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class _Held(BaseModel):
    """Base of what we add: a mistyped property would be a check that never runs."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Rule(_Held):
    """A condition on every row; a row with an empty cell in a field used is not judged.

    Where the expression says itself what empty means (``is null``, ``coalesce``), it is asked.

    Attributes:
        expression: in the language of ``catalog.expression``.
        th, en: the rule in words, for the officer who broke it.
        tolerance: by how much numbers may be off.
        level: ``error`` stops publication, ``warning`` is shown.
    """

    expression: str
    th: str = Field(min_length=1)
    en: str | None = None
    tolerance: Decimal = Field(default=Decimal(0), ge=0)
    level: Literal["error", "warning"] = "error"


class Monotone(_Held):
    """Fields whose values only rise or only fall from row to row; empty ones are passed over.

    Attributes:
        fields: compared one after the other, as year and then month.
        order: which way.
        strict: whether equal neighbours are wrong too.
        per: fields of the groups in which it holds; the whole table if empty.
    """

    fields: tuple[str, ...] = Field(min_length=1)
    order: Literal["ascending", "descending"] = "ascending"
    strict: bool = False
    per: tuple[str, ...] = ()

    @field_validator("fields", "per", mode="before")
    @classmethod
    def _tuple(cls, fields: Any) -> Any:
        return (fields,) if isinstance(fields, str) else fields


class TotalRow(_Held):
    """Rows that state the sums of the table's other rows, and stay in the table.

    Attributes:
        where: a condition that holds for the rows of totals alone.
        sums: fields that have to add up.
        per: fields of the groups that have a total each; one for the whole table if empty.
        tolerance: by how much a sum may be off, for rounded figures.
    """

    where: str
    sums: tuple[str, ...] = Field(min_length=1)
    per: tuple[str, ...] = ()
    tolerance: Decimal = Field(default=Decimal(0), ge=0)

    @field_validator("sums", "per", mode="before")
    @classmethod
    def _tuple(cls, fields: Any) -> Any:
        return (fields,) if isinstance(fields, str) else fields
