"""Table Schemas: what each column means, in Frictionless Table Schema v2 with our additions.

A schema is a JSON file in ``schemas/``, shared by every province. Additions are properties that
other readers of Table Schema ignore:

    title_en, description_en    the English words beside ``title`` and ``description`` (Thai)
    alias                       name of ≤ 10 ASCII bytes for DBF
    unit                        unit of the values (UCUM, or Thai words)
    lang                        language of a text column, BCP 47; ``th`` where not said
    decimalPlaces               a ``number`` kept as an exact decimal with so many places
    timezone                    ``UTC`` or ``Asia/Bangkok`` for datetimes with an offset
    linkTo                      URI template, RFC 6570 level 1 over field names: the thing meant
                                by the value outside of this catalogue
    publicOfficer               a column of names that public duty makes public (PDPA)
    code                        the values are codes that exist: ``thaiCitizenId`` (13 digits with
                                their check digit), ``province``, ``district``, ``subdistrict``
                                (DOPA, 2, 4 and 6 digits), ``postcode``
    within                      the field with the code of the place that the value lies in: of a
                                code, of a postcode, of a geometry (its province)
    withinTolerance             kilometres that a geometry may lie off that province; 3 if not said

Of a schema: ``title``, ``description``, ``rdfType`` (class of a row), and ``primaryKey``,
``foreignKeys``, ``uniqueKeys``, ``missingValues``, ``fieldsMatch`` as the standard has them, and

    rules                       conditions that every row fulfils: ``expression`` (the language of
                                ``catalog.expression``), ``th``, ``en``, ``tolerance``, ``level``
    monotone                    columns whose values only rise or only fall: ``fields``, ``order``
                                (``ascending``, ``descending``), ``strict``, ``per``
    totalRow                    rows that state sums of the others, one kind or a list of them:
                                ``where`` (an expression), ``sums``, ``per``, ``tolerance``
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from catalog.expression import ExpressionError, Variable, held, parse
from catalog.names import check_name
from catalog.problem import DeclarationError, Problem
from catalog.row_checks import Monotone, Rule, TotalRow

FieldType = Literal[
    "string", "number", "integer", "boolean", "date", "time", "datetime", "year", "yearmonth",
    "duration", "geopoint", "geojson", "object", "array", "list", "any",
]  # fmt: skip
GEOMETRY_TYPES = frozenset({"geopoint", "geojson"})
Code = Literal["thaiCitizenId", "province", "district", "subdistrict", "postcode"]
#: Codes of places, the largest first: what may stand in ``within`` of those after it.
_PLACES: tuple[Code, ...] = ("province", "district", "subdistrict", "postcode")
#: How an expression sees the types of fields; those not named are texts.
_KINDS: Mapping[str, Variable] = {
    "integer": Variable("number"), "year": Variable("number"), "boolean": Variable("truth"),
    "date": Variable("date"), "time": Variable("time"), "geopoint": Variable("other"),
    "geojson": Variable("other"), "object": Variable("other"), "array": Variable("other"),
    "list": Variable("other"),
}  # fmt: skip


class _Shape(BaseModel):
    """Frozen; knows the standard's own spelling; additions of others are kept, not refused."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)


