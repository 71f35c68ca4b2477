"""What is said of a table's header and of what stands around the table, whatever the family."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from catalog.problem import Problem
from flows.doctor import EXAMPLES, Example, Finding, Remedy
from flows.doctor.layouts._grid import Grid
from flows.doctor.layouts._say import ask, choice, note, option, warning
from flows.doctor.layouts._table import Table
from flows.sources import RawTable
from flows.sources._table import unique_labels

#: Labels of columns that have none.
_NAMELESS = "column_{}"


def title(table: Table) -> str | None:
    """The words above a table."""
    for at in table.titles:
        row = table.looked.get(at)
        if row and row.filled:
            return " ".join(row.cells[row.filled[0]].split())
    return None


def lines(table: Table, grid: Grid) -> tuple[tuple[int, str], ...]:
    """Titles, units and notes around a table: rows with their numbers and texts."""
    wanted = sorted({*table.titles, *table.notes})
    rows = table.looked
    found = []
    for at in wanted:
        if at in rows:
            texts = (" ".join(cell.split()) for cell in rows[at].cells)
            found.append((int(grid.numbers[at]), " | ".join(text for text in texts if text)))
    return tuple(found)


def names(table: Table) -> list[str]:
    """Labels for a table without a header: those of the table above where it lines up with it."""
    above = dict(zip(table.named.columns, table.named.labels, strict=True)) if table.named else {}
    made = [
        above.get(at, "").strip() or _NAMELESS.format(number)
        for number, at in enumerate(table.columns, 1)
    ]
    return list(unique_labels(made)[0])


def numbered_names(table: Table) -> list[str]:
    """Labels for a table without a header, whatever stands above it."""
    return [_NAMELESS.format(number) for number, _ in enumerate(table.columns, 1)]


def header_findings(
    table: Table, grid: Grid, place: str | None, header: Remedy, nameless: Sequence[Remedy]
) -> Iterator[Finding]:
    """How a table's header was found, and what is unusual about it.

    Args:
        table: the table.
        grid: where it stands.
        place: sheet, for the address.
        header: the option by which the reader takes its first row for a header.
        nameless: the options by which it takes it for data.
    """
    found = table.header
    if not found.rows:
        yield from _without(table, grid, place, nameless)
        return
    number = int(grid.numbers[found.rows[0]])
    shown = " | ".join(text for text in table.labels if text.strip())
    yield note(
        "doctor-header", place=place, examples=[(number, shown)], columns=table.right - table.left,
        figures=found.figures,
    )  # fmt: skip
    if found.sure == "unsure":
        yield _unsure((number, shown), place, header, nameless)
    yield from _unusual(table, grid, place, shown)


def _unsure(
    example: tuple[int, str], place: str | None, header: Remedy, nameless: Sequence[Remedy]
) -> Finding:
    question = ask(
        "doctor-ask-header",
        choice("header", "doctor-choice-header", header),
        choice("data", "doctor-choice-header-data", *nameless),
    )
    return warning("doctor-header-unsure", place=place, examples=[example], question=question)


def _unusual(table: Table, grid: Grid, place: str | None, shown: str) -> Iterator[Finding]:
    """What of a header is not one plain row of words."""
    found = table.header
    rows = [int(grid.numbers[at]) for at in found.rows]
    if len(rows) > 1:
        stacked = next((text for text in table.labels if " / " in text), shown)
        yield note(
            "doctor-header-stacked", place=place, examples=[(rows[0], stacked)], rows=len(rows),
            first=rows[0], last=rows[-1],
        )  # fmt: skip
    if found.numbers is not None:
        yield note("doctor-header-numbers", place=place, row=int(grid.numbers[found.numbers]))
    broken = [(rows[0], text) for text in table.labels if "\n" in text or "\r" in text]
    if broken:
        yield note("doctor-header-breaks", place=place, examples=broken)


def told_by_reader(
    raw: RawTable, place: str | None, elsewhere: Collection[str]
) -> Iterator[Finding]:
    """What the reader said, a finding for each code; some codes are told elsewhere."""
    by_code: dict[str, list[Problem]] = {}
    for problem in raw.findings:
        if problem.code not in elsewhere:
            by_code.setdefault(problem.code, []).append(problem.at(place=place))
    for problems in by_code.values():
        shown = [p.value or p.field or str(p.params.get("name", "")) for p in problems]
        examples = [Example(p.row, text) for p, text in zip(problems, shown, strict=True) if text]
        yield Finding(problems[0], len(problems), tuple(examples[:EXAMPLES]))


def _without(
    table: Table, grid: Grid, place: str | None, nameless: Sequence[Remedy]
) -> Iterator[Finding]:
    """What is said where a table has no header."""
    number = int(grid.numbers[table.header.data])
    row = table.looked[table.header.data]
    shown = " | ".join(row.cells[at] for at in row.filled)
    if not table.named:
        yield warning(
            "doctor-header-missing", place=place, examples=[(number, shown)], remedies=nameless
        )
        return
    numbered = option("names", numbered_names(table))
    yield warning(
        "doctor-header-above", place=place, examples=[(number, shown)],
        above=int(grid.numbers[table.named.header.data]),
        question=ask(
            "doctor-ask-names",
            choice("above", "doctor-choice-names-above", option("names", names(table))),
            choice("numbered", "doctor-choice-names-numbered", numbered),
            likely="above",
        ),
    )  # fmt: skip


def around_findings(table: Table, grid: Grid, place: str | None) -> Iterator[Finding]:
    """What stands around a table and is left out of it."""
    told = dict(lines(table, grid))
    for rows, code in ((table.titles, "doctor-title"), (table.notes, "doctor-notes")):
        numbers = (int(grid.numbers[at]) for at in sorted(rows))
        examples = [(number, told[number]) for number in numbers if number in told]
        if examples:
            yield note(code, place=place, examples=examples)
    if table.beside:
        examples = [
            (int(grid.numbers[at]), row.cells[column])
            for column in table.beside
            for at, row in sorted(table.looked.items())
            if column < len(row.cells) and row.cells[column].strip() and at < table.stop
        ]
        count = sum(table.counts[at] for at in table.beside)
        yield warning("doctor-cells-beside", place=place, examples=examples, count=count)
