"""A proposal written down: ``dataset.yaml``, schemas, the source beside it, a new office.

Everything is written aside first, held against the data by the real way in a world of its own, and
moved into place at the end: schemas, then the office, then the dataset's folder in one step.
Whatever goes wrong before leaves no trace.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import wrap
from typing import Any

import yaml

from catalog.names import DatasetId
from catalog.problem import DeclarationError, Problem, Rejected
from catalog.speech import phrases
from flows.doctor.proposal import Proposal
from flows.world import World

_DIALECT = "https://datapackage.org/profiles/2.0/tableschema.json"
#: Parts of a list that may stand several to a line.
_PLAIN = re.compile(r"[\w-]+")
#: Characters of a line that is still one line to the eye.
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        id: of the dataset.
        files: paths, in the order of reading.
        notes: what the last run through the way had to tell.
    """

    id: DatasetId
    files: tuple[Path, ...]
    notes: tuple[Problem, ...] = ()


def write(
    proposal: Proposal, source: Path, world: World, *, force: bool = False, out: Path | None = None
) -> Written:
    """Write a proposal down.

    Args:
        proposal: tried, with no open question.
        source: the file; it is copied beside the declaration.
        world: where datasets and schemas are declared.
        force: write over a dataset or schemas of the same name.
        out: another folder for ``datasets/`` and ``schemas/``.

    Raises:
        DeclarationError: a dataset or another schema of that name is there.
        Rejected: what was written does not pass; nothing of it stays.
    """
    datasets = out / "datasets" if out else world.settings.datasets
    schemas = out / "schemas" if out else world.settings.schemas
    _refuse_existing(proposal, datasets, schemas, force)
    with _aside(datasets) as aside:
        folder = aside / "datasets" / proposal.id.office / proposal.id.dataset
        _lay_out(proposal, source, datasets, aside, folder)
        notes = _rehearsed(proposal.id, aside, world)
        return Written(proposal.id, _move(proposal, aside, datasets, schemas), notes)


def dataset_text(proposal: Proposal) -> str:
    """The text of ``dataset.yaml``, in the style of the house; open questions are comments."""
    words = phrases("flows", "doctor")
    file = proposal.trials[0].draft.exam.layout.options.get("path") if proposal.trials else None
    first: Mapping[str, Any] = next(iter(proposal.body.get("tables", {}).values()), {})
    shown = file or first.get("source", {}).get("path", "")
    lines = ["# " + words["comment.head"]["th"].format(file=shown)]
    for key, value in proposal.body.items():
        lines += _tables(proposal, value) if key == "tables" else _entry(key, value, "")
    for ask in proposal.open:
        lines.append("# " + words["comment.open"]["th"].format(name=ask.name))
    return "\n".join(lines) + "\n"


def office_text(body: Mapping[str, Any]) -> str:
    """The text of ``office.yaml``."""
    return "\n".join(line for key, value in body.items() for line in _entry(key, value, "")) + "\n"


def schema_text(body: Mapping[str, Any]) -> str:
    """The text of a schema: one line for each field."""
    head = {"$schema": _DIALECT, **{k: v for k, v in body.items() if k != "fields"}}
    lines = [f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}," for k, v in head.items()]
    fields = [f"    {json.dumps(field, ensure_ascii=False)}" for field in body["fields"]]
    return "\n".join(["{", *lines, '  "fields": [', ",\n".join(fields), "  ]", "}"]) + "\n"


def _tables(proposal: Proposal, tables: Mapping[str, Any]) -> Iterator[str]:
    yield "tables:"
    for number, (name, body) in enumerate(tables.items()):
        yield f"  {name}:"
        yield from (f"    # {said}" for said in _decisions(proposal, number))
        for key, value in body.items():
            yield from _entry(key, value, "    ")


def _decisions(proposal: Proposal, number: int) -> Iterator[str]:
    """What was decided about a table's values, by a person or by the trial, in Thai."""
    for ask in proposal.asks:
        answer = proposal.answers.get(ask.name)
        if answer and ask.table == number:
            said = dict(ask.choices).get(answer, {"th": answer})["th"]
            yield f"{ask.words['th']} → {said}"
    yield from (found.problem.title("th") for found in proposal.trials[number].relaxed)


