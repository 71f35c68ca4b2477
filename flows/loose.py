"""The engines on a loose file: check it, or convert it, without declaring a dataset."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from catalog.formats import About, formats
from catalog.names import DatasetId
from catalog.problem import DeclarationError, Level, Problem, Rejected, SamdaoError
from catalog.registry import names, nearest, variant
from catalog.release import seal_file
from catalog.schema import TableSchema, load_schema
from catalog.spec import DatasetSpec, OfficeSpec, TableSpec
from catalog.table import Table
from flows import way
from flows.given import plain_file
from flows.rehearse import told
from flows.sources import Shelf
from flows.sources._endings import ENDINGS
from flows.verdict import Verdict
from flows.world import World

_NAME = "table"


def validate(
    world: World, file: str, schema: str, kind: str | None, options: tuple[str, ...],
    repairs: bool, reports: Path | None = None,
) -> Verdict:  # fmt: skip
    """Read a file, repair what its types ask for, and hold it against a schema.

    Args:
        world: where schemas are found.
        file: the file.
        schema: a schema's name or a JSON file.
        kind: kind of source, by the file's ending if ``None``.
        options: the reader's, as ``name=value``.
        repairs: whether values are repaired first.
        reports: folder for the reports that go back to the office, if wanted.

    Raises:
        SamdaoError: the file cannot be read at all, or the schema is wrong.
    """
    changed: tuple[Mapping[str, Any], ...] = ()
    try:
        with _work(world, file, schema, kind, options, repairs) as (work, sources, unheld):
            with _given_back(work, sources, reports) as told_back:
                repaired = way.repair(work, sources)
                changed = tuple({**change, "table": file} for change in told(repaired))
                checks = way.check(work, repaired)
                tables = way.cast(work, checks)
                found = (*unheld, *checks.problems, *tables.problems, *repaired[_NAME].notes)
                told_back(found)
            told_all = tuple(_in_file(problem, file) for problem in found)
            return Verdict(True, tables[_NAME].rows, changed, told_all)
    except Rejected as error:
        return Verdict(False, 0, changed, error.problems)


@contextmanager
def _given_back(
    work: way.Work, sources: way.Sources, folder: Path | None
) -> Iterator[Callable[[Iterable[Problem]], object]]:
    """Write the reports that go back to the office, whether the file passes or not."""
    from flows.returned import give_back

    def give(problems: Iterable[Problem]) -> object:
        return folder and give_back(work, sources, problems, folder)

    try:
        yield give
    except SamdaoError as error:
        give(error.problems)
        raise


def convert(
    world: World, file: str, schema: str, to: str | None, out: str, kind: str | None,
    options: tuple[str, ...], repairs: bool,
) -> dict[str, Any]:  # fmt: skip
    """Read, repair, check and write a file in other formats.

    Args:
        world: where schemas are found.
        file: the file.
        schema: a schema's name or a JSON file.
        to: formats separated by commas; every format if ``None``.
        out: folder to write to, made if it is not there; files there of the same name are replaced.
        kind: kind of source, by the file's ending if ``None``.
        options: the reader's, as ``name=value``.
        repairs: whether values are repaired first.

    Returns:
        ``files`` with path, size and format, and ``omissions`` with reasons.

    Raises:
        SamdaoError: the file is rejected, or a format does not exist.
    """
    wanted = chosen_formats(to)
    target = Path(out)
    target.mkdir(parents=True, exist_ok=True)
    with _work(world, file, schema, kind, options, repairs) as (work, sources, _):
        checks = way.check(work, way.repair(work, sources))
        table = way.cast(work, checks)[_NAME]
        return write_formats(work.dataset, table, wanted, target, Path(file).name.partition(".")[0])


def write_formats(
    dataset: DatasetSpec, table: Table, wanted: tuple[str, ...], target: Path, stem: str
) -> dict[str, Any]:
    """Write a table of a loose dataset; files appear when they are whole."""
    about = About(dataset, _NAME, table.schema, "0" * 12)
    files, omissions = [], []
    for name in wanted:
        module, form = variant("catalog.formats", name), formats()[name]
        refusal = module.refuse(table)
        if refusal:
            omissions.append({"format": name, "reason": refusal.as_dict()})
            continue
        path = target / f"{stem}.{form.extension}"
        part = path.with_name(f".{path.name}.part")
        notes = module.write(table, about, part)
        part.replace(path)
        sealed = seal_file(path, form.media_type)
        files.append(
            {"format": name, "path": str(path), "size": sealed.size, "sha256": sealed.sha256,
             "notes": [note.as_dict() for note in notes]}
        )  # fmt: skip
    return {"rows": table.rows, "files": files, "omissions": omissions}


def chosen_formats(to: str | None) -> tuple[str, ...]:
    """The formats that ``--to`` names; every format if ``None``."""
    known = names("catalog.formats")
    wanted = tuple(name.strip() for name in to.split(",")) if to else known
    for name in wanted:
        _among(name, known, "--to")
    return wanted


@contextmanager
def _work(
    world: World, file: str, schema: str, kind: str | None, options: tuple[str, ...],
    repairs: bool,
) -> Iterator[tuple[way.Work, way.Sources, tuple[Problem, ...]]]:  # fmt: skip
    """A desk with the file pulled onto it, declared as loosely as can be; what is not held."""
    plain_file(Path(file))
    path = Path(file).resolve()
    found, unheld = _alone(_schema(world, schema))
    kind = _known_kind(kind) if kind else _kind(path)
    dataset = loose_dataset(path, found, kind, _options(kind, path.name, options), repairs=repairs)
    source = dataset.tables[_NAME].source
    with tempfile.TemporaryDirectory(prefix="samdao-") as scratch, way.translated(dataset.id):
        desk = Path(scratch)
        (desk / "release").mkdir()
        (desk / "evidence").mkdir()
        module = variant("flows.sources", source.kind)
        shelf = Shelf(path.parent, desk / "evidence", None, world.now,
                      world.settings.max_source_bytes)  # fmt: skip
        pulled = module.pull(module.Options.model_validate(source.options), shelf)
        work = way.Work(dataset, {_NAME: found}, {}, desk, desk / "release")
        try:
            yield work, way.Sources({_NAME: pulled}, "0" * 64), unheld
        except SamdaoError as error:
            raise type(error)(*(_in_file(problem, file) for problem in error.problems)) from error


def _alone(schema: TableSchema) -> tuple[TableSchema, tuple[Problem, ...]]:
    """A schema without the foreign keys that lead out of the file, and warnings that say so."""
    inside = tuple(key for key in schema.foreign_keys if not key.reference.resource)
    outside = (key for key in schema.foreign_keys if key.reference.resource)
    unheld = tuple(
        Problem("reference-unheld", field=", ".join(key.fields), value=key.reference.resource,
                level=Level.WARNING)
        for key in outside
    )  # fmt: skip
    return schema.model_copy(update={"foreign_keys": inside}), unheld


def _in_file(problem: Problem, file: str) -> Problem:
    """A problem as it stands in the file, which is all that the person knows of."""
    return replace(problem, dataset=None, table=None, place=problem.place or file)


def _schema(world: World, name: str) -> TableSchema:
    path = Path(name)
    return load_schema(path) if path.suffix == ".json" else world.declarations.schema(name)


def _kind(path: Path) -> str:
    found = ENDINGS.get(path.suffix.lower())
    if found is None:
        known = ", ".join(names("flows.sources"))
        raise DeclarationError(Problem("kind-unclear", place=path.name, params={"known": known}))
    return found


def _known_kind(kind: str) -> str:
    _among(kind, names("flows.sources"), "--kind")
    return kind


def _options(kind: str, file: str, written: tuple[str, ...]) -> dict[str, Any]:
    """Options of the reader as they were written, checked against what its kind takes."""
    given = dict(_option(item) for item in written)
    model = variant("flows.sources", kind).Options
    known = tuple(name for name in model.model_fields if name not in ("path", "url"))
    for name in given:
        if name not in known:
            params = {"kind": kind, "nearest": nearest(name, known) or "—",
                      "known": ", ".join(known)}  # fmt: skip
            raise DeclarationError(
                Problem("option-unknown", place="--set", value=name, params=params)
            )
    options = {"path": file, **given}
    try:
        model.model_validate(options)
    except ValidationError as error:
        raise DeclarationError(*map(_invalid, error.errors())) from error
    return options


def _invalid(item: Any) -> Problem:
    reason = item["msg"].removeprefix("Value error, ")
    name = ".".join(str(part) for part in item["loc"]) or "--set"
    value = str(item["input"])[:100]
    return Problem("option-invalid", place=name, value=value, params={"reason": reason})


def _among(name: str, known: tuple[str, ...], place: str) -> None:
    if name not in known:
        params = {"nearest": nearest(name, known) or "—", "known": ", ".join(known)}
        raise DeclarationError(Problem("name-unknown", place=place, value=name, params=params))


def loose_dataset(
    path: Path, found: TableSchema, kind: str = "csv", options: Mapping[str, Any] | None = None, *,
    repairs: bool = False,
) -> DatasetSpec:  # fmt: skip
    """A declaration of nothing but a file and what its columns mean."""
    words = {"th": found.title or path.name, "en": found.title_en or path.name}
    contact = {"name": "—", "email": "nobody@samdao.example"}
    office = OfficeSpec.model_validate(
        {"id": "loose", "name": {"th": "—"}, "uri_base": "https://samdao.example",
         "contact": contact}
    )  # fmt: skip
    none = {} if repairs else dict.fromkeys(("*", *found.names), ())
    table = TableSpec.model_validate(
        {"schema": "loose", "source": {"kind": kind, **(options or {})}, "repairs": none}
    )
    return DatasetSpec.model_validate(
        {"id": DatasetId("loose", "file"), "office": office, "title": words, "description": words,
         "keywords": ["—"], "theme": "government", "data_type": "other", "objective": ["unknown"],
         "frequency": {"unit": "unknown"}, "coverage": {"level": "unknown"},
         "licence": "not-stated", "contact": contact, "provenance": {"source": {"th": path.name}},
         "tables": {_NAME: table}}
    )  # fmt: skip


def _option(text: str) -> tuple[str, Any]:
    """``sheet=2`` as a name and a value, typed as YAML reads it."""
    import yaml

    name, equals, value = text.partition("=")
    malformed = DeclarationError(Problem("option-malformed", place="--set", value=text))
    if not equals:
        raise malformed
    try:
        return name.strip(), yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise malformed from error
