"""The shapes of declarations: an office, a dataset, a table, a field.

Strict at the border: frozen pydantic models that refuse unknown keys. Kinds of sources, names of
repairs and their options are checked against the rooms' registries by ``flows.declare``, because
this package knows nothing of them. JSON Schemas of these models are generated for editors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from catalog.names import DatasetId, check_name
from catalog.vocabulary import Term, term, terms


class Strict(BaseModel):
    """Base of every declared shape: immutable, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Words(Strict):
    """The same words in Thai and, where there is one, English.

    Attributes:
        th: in Thai.
        en: in English.
    """

    th: str = Field(min_length=1)
    en: str | None = Field(default=None, min_length=1)

    def words(self, lang: str) -> str:
        """The words in ``lang``; Thai where English was not given."""
        return self.en if lang == "en" and self.en else self.th


@dataclass(frozen=True, slots=True)
class _Of:
    """A name of a closed list; the JSON Schema has the list."""

    vocabulary: str

    def _check(self, name: str) -> str:
        if name not in terms(self.vocabulary):
            raise ValueError(f"not one of: {', '.join(terms(self.vocabulary))}")
        return name

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        known = terms(self.vocabulary).values()
        return handler(schema) | {
            "enum": [term.name for term in known],
            "markdownEnumDescriptions": [f"{term.th} ({term.en})" for term in known],
        }


Name = Annotated[str, AfterValidator(check_name)]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Url = Annotated[str, Field(pattern=r"^https?://\S+$")]


class Contact(Strict):
    """Whom a user may ask (GD Catalog ``maintainer`` and ``maintainer_email``).

    Attributes:
        name: a person's post or a division; shown on the page.
        email: of the office, not of a person.
    """

    name: str = Field(min_length=1)
    email: Email


class Frequency(Strict):
    """How often the data is renewed: every ``interval`` units.

    Attributes:
        unit: the cycle.
        interval: how many units make one cycle.
    """

    unit: Annotated[str, _Of("frequencies")]
    interval: int = Field(default=1, ge=1)

    @property
    def days(self) -> int:
        """Length of one cycle in days; 0 where the data is never due by itself."""
        return int(term("frequencies", self.unit).more["days"]) * self.interval


class Coverage(Strict):
    """The smallest area told apart, and the places covered.

    Places are ISO 3166-2:TH codes (``TH``, ``TH-48``); districts and sub-districts are written
    with their DOPA code after the province (``TH-4801``, ``TH-480102``).

    Attributes:
        level: the smallest area that the data tells apart.
        places: the areas that it covers.
    """

    level: Annotated[str, _Of("coverages")]
    places: tuple[Annotated[str, Field(pattern=r"^TH(-\d{2}(\d{2}){0,2})?$")], ...] = ("TH",)


class Temporal(Strict):
    """The time that the data describes, in CE dates; an open end is still going on.

    Attributes:
        start: first day.
        end: last day.
    """

    start: date | None = None
    end: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Temporal:
        if self.start and self.end and self.end < self.start:
            raise ValueError("end is before start")
        return self


class Provenance(Strict):
    """Where the data was taken from, and what its source says about reuse.

    Attributes:
        source: the document, system or site, as one would cite it.
        url: where it can be seen.
        licence_statement: what the source says about reuse, in its words.
        note: what was done between source and file, and what a user should mind.
    """

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
        filled: column to the least and greatest share of rows, 0 to 1, that have a value.
        distinct: column to the least and greatest number of different values.
        values: column to the values that must all be there.
        covers: column of place codes to the place (``TH``, ``TH-48``, ``TH-4801``) of which every
            part must be there: provinces by codes of 2 digits, districts of 4, sub-districts of 6.
        warn: names of the bounds that only warn.
    """

    rows: tuple[int, int] | None = None
    sums: Mapping[str, float] = {}
    changed: float | None = Field(default=None, ge=0, le=1)
    filled: Mapping[str, tuple[float, float]] = {}
    distinct: Mapping[str, tuple[int, int]] = {}
    values: Mapping[str, tuple[str, ...]] = {}
    covers: Mapping[str, Annotated[str, Field(pattern=r"^TH(-\d{2}(\d{2})?)?$")]] = {}
    warn: tuple[
        Literal["rows", "sums", "changed", "filled", "distinct", "values", "covers"], ...
    ] = ()


class Source(Strict):
    """Where a table lies: ``kind`` names a module of ``flows.sources``, the rest its options.

    Attributes:
        kind: kind of source.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: Name

    @property
    def options(self) -> dict[str, Any]:
        """Everything but the kind, as written."""
        return dict(self.model_extra or {})


