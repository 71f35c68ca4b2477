"""The problems as one HTML page, in Thai with English beside it: no scripts, prints on A4."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

from catalog.speech import phrases
from flows.reports import Report

ENDING = ".report.html"
#: Places named one by one under each kind of problem.
_EACH = 50


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    return environment.get_template("report.html")


def write(report: Report, target: Path) -> None:
    """Write the page."""
    words = phrases("flows.reports", "reports")
    groups = [
        (group, [p for p in report.problems if _same(p, group.first)][:_EACH])
        for group in report.groups
    ]
    html = _template().render(report=report, groups=groups, t=words)
    target.write_text(html, "utf-8")


def _same(one: object, other: object) -> bool:
    return all(getattr(one, part) == getattr(other, part) for part in ("code", "field", "level"))
