"""The shapes of declarations: an office, a dataset, a table, a field.

Strict at the border: frozen pydantic models that refuse unknown keys. Kinds of sources, names of
repairs and their options are checked against the rooms' registries by ``flows.declare``, because
this package knows nothing of them. JSON Schemas of these models are generated for editors.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from catalog.names import DatasetId, check_name
from catalog.vocabulary import Term, term, terms


class Strict(BaseModel):
    """Base of every declared shape: immutable, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Words(Strict):
    """The same words in Thai and, where there is one, English."""

    th: str = Field(min_length=1)
    en: str | None = Field(default=None, min_length=1)

    def words(self, lang: str) -> str:
        """The words in ``lang``; Thai where English was not given."""
        return self.en if lang == "en" and self.en else self.th


def _of(vocabulary: str) -> AfterValidator:
    """A validator that takes only names of a closed list."""

    def check(name: str) -> str:
        if name not in terms(vocabulary):
            raise ValueError(f"not one of: {', '.join(terms(vocabulary))}")
        return name

    return AfterValidator(check)


Name = Annotated[str, AfterValidator(check_name)]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Url = Annotated[str, Field(pattern=r"^https?://\S+$")]


class Contact(Strict):
    """Whom a user may ask (GD Catalog ``maintainer`` and ``maintainer_email``)."""

    name: str = Field(min_length=1)
    email: Email


class Frequency(Strict):
    """How often the data is renewed: every ``interval`` units."""

    unit: Annotated[str, _of("frequencies")]
    interval: int = Field(default=1, ge=1)

    @property
    def days(self) -> int:
        """Length of one cycle in days; 0 where the data is never due by itself."""
        return int(term("frequencies", self.unit).more["days"]) * self.interval


class Coverage(Strict):
    """The smallest area told apart, and the places covered.

    Places are ISO 3166-2:TH codes (``TH``, ``TH-48``); districts and sub-districts are written
    with their DOPA code after the province (``TH-4801``, ``TH-480102``).
    """

    level: Annotated[str, _of("coverages")]
    places: tuple[Annotated[str, Field(pattern=r"^TH(-\d{2}(\d{2}){0,2})?$")], ...] = ("TH",)


class Temporal(Strict):
    """The time that the data describes, in CE dates; an open end is still going on."""

    start: date | None = None
    end: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Temporal:
        if self.start and self.end and self.end < self.start:
            raise ValueError("end is before start")
        return self


class Provenance(Strict):
    """Where the data was taken from, and what its source says about reuse."""

    source: Words
    url: Url | None = None
    licence_statement: Words | None = None
    note: Words | None = None


class Bounds(Strict):
    """What a release may look like; outside of it the run stops and asks.

    Attributes:
        rows: least and most rows.
        sums: exact totals of numeric columns.
        changed: greatest share of rows, 0 to 1, that may differ from the release before.
    """

    rows: tuple[int, int] | None = None
    sums: Mapping[str, float] = {}
    changed: float | None = Field(default=None, ge=0, le=1)


class Source(Strict):
    """Where a table lies: ``kind`` names a module of ``flows.sources``, the rest its options."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: Name

    @property
    def options(self) -> dict[str, Any]:
        """Everything but the kind, as written."""
        return dict(self.model_extra or {})


class RepairStep(Strict):
    """One repair of a column: a module of ``flows.repairs`` and its options."""

    name: Name
    options: Mapping[str, Any] = {}


def _step(step: Any) -> Any:
    if isinstance(step, str):
        return {"name": step}
    if isinstance(step, Mapping) and len(step) == 1:
        ((name, options),) = step.items()
        return {"name": name, "options": options or {}}
    return step


class TableSpec(Strict):
    """One table of a dataset.

    Attributes:
        title: what the table is called where the dataset has several.
        table_schema: name of a Table Schema in ``schemas/`` (key ``schema``).
        source: where it lies.
        columns: field name to header label, where they differ.
        ignore: header labels that are known and left out; any other unknown column is an error.
        repairs: field name to the repairs of its values, in order; ``"*"`` stands for the rows of
            the table and for every text column.
        expect: bounds of what a release may look like.
        formats: names of formats to write; every format that can hold the table if empty.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True
    )

    title: Words | None = None
    description: Words | None = None
    table_schema: Name = Field(alias="schema")
    source: Source
    columns: Mapping[str, str] = {}
    ignore: tuple[str, ...] = ()
    repairs: Mapping[str, tuple[RepairStep, ...]] = {}
    expect: Bounds = Bounds()
    formats: tuple[Name, ...] = ()

    @field_validator("repairs", mode="before")
    @classmethod
    def _steps(cls, repairs: Any) -> Any:
        if not isinstance(repairs, Mapping):
            return repairs
        return {
            column: [_step(step) for step in steps] if isinstance(steps, list | tuple) else steps
            for column, steps in repairs.items()
        }


class OfficeSpec(Strict):
    """An office that publishes: ``datasets/<office>/office.yaml``.

    Attributes:
        uri_base: the permanent start of every URI in sealed files; not where it is served.
        province: TIS-1099 code of the province the office belongs to, ``None`` for the capital's.
        demonstration: the office takes no part: its datasets are an unofficial demonstration made
            from public documents, every page says so, and a standing order of the demonstration
            approves them.
    """

    id: Name
    name: Words
    description: Words | None = None
    uri_base: Url
    province: Annotated[str, Field(pattern=r"^\d{2}$")] | None = None
    homepage: Url | None = None
    contact: Contact
    demonstration: bool = False

    @field_validator("uri_base")
    @classmethod
    def _no_slash(cls, uri: str) -> str:
        return uri.rstrip("/")


class DatasetSpec(Strict):
    """A dataset, declared once: ``datasets/<office>/<dataset>/dataset.yaml``.

    The 14 core fields of GD Catalog (2.2.4) are declared here or derived: ``owner_org`` and the
    id from the path, ``maintainer`` and its e-mail from ``contact`` (or the office's),
    ``data_format`` from the formats written, ``data_category`` from ``classification``.
    """

    id: DatasetId
    office: OfficeSpec
    title: Words
    description: Words
    keywords: tuple[Annotated[str, Field(min_length=1, pattern=r"^[^,]+$")], ...] = Field(
        min_length=1
    )
    theme: Annotated[str, _of("themes")]
    data_type: Annotated[str, _of("data_types")]
    objective: tuple[Annotated[str, _of("objectives")], ...] = Field(min_length=1)
    frequency: Frequency
    coverage: Coverage
    temporal: Temporal = Temporal()
    languages: tuple[Annotated[str, _of("languages")], ...] = ("th",)
    licence: Annotated[str, _of("licences")]
    classification: Annotated[str, _of("classifications")] = "open"
    contact: Contact
    provenance: Provenance
    attribution: Words | None = None
    notice: Words | None = None
    tables: Mapping[Name, TableSpec] = Field(min_length=1)
    approval: Literal["every_release", "standing"] = "every_release"

    def term(self, field: str) -> Term:
        """The vocabulary term that a single-valued field names (``theme``, ``licence``, …)."""
        lists = {
            "theme": "themes",
            "data_type": "data_types",
            "licence": "licences",
            "classification": "classifications",
        }
        return term(lists[field], getattr(self, field))
