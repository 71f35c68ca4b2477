"""The problems as a Frictionless report (Frictionless 5, «Validation Report»), for its tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from catalog.problem import Level, Problem
from flows.reports import Report

ENDING = ".frictionless.json"


def write(report: Report, target: Path) -> None:
    """Write the report; errors only, as Frictionless has no warnings of this kind."""
    errors = [
        _error(report, problem) for problem in report.problems if problem.level is Level.ERROR
    ]
    task = {
        "name": "table",  # names are ASCII here; which file it was stands in ``place``
        "type": "table",
        "valid": not errors,
        "place": report.file,
        "labels": list(report.labels),
        "stats": _stats(report, len(errors)) | {"fields": len(report.labels)},
        "warnings": [],
        "errors": errors,
    }
    body = {
        "valid": not errors,
        "stats": {"tasks": 1, "errors": report.errors, "warnings": 0, "seconds": 0},
        "warnings": [],
        "errors": [],
        "tasks": [task],
    }
    target.write_text(json.dumps(body, ensure_ascii=False, indent=1), "utf-8")


def _stats(report: Report, shown: int) -> dict[str, Any]:
    stats: dict[str, Any] = {"errors": report.errors, "warnings": 0, "seconds": 0}
    if report.errors > shown:
        stats["shown"] = shown
    return stats if report.rows is None else stats | {"rows": report.rows}


def _error(report: Report, problem: Problem) -> dict[str, Any]:
    note = problem.params.get("note") or problem.title("en")
    error: dict[str, Any] = {
        "type": problem.code,
        "title": problem.code.replace("-", " ").title(),
        "description": problem.title("en"),
        "message": problem.title("en"),
        "tags": ["#table", "#row"] if problem.row is not None else ["#table"],
        "note": note,
    }
    if problem.row is not None:
        error |= {"rowNumber": problem.row, "cells": []}
    if problem.field is not None:
        place = report.place(problem.field)
        error |= {"fieldName": problem.field, "cell": problem.value or ""}
        error |= {"fieldNumber": place + 1} if place is not None else {}
    return error
