"""The bodies of ``dataset.yaml`` and ``office.yaml``, by what was found and what was answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.names import DatasetId
from catalog.spec import OfficeSpec
from catalog.speech import phrases
from catalog.table import Table
from flows.doctor._proposal_draft import TableDraft
from flows.doctor._proposal_facts import coverage, data_type, keywords, temporal
from flows.doctor._proposal_try import Trial
from flows.doctor.examine import Examination
from flows.doctor.naming import title_of

#: How a line around a table begins that names its source.
_SOURCE = re.compile(r"^\s*(?:\u0e17\u0e35\u0e48\u0e21\u0e32|source)\s*:?\s*(.+)", re.IGNORECASE)
#: Keys of a declaration in the order of the house.
ORDER = ("title", "description", "keywords", "theme", "data_type", "objective", "frequency",
         "coverage", "temporal", "languages", "licence", "contact", "provenance",
         "tables")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What a body is made of beside the answers.

    Attributes:
        exam: the examined file.
        trials: its tables.
        id: of the dataset.
        office: where it is declared.
    """

    exam: Examination
    trials: Sequence[Trial]
    id: DatasetId
    office: OfficeSpec | None

    @property
    def typed(self) -> list[tuple[TableDraft, Table]]:
        """Tables that passed, with their values."""
        return [(trial.draft, trial.typed) for trial in self.trials if trial.typed]

    @property
    def title(self) -> str | None:
        """The words above the first table that has some."""
        said = (table.layout.title for table in self.exam.tables)
        return next((title_of(title) for title in said if title), None)


def likely_words(facts: Facts) -> dict[str, str]:
    """Answers that the file speaks for: its title, the notes around its tables, its rhythm."""
    notes = [
        title_of(text) for table in facts.exam.tables for _, text in table.layout.notes
        if not _SOURCE.match(text)
    ]  # fmt: skip
    title = facts.title or ""
    told = " ".join([title, *notes]).strip()
    return {"title": title, "description": told, "frequency": _rhythm(facts),
            "objective": "mission"}  # fmt: skip


def dataset_body(facts: Facts, given: Mapping[str, str]) -> dict[str, Any]:
    """The body as far as it is known; what waits for an answer is not in it."""
    title = given.get("title") or facts.title or ""
    body: dict[str, Any] = {
        "title": _words(given, "title"),
        "description": _words(given, "description"),
        "keywords": _keywords(facts, given, title),
        "theme": given.get("theme"),
        "data_type": data_type(facts.typed) if facts.typed else "other",
        "objective": [given["objective"]] if "objective" in given else None,
        "frequency": _frequency(given.get("frequency")),
        "coverage": coverage(facts.typed, facts.office.province if facts.office else None),
        "temporal": temporal(facts.typed, title) or None,
        "licence": given.get("licence"),
        "contact": _contact(given) if facts.office else None,
        "provenance": _provenance(facts, given),
        "tables": _tables(facts, given),
    }
    return {key: body[key] for key in ORDER if body.get(key) is not None}


def office_body(given: Mapping[str, str]) -> dict[str, Any]:
    """The body of a new office, as far as it is known."""
    name = {"th": given.get("office.name"), "en": given.get("office.name_en")}
    body = {
        "name": {key: value for key, value in name.items() if value} or None,
        "uri_base": given.get("office.uri_base"),
        "province": given.get("office.province"),
        "contact": _contact(given),
    }
    return {key: value for key, value in body.items() if value}


def _words(given: Mapping[str, str], name: str) -> dict[str, str] | None:
    if name not in given:
        return None
    english = given.get(f"{name}_en")
    return {"th": given[name]} | ({"en": english} if english else {})


def _keywords(facts: Facts, given: Mapping[str, str], title: str) -> list[str]:
    if "keywords" in given:
        return [word.strip() for word in re.split(r"[,;]", given["keywords"]) if word.strip()]
    return keywords(title, [trial.draft for trial in facts.trials]) or [facts.id.dataset]


def _frequency(answer: str | None) -> dict[str, Any] | None:
    """``month`` or ``month:3``."""
    if answer is None:
        return None
    unit, _, interval = answer.partition(":")
    return {"unit": unit} | ({"interval": int(interval)} if interval.isdigit() else {})


def _contact(given: Mapping[str, str]) -> dict[str, str] | None:
    if "contact.name" not in given or "contact.email" not in given:
        return None
    return {"name": given["contact.name"], "email": given["contact.email"]}


def _provenance(facts: Facts, given: Mapping[str, str]) -> dict[str, Any]:
    """What the lines around the tables say of the source; else the file."""
    lines = [text for table in facts.exam.tables for _, text in table.layout.notes]
    said = next((found[1].strip() for line in lines if (found := _SOURCE.match(line))), None)
    file = phrases("flows", "doctor")["source.file"]
    source = {"th": given.get("source") or said or file["th"].format(file=facts.exam.file)}
    if given.get("source_en"):
        source["en"] = given["source_en"]
    return {"source": source} | ({"url": given["url"]} if given.get("url") else {})


def _tables(facts: Facts, given: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for trial in facts.trials:
        table, layout = trial.draft, trial.draft.exam.layout
        source = {"kind": layout.kind, "path": facts.exam.file, **layout.options}
        body = table.spec_body(source)
        if len(facts.trials) > 1 and table.title:
            body = {"title": {"th": table.title}, **body}
        if given.get("frequency") == "never" and trial.typed:
            body["expect"] = {"rows": [trial.typed.rows, trial.typed.rows]}
        found[table.name] = body
    return found


def _rhythm(facts: Facts) -> str:
    """How often such data comes, by what its rows tell apart; nothing where they tell nothing."""
    means = {d.means for table in facts.exam.tables for d in table.diagnoses}
    if means & {"month", "year_month"}:
        return "month"
    return "year" if means & {"year", "fiscal_year", "academic_year"} else ""
