"""What ails a file from an office: examined whole, said in words, declared so that it passes.

The way of a file: ``layout`` finds its tables (encoding, dialect, sheets, headers, where rows
begin and end); each table is read with the reader that the proposal will declare; ``columns`` says
of every column what it holds, and ``signs`` what ails it; ``proposal`` makes ``dataset.yaml`` and a
Table Schema of it, tries them, and asks only what a person must decide; ``report`` tells it all.

What every part speaks of stands here. A ``Finding`` is a ``Problem`` (code, address, words in Thai
and English) with its exact count, examples, what would mend it, and what has to be asked. Words and
an example of each code stand in ``catalog/words/doctor*.yaml``; docs list them from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from catalog.problem import Problem, Rejected
from flows.sources import RawTable

#: Examples that a finding carries at most: the first by row.
EXAMPLES = 5
#: Columns of a table that are looked at: each takes its time, and nobody reads a report of more.
MOST_COLUMNS = 1_000
#: Tables of a file: a sheet or a layer for each province, and more; and among the lines of a text,
#: where so many are rather one table with blank lines.
MOST_TABLES, MOST_IN_TEXT = 200, 50


def bounded(columns: int) -> None:
    """Refuse a table with more columns than are looked at.

    Raises:
        Rejected: it has more.
    """
    if columns > MOST_COLUMNS:
        params = {"columns": f"{columns:,}", "most": f"{MOST_COLUMNS:,}"}
        raise Rejected(Problem("doctor-columns-many", params=params))


def bounded_tables(tables: int, most: int = MOST_TABLES) -> None:
    """Refuse a file with more sheets, layers or tables than are looked at.

    Raises:
        Rejected: it has more.
    """
    if tables > most:
        params = {"tables": f"{tables:,}", "most": most}
        raise Rejected(Problem("doctor-tables-many", params=params))


@dataclass(frozen=True, slots=True)
class Example:
    """One place where a finding shows.

    Attributes:
        row: as the source's reader counts it, from 1.
        before: the value as found, cut to 100 characters; masked where it is personal data.
        after: what the remedy makes of it; ``None`` where nothing does.
    """

    row: int | None
    before: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a declaration would have to say.

    Attributes:
        kind: ``option`` of the reader, ``repair`` of the column, ``rows`` (a repair of the table's
            rows), ``field`` (a property of the field in the schema), ``constraint`` of the field,
            ``treatment`` (what is done with personal data).
        name: of the option, repair, property or treatment.
        value: the option's or property's value; the repair's options.
    """

    kind: Literal["option", "repair", "rows", "field", "constraint", "treatment"]
    name: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to a question.

    Attributes:
        name: what a person types or a command gives: ``column.code=name``.
        words: of the answer, by language.
        remedies: what the declaration says if this is the answer.
    """

    name: str
    words: Mapping[str, str]
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can decide; nothing is published before it is answered.

    Attributes:
        code: key of the question's words in ``catalog/words/doctor*.yaml``.
        choices: the answers that there are.
        likely: name of the one that the evidence speaks for, if any.
    """

    code: str
    choices: tuple[Choice, ...]
    likely: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth knowing about a file, a table or a column.

    Attributes:
        problem: code, level, address (``place`` sheet or file, ``field`` the header label as
            found, ``row`` the first one) and facts for the words. Level ``error`` stops
            publication, ``warning`` is mended or asked about, ``note`` is only told.
        count: cells, rows or things that it is about; exact, of the whole file.
        examples: the first of them.
        remedies: what the proposal will declare because of it.
        question: what has to be asked instead.
    """

    problem: Problem
    count: int = 1
    examples: tuple[Example, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A table in a file, and how a declaration tells a reader to read it.

    Attributes:
        kind: of source (``flows.sources``).
        options: of its reader, without ``path``: sheet, header rows, first and last row, encoding…
        findings: what was met on the way to it.
        title: the words above the table, if there are any.
        notes: the lines around it that are no data (``ที่มา``, ``หมายเหตุ``), with their rows.
        rows: data rows, as the reader will give them.
        raw: the table as the reader gave it while it was looked for, so that nobody reads a
            workbook twice; ``None`` where that was not needed.
    """

    kind: str
    options: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()
    title: str | None = None
    notes: tuple[tuple[int, str], ...] = ()
    rows: int = 0
    raw: RawTable | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table as the reader gave it, with its distinct values.

    Examining distinct values instead of rows makes a whole file as cheap as a sample.

    Attributes:
        label: header label as found.
        index: place among the columns, from 0.
        values: Arrow table of its distinct texts, ordered by first row: ``value`` (string, not
            null), ``rows`` (int64, how often), ``first`` (int64, position of the first one).
        rows: of the table.
        empty: cells that are null or blank.
        staged: Parquet of the whole table as read: ``_row`` (int64), then columns ``c0``, ``c1``…
            as text (geometry as WKB), for what has to see rows: pairs of columns, order.
        geometry: whether it is the geometry column (then ``values`` is empty).
    """

    label: str
    index: int
    values: pa.Table
    rows: int
    empty: int
    staged: Path
    geometry: bool = False

    @property
    def name(self) -> str:
        """Its name in ``staged``."""
        return f"c{self.index}"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a column holds.

    Attributes:
        column: the column.
        type, format: of the Table Schema.
        properties: more of the field: ``decimalPlaces``, ``unit``, ``lang``, ``code``, ….
        constraints: that every value fulfils and that mean something (``enum`` of a few values,
            ``unique``, ``pattern`` of a code); never bounds that only happen to hold.
        missing: texts that mean «no value» here.
        repairs: names and options, in order; on their result the type holds for every value.
        evidence: share of filled cells, 0 to 1, that speak for the type after the repairs.
        findings: what ails it, exceptions by row among them.
        means: what the column is about, where it can be told (``province``, ``district``,
            ``year``, ``latitude``, ``person_name`` …); a key of ``flows/data/meanings.yaml``.
    """

    column: Column
    type: str
    format: str = "default"
    properties: Mapping[str, Any] = field(default_factory=dict)
    constraints: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ("",)
    repairs: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    evidence: float = 1.0
    findings: tuple[Finding, ...] = ()
    means: str | None = None