class Constraints(_Shape):
    """Constraints of a field (Table Schema v2, «Constraints»)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    required: bool = False
    unique: bool = False
    pattern: str | None = None
    enum: tuple[Any, ...] | None = None
    min_length: int | None = Field(default=None, alias="minLength")
    max_length: int | None = Field(default=None, alias="maxLength")
    minimum: Any = None
    maximum: Any = None
    exclusive_minimum: Any = Field(default=None, alias="exclusiveMinimum")
    exclusive_maximum: Any = Field(default=None, alias="exclusiveMaximum")
    json_schema: Mapping[str, Any] | None = Field(default=None, alias="jsonSchema")


class SchemaField(_Shape):
    """A column: two names (``title`` for people, ``name`` for machines) and an alias for DBF."""

    name: str
    type: FieldType = "any"
    format: str = "default"
    title: str | None = None
    title_en: str | None = None
    description: str | None = None
    description_en: str | None = None
    alias: str | None = Field(default=None, pattern=r"^[A-Za-z][A-Za-z0-9_]{0,9}$")
    unit: str | None = None
    lang: str | None = None
    rdf_type: str | None = Field(default=None, alias="rdfType")
    link_to: str | None = Field(default=None, alias="linkTo")
    decimal_places: int | None = Field(default=None, alias="decimalPlaces", ge=0, le=18)
    timezone: Literal["UTC", "Asia/Bangkok"] | None = None
    public_officer: bool = Field(default=False, alias="publicOfficer")
    code: Code | None = None
    within: str | None = None
    within_tolerance: float | None = Field(default=None, alias="withinTolerance", ge=0)
    missing_values: tuple[str, ...] | None = Field(default=None, alias="missingValues")
    constraints: Constraints = Constraints()

    @field_validator("name")
    @classmethod
    def _machine_name(cls, name: str) -> str:
        return check_name(name)

    @field_validator("missing_values", mode="before")
    @classmethod
    def _values_only(cls, values: Any) -> Any:
        return _plain_missing_values(values)

    def words(self, lang: str) -> str:
        """The column's title in ``th`` or ``en``; its name where there is no title."""
        return (self.title_en if lang == "en" else self.title) or self.title or self.name

    @property
    def is_geometry(self) -> bool:
        """Whether the column holds geometry."""
        return self.type in GEOMETRY_TYPES

    @property
    def variable(self) -> Variable:
        """What an expression may do with the column's values."""
        if self.type == "number":
            return Variable("number", self.decimal_places)
        if self.type == "datetime":
            return Variable("moment" if self.timezone else "datetime")
        return _KINDS.get(self.type, Variable("text"))

    @model_validator(mode="after")
    def _code_is_text(self) -> SchemaField:
        allowed = (
            {"string", "any"} if self.code == "thaiCitizenId" else {"string", "any", "integer"}
        )
        if self.code and self.type not in allowed:
            raise ValueError(f"a field with code {self.code} is of type string")
        return self


class Reference(_Shape):
    """What a foreign key points to; an empty ``resource`` is the table itself."""

    resource: str = ""
    fields: tuple[str, ...]

    @field_validator("fields", mode="before")
    @classmethod
    def _tuple(cls, fields: Any) -> Any:
        return (fields,) if isinstance(fields, str) else fields


class ForeignKey(_Shape):
    """Fields whose values stand in another table.

    ``reference.resource`` is a table of the same dataset, or ``office/dataset/table``.
    """

    fields: tuple[str, ...]
    reference: Reference

    @field_validator("fields", mode="before")
    @classmethod
    def _tuple(cls, fields: Any) -> Any:
        return (fields,) if isinstance(fields, str) else fields

    @model_validator(mode="after")
    def _as_many(self) -> ForeignKey:
        if len(self.fields) != len(self.reference.fields):
            raise ValueError("a foreign key has as many fields as it refers to")
        return self