class RepairStep(Strict):
    """One repair of a column: a module of ``flows.repairs`` and its options.

    Attributes:
        name: of the repair.
        options: the repair's.
    """

    name: Name
    options: Mapping[str, Any] = {}


def _step(step: Any) -> Any:
    if isinstance(step, str):
        return {"name": step}
    if isinstance(step, Mapping) and len(step) == 1:
        ((name, options),) = step.items()
        return {"name": name, "options": options or {}}
    return step


class Protection(Strict):
    """What answers for personal data in a column: one of the three.

    Attributes:
        public_officer: names, telephones and mailboxes that public duty makes public (the same as
            ``publicOfficer`` of the schema); answers for nothing else of an officer.
        lawful_basis: on what ground it may be published, in words that go into the report.
        treatment: a module of ``flows.privacy.treatments``.
        options: the treatment's.
    """

    public_officer: bool = False
    lawful_basis: str | None = Field(default=None, min_length=10)
    treatment: Name | None = None
    options: Mapping[str, Any] = {}

    @model_validator(mode="after")
    def _one(self) -> Protection:
        said = (self.public_officer, bool(self.lawful_basis), bool(self.treatment))
        if sum(said) != 1:
            raise ValueError("say one of: public_officer, lawful_basis, a treatment")
        return self


def _protection(said: Any) -> Any:
    """The short forms: ``drop``, ``{round: {decimals: 2}}``."""
    if isinstance(said, str):
        return {"treatment": said}
    if isinstance(said, Mapping) and len(said) == 1:
        ((name, options),) = said.items()
        if name not in Protection.model_fields:
            return {"treatment": name, "options": options or {}}
    return said


class TableSpec(Strict):
    """One table of a dataset.

    Attributes:
        title: what the table is called where the dataset has several.
        description: what its rows are, where the dataset's description does not say it.
        table_schema: name of a Table Schema in ``schemas/`` (key ``schema``).
        source: where it lies.
        columns: field name to header label, where they differ.
        ignore: header labels that are known and left out; any other unknown column is an error.
        repairs: field name to the repairs of its values, in order; ``"*"`` stands for the rows of
            the table and for every text column.
        expect: bounds of what a release may look like.
        privacy: field name to what answers for personal data in it; a name with ``*`` stands for
            several columns of counts, and answers only for small cells.
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
    privacy: Mapping[str, Protection] = {}
    formats: tuple[Name, ...] = ()

    @field_validator("privacy", mode="before")
    @classmethod
    def _protections(cls, privacy: Any) -> Any:
        if not isinstance(privacy, Mapping):
            return privacy
        return {column: _protection(said) for column, said in privacy.items()}

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
        name: of the office, as it signs.
        description: what a visitor should know of it.
        uri_base: the permanent start of every URI in sealed files; not where it is served.
        province: TIS-1099 code of the province the office belongs to, ``None`` for the capital's.
        homepage: its own site.
        contact: whom a user may ask where a dataset names nobody.
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

    Attributes:
        title: what people call the data.
        description: what it is, what a row is, what to mind; contradictions of the source too.
        keywords: words that people search by; no commas inside.
        theme: EU data theme, which DCAT-AP asks for.
        data_type: kind of data (GD Catalog).
        objective: what the office keeps it for (GD Catalog).
        frequency: how often it is renewed.
        coverage: smallest area told apart, and the places covered.
        temporal: the time that it describes.
        languages: of the data.
        licence: what anybody may do with it; ``not-stated`` where the source states none.
        classification: of the data; only ``open`` can be published.
        contact: whom a user may ask; the office's if not given.
        provenance: where it was taken from.
        attribution: how to credit it; office and source if not given.
        notice: a sentence that stands at the head of its page.
        tables: table name to table.
        approval: ``every_release``, or ``standing`` for refreshes under a standing order.
    """

    id: DatasetId
    office: OfficeSpec
    title: Words
    description: Words
    keywords: tuple[Annotated[str, Field(min_length=1, pattern=r"^[^,]+$")], ...] = Field(
        min_length=1
    )
    theme: Annotated[str, _Of("themes")]
    data_type: Annotated[str, _Of("data_types")]
    objective: tuple[Annotated[str, _Of("objectives")], ...] = Field(min_length=1)
    frequency: Frequency
    coverage: Coverage
    temporal: Temporal = Temporal()
    languages: tuple[Annotated[str, _Of("languages")], ...] = ("th",)
    licence: Annotated[str, _Of("licences")]
    classification: Annotated[str, _Of("classifications")] = "open"
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