def _entry(key: str, value: Any, indent: str) -> Iterator[str]:
    """A key with its value: on one line where it is short, else a line for each part."""
    shown = '"*"' if key == "*" else one_line(key)
    line = f"{indent}{shown}: {one_line(value)}"
    if not isinstance(value, dict | list) or len(line) <= _WIDTH or key == "source":
        yield line
    elif isinstance(value, dict):
        yield f"{indent}{shown}:"
        for name, part in value.items():
            yield from _entry(name, part, f"{indent}  ")
    elif not all(_PLAIN.fullmatch(str(part)) for part in value):
        yield f"{indent}{shown}:"
        yield from (f"{indent}  - {one_line(part)}" for part in value)
    else:
        yield f"{indent}{shown}:"
        plain = wrap(
            ", ".join(map(one_line, value)), _WIDTH - len(indent) - 4, break_long_words=False
        )
        yield f"{indent}  [{plain[0]}" + ("" if plain[1:] else "]")
        yield from (f"{indent}   {part}" for part in plain[1:-1])
        yield from (f"{indent}   {part}]" for part in plain[1:][-1:])


def one_line(value: Any) -> str:
    """A value on one line."""
    text = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, allow_unicode=True, width=10**9,
        sort_keys=False,
    )  # fmt: skip
    return text.strip().removesuffix("...").strip()


class _Dumper(yaml.SafeDumper):
    """Without anchors: what stands twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never an alias."""
        return True


def _refuse_existing(proposal: Proposal, datasets: Path, schemas: Path, force: bool) -> None:
    problems = []
    if (datasets / proposal.id.office / proposal.id.dataset / "dataset.yaml").exists():
        problems.append(Problem("dataset-exists", value=str(proposal.id)))
    for name, body in proposal.schemas.items():
        path = schemas / f"{name}.json"
        if path.exists() and path.read_text("utf-8") != schema_text(body):
            problems.append(Problem("schema-exists", value=name))
    if problems and not force:
        raise DeclarationError(*problems)


@contextmanager
def _aside(datasets: Path) -> Iterator[Path]:
    """A folder on the same disk, deeper than where datasets are looked for; cleared at the end."""
    aside = datasets / f".new-{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _lay_out(proposal: Proposal, source: Path, datasets: Path, aside: Path, folder: Path) -> None:
    """The whole declaration, aside."""
    there = datasets / proposal.id.office / proposal.id.dataset
    if there.is_dir():  # with --force: other files of the folder stay
        shutil.copytree(there, folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.yaml").write_text(dataset_text(proposal), "utf-8")
    for part in _parts(source):
        copy = shutil.copytree if part.is_dir() else shutil.copyfile
        copy(part, folder / part.name)
    (aside / "schemas").mkdir()
    for name, body in proposal.schemas.items():
        (aside / "schemas" / f"{name}.json").write_text(schema_text(body), "utf-8")
    office = datasets / proposal.id.office / "office.yaml"
    target = folder.parent / "office.yaml"
    if office.exists():
        shutil.copyfile(office, target)
    elif proposal.office:
        target.write_text(office_text(proposal.office), "utf-8")


def _parts(source: Path) -> Iterable[Path]:
    """The file, and its companions where it is a Shapefile."""
    if source.suffix.lower() != ".shp":
        return (source,)
    return sorted(path for path in source.parent.glob(f"{source.stem}.*") if path.is_file())


def _rehearsed(id: DatasetId, aside: Path, world: World) -> tuple[Problem, ...]:
    """What the way says of it.

    Raises:
        Rejected: it does not pass.
    """
    from flows.rehearse import rehearse

    settings = world.settings.model_copy(
        update={"datasets": aside / "datasets", "schemas": aside / "schemas",
                "home": aside / "home", "database_url": None}
    )  # fmt: skip
    found = rehearse(id, replace(world, settings=settings))
    if found.exit_code:
        raise Rejected(*found.problems)
    return found.problems


def _move(proposal: Proposal, aside: Path, datasets: Path, schemas: Path) -> tuple[Path, ...]:
    """Everything into its place; the dataset's folder comes last, in one step."""
    schemas.mkdir(parents=True, exist_ok=True)
    moved = []
    for name in proposal.schemas:
        part = schemas / f".{name}.json.part"
        shutil.copyfile(aside / "schemas" / f"{name}.json", part)
        moved.append(part.replace(schemas / f"{name}.json"))
    office, new = datasets / proposal.id.office, aside / "datasets" / proposal.id.office
    office.mkdir(exist_ok=True)
    if not (office / "office.yaml").exists():
        moved.insert(0, (new / "office.yaml").replace(office / "office.yaml"))
    target = office / proposal.id.dataset
    if target.exists():
        target.replace(aside / "before")
    (new / proposal.id.dataset).replace(target)
    return (target / "dataset.yaml", *moved)


__all__ = ["Written", "dataset_text", "office_text", "one_line", "schema_text", "write"]