class TableSchema(_Shape):
    """A Table Schema v2."""

    name: str = ""
    title: str | None = None
    title_en: str | None = None
    description: str | None = None
    description_en: str | None = None
    fields: tuple[SchemaField, ...] = Field(min_length=1)
    primary_key: tuple[str, ...] = Field(default=(), alias="primaryKey")
    unique_keys: tuple[tuple[str, ...], ...] = Field(default=(), alias="uniqueKeys")
    foreign_keys: tuple[ForeignKey, ...] = Field(default=(), alias="foreignKeys")
    missing_values: tuple[str, ...] = Field(default=("",), alias="missingValues")
    fields_match: Literal["exact", "equal", "subset", "superset", "partial"] = Field(
        default="exact", alias="fieldsMatch"
    )
    rdf_type: str | None = Field(default=None, alias="rdfType")
    rules: tuple[Rule, ...] = ()
    monotone: tuple[Monotone, ...] = ()
    total_rows: tuple[TotalRow, ...] = Field(default=(), alias="totalRow")

    @field_validator("primary_key", mode="before")
    @classmethod
    def _key(cls, key: Any) -> Any:
        return (key,) if isinstance(key, str) else key

    @field_validator("missing_values", mode="before")
    @classmethod
    def _values_only(cls, values: Any) -> Any:
        return _plain_missing_values(values)

    @field_validator("total_rows", mode="before")
    @classmethod
    def _several(cls, rows: Any) -> Any:
        return (rows,) if isinstance(rows, Mapping) else rows

    @field_validator("fields_match", mode="before")
    @classmethod
    def _first(cls, match: Any) -> Any:
        # The published profile says array where the standard's prose says string.
        return match[0] if isinstance(match, list) and match else match

    @model_validator(mode="after")
    def _names(self) -> TableSchema:
        names = [field.name for field in self.fields]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"fields named twice: {', '.join(twice)}")
        aliases = [field.alias.upper() for field in self.fields if field.alias]
        if len(aliases) != len(set(aliases)):
            raise ValueError("two fields share an alias")
        keyed = {*self.primary_key, *(f for key in self.foreign_keys for f in key.fields)}
        keyed |= {f for key in self.unique_keys for f in key}
        if keyed - set(names):
            raise ValueError(f"keys name unknown fields: {', '.join(sorted(keyed - set(names)))}")
        return self

    @model_validator(mode="after")
    def _rows_can_be_held(self) -> TableSchema:
        for item in self.monotone:
            self._known("monotone", *item.fields, *item.per)
        for total in self.total_rows:
            self._known("totalRow", *total.sums, *total.per)
            if {self.by_name[name].variable.kind for name in total.sums} != {"number"}:
                raise ValueError("sums of totalRow are numbers")
        rules = (rule.expression for rule in self.rules)
        for text in (*rules, *(total.where for total in self.total_rows)):
            held(parse(text), self.variables)
        return self

    @model_validator(mode="after")
    def _places_lie_in_places(self) -> TableSchema:
        for field in (field for field in self.fields if field.within):
            self._known("within", str(field.within))
            if not field.is_geometry and field.code not in _PLACES:
                raise ValueError(f"within of {field.name} needs a geometry or the code of a place")
            above = self.by_name[str(field.within)].code
            may = _PLACES[: 3 if field.is_geometry else _PLACES.index(field.code or "province")]
            if above not in may:
                raise ValueError(
                    f"within of {field.name} names a field whose code is a place that holds it: "
                    f"{', '.join(may) or 'none'}"
                )
        return self

    def _known(self, what: str, *names: str) -> None:
        unknown = [name for name in names if name not in self.by_name]
        if unknown:
            raise ValueError(f"{what} names unknown fields: {', '.join(unknown)}")

    @cached_property
    def by_name(self) -> Mapping[str, SchemaField]:
        """Fields by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """The fields as expressions see them (``catalog.expression``)."""
        return {field.name: field.variable for field in self.fields}

    @property
    def names(self) -> tuple[str, ...]:
        """Field names in order."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def geometry(self) -> SchemaField | None:
        """The field that maps draw: the first with geometry."""
        return next((field for field in self.fields if field.is_geometry), None)

    def missing(self, field: SchemaField) -> tuple[str, ...]:
        """Texts that mean «no value» in a field: its own list, or the schema's."""
        return self.missing_values if field.missing_values is None else field.missing_values

    def as_json(self) -> dict[str, Any]:
        """The schema as the standard writes it, with defaults left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _plain_missing_values(values: Any) -> Any:
    """Labelled missing values (v2: ``{"value": "-", "label": "…"}``) as plain texts."""
    if not isinstance(values, list | tuple):
        return values
    return [item["value"] if isinstance(item, Mapping) else item for item in values]


def load_schema(path: Path) -> TableSchema:
    """Read a Table Schema.

    Args:
        path: a JSON file.

    Raises:
        DeclarationError: missing, not JSON, or not a Table Schema; names the place.
    """
    try:
        loaded = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise DeclarationError(Problem("schema-missing", value=path.name)) from error
    except ValueError as error:
        said = str(error)
        raise DeclarationError(
            Problem("schema-invalid", place=path.name, params={"reason": said})
        ) from error
    return parse_schema(loaded, path.name)


def parse_schema(loaded: Any, place: str) -> TableSchema:
    """Check a loaded Table Schema.

    Args:
        loaded: what the JSON holds.
        place: what to call it in an error.

    Raises:
        DeclarationError: one problem for each thing that is wrong.
    """
    try:
        return TableSchema.model_validate(loaded)
    except ValueError as error:
        from pydantic import ValidationError

        if not isinstance(error, ValidationError):
            raise
        raise DeclarationError(*(_invalid(item, place) for item in error.errors())) from error


def _invalid(item: Mapping[str, Any], place: str) -> Problem:
    """The problem of one of pydantic's errors; an expression's own says more."""
    place = f"{place} {'.'.join(str(part) for part in item['loc'])}".rstrip()
    cause = item.get("ctx", {}).get("error")
    if isinstance(cause, ExpressionError):
        return cause.problem.at(place=place)
    return Problem("schema-invalid", place=place, params={"reason": item["msg"]})
