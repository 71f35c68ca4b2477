"""Loads declarations: shapes by ``catalog.spec``, kinds and options by the rooms' registries.

Every error names file, line and key, and the nearest right spelling. No list of datasets exists
beside the folder itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from catalog import registry, spec
from catalog.names import DatasetId
from catalog.problem import DeclarationError, Problem
from catalog.schema import TableSchema, load_schema
from catalog.spec import DatasetSpec, OfficeSpec, Protection, TableSpec
from catalog.vocabulary import terms
from flows.editor import BY_PATH

Path_ = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)
Loaded = TypeVar("Loaded")


class Document:
    """A loaded YAML file that knows on which line each key stands.

    Args:
        path: the file.
        shown: what to call it in errors.

    Raises:
        DeclarationError: missing, not UTF-8, not YAML, or a key that stands twice.
    """

    def __init__(self, path: Path, shown: str) -> None:
        self.shown = shown
        self.lines: dict[Path_, int] = {}
        try:
            node = yaml.compose(path.read_text("utf-8-sig"), Loader=yaml.CSafeLoader)
        except FileNotFoundError as error:
            raise DeclarationError(Problem("declaration-missing", place=shown)) from error
        except UnicodeDecodeError as error:
            raise DeclarationError(Problem("declaration-not-utf8", place=shown)) from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = f"{shown}:{mark.line + 1}" if mark else shown
            said = str(getattr(error, "problem", error))
            raise DeclarationError(
                Problem("declaration-not-yaml", place=place, params={"reason": said})
            ) from error
        loader = yaml.SafeLoader("")
        self.body = self._value(loader, node, ()) if node else {}
        if not isinstance(self.body, dict):
            raise DeclarationError(
                Problem("declaration-not-yaml", place=shown, params={"reason": "not a mapping"})
            )

    def _value(self, loader: yaml.SafeLoader, node: yaml.Node, at: Path_) -> Any:
        self.lines[at] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return [self._value(loader, item, (*at, i)) for i, item in enumerate(node.value)]
        if not isinstance(node, yaml.MappingNode):
            return loader.construct_object(node, deep=True)
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            if key in found:
                place = f"{self.shown}:{key_node.start_mark.line + 1} {key}"
                raise DeclarationError(Problem("declaration-key-twice", place=place))
            found[key] = self._value(loader, value_node, (*at, str(key)))
            self.lines[(*at, str(key))] = key_node.start_mark.line + 1
        return found

    def place(self, at: Path_) -> str:
        """``dataset.yaml:12 tables.clusters.schema``, by the nearest key that stands there."""
        known = at
        while known and known not in self.lines:
            known = known[:-1]
        key = ".".join(str(part) for part in at)
        return f"{self.shown}:{self.lines.get(known, 1)} {key}".rstrip()


class Declarations:
    """The folder of declarations, and the folder of schemas.

    Args:
        datasets: ``<office>/<dataset>/dataset.yaml`` below it.
        schemas: ``<name>.json`` in it.
    """

    def __init__(self, datasets: Path, schemas: Path) -> None:
        self.datasets = datasets
        self.schemas = schemas
        self._read: dict[Path, tuple[tuple[int, ...], Any]] = {}

    def ids(self) -> tuple[DatasetId, ...]:
        """Every declared dataset, sorted.

        Raises:
            DeclarationError: a folder whose name is no name.
        """
        found = []
        for path in sorted(self.datasets.glob("*/*/dataset.yaml")):
            office, dataset = path.parts[-3:-1]
            try:
                found.append(DatasetId(office, dataset))
            except ValueError as error:
                place = f"{office}/{dataset}"
                params = {"reason": str(error)}
                raise DeclarationError(
                    Problem("declaration-bad-name", place=place, params=params)
                ) from error
        return tuple(found)

    def find(self, text: str) -> DatasetId:
        """The declared dataset that a person named.

        Raises:
            DeclarationError: none of that name, with the nearest that exists.
        """
        ids = {str(id): id for id in self.ids()}
        if text not in ids:
            near = registry.nearest(text, list(ids)) or "samdao list"
            raise DeclarationError(
                Problem("dataset-unknown", dataset=text, params={"nearest": near})
            )
        return ids[text]

    def folder(self, id: DatasetId) -> Path:
        """Where the dataset's declaration and its small source files lie."""
        return self.datasets / id.office / id.dataset

    @cache  # noqa: B019  (one per run of the command; declarations do not change under it)
    def office(self, name: str) -> OfficeSpec:
        """An office.

        Raises:
            DeclarationError: what is wrong, and where.
        """
        shown = f"{name}/office.yaml"
        document = Document(self.datasets / name / "office.yaml", shown)
        return _validate(OfficeSpec, document, {"id": name})

    def dataset(self, id: DatasetId) -> DatasetSpec:
        """A dataset, checked against the rooms and its schemas.

        Raises:
            DeclarationError: everything that is wrong, each with file, line, key and next step.
        """
        path = self.folder(id) / "dataset.yaml"
        document = self._once(path, lambda: Document(path, f"{id}/dataset.yaml"))
        office = self.office(id.office)
        known = {"id": id, "office": office}
        if "contact" not in document.body:
            known["contact"] = office.contact
        declared = _validate(DatasetSpec, document, known)
        problems = [
            problem
            for name, table in declared.tables.items()
            for problem in self._rooms(document, name, table)
        ]
        if problems:
            raise DeclarationError(*problems)
        return declared

    def schema(self, name: str) -> TableSchema:
        """A schema by name.

        Raises:
            DeclarationError: it does not exist (with the nearest that does) or is not valid.
        """
        path = self.schemas / f"{name}.json"
        if not path.exists():
            near = registry.nearest(name, [found.stem for found in self.schemas.glob("*.json")])
            raise DeclarationError(
                Problem("schema-missing", value=path.name, params={"nearest": near or "—"})
            )
        return self._once(path, lambda: load_schema(path))

    def _once(self, path: Path, load: Callable[[], Loaded]) -> Loaded:
        """What a file says; it is read again only after somebody wrote to it."""
        try:
            found = path.stat()
        except OSError:
            return load()  # which tells what is wrong with it
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if path not in self._read or self._read[path][0] != stamp:
            self._read[path] = stamp, load()
        loaded: Loaded = self._read[path][1]
        return loaded

    def _rooms(self, document: Document, name: str, table: TableSpec) -> Iterator[Problem]:
        """What only the rooms' registries and the schema can tell."""
        at: Path_ = ("tables", name)
        try:
            schema = self.schema(table.table_schema)
        except DeclarationError as error:
            yield from (p.at(place=document.place((*at, "schema"))) for p in error.problems)
            return
        yield from _option_problems(
            document, (*at, "source"), "flows.sources", table.source.kind, table.source.options
        )
        for column, steps in table.repairs.items():
            here = (*at, "repairs", column)
            if column != "*":
                yield from _unknown(document, here, column, schema.names)
            for index, step in enumerate(steps):
                yield from _option_problems(
                    document, (*here, index), "flows.repairs", step.name, step.options
                )
        for column in (*table.columns, *table.expect.sums):
            yield from _unknown(document, (*at, "columns", column), column, schema.names)
        for column, said in table.privacy.items():
            yield from self._protection(document, (*at, "privacy", column), column, said, schema)
        for index, form in enumerate(table.formats):
            known = registry.names("catalog.formats")
            yield from _unknown(document, (*at, "formats", index), form, known)

    @staticmethod
    def _protection(
        document: Document, at: Path_, column: str, said: Protection, schema: TableSchema
    ) -> Iterator[Problem]:
        """A column that is not there, a treatment that does not exist or cannot be."""
        if not any(fnmatchcase(name, column) for name in schema.names):
            yield from _unknown(document, at, column, schema.names)
        elif said.treatment:
            options = dict(said.options)
            yield from _option_problems(
                document, at, "flows.privacy.treatments", said.treatment, options
            )
            for name in (name for value in options.values() for name in _columns_in(value)):
                yield from _unknown(document, at, name, schema.names)
            if said.treatment == "drop" and column in schema.primary_key:
                yield Problem("privacy-drops-key", place=document.place(at), value=column)


def _columns_in(value: Any) -> Iterator[str]:
    """Names of columns in an option that is a list of them."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from [item] if isinstance(item, str) else _columns_in(item)


def digest(declared: DatasetSpec, schemas: Mapping[str, TableSchema]) -> str:
    """A hash of what is declared: part of the run key.

    Args:
        declared: the dataset with its office.
        schemas: table name to schema.
    """
    body = {
        "spec": declared.model_dump(mode="json", by_alias=True),
        "schemas": {name: schema.as_json() for name, schema in schemas.items()},
    }
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _option_problems(
    document: Document, at: Path_, room: str, name: str, options: Mapping[str, Any]
) -> Iterator[Problem]:
    """A variant that does not exist, or options that it does not take."""
    known = registry.names(room)
    if name not in known:
        yield from _unknown(document, at, name, known)
        return
    model: type[BaseModel] = registry.variant(room, name).Options
    try:
        model.model_validate(dict(options))
    except ValidationError as error:
        fields = tuple(model.model_fields)
        yield from (_problem(document, at, item, fields) for item in error.errors())


def _unknown(document: Document, at: Path_, name: str, known: tuple[str, ...]) -> Iterator[Problem]:
    if name not in known:
        near = registry.nearest(name, known)
        params = {"nearest": near or "—", "known": ", ".join(known)}
        yield Problem("name-unknown", place=document.place(at), value=name, params=params)


def _validate(model: type[Model], document: Document, known: Mapping[str, Any]) -> Model:
    written = [key for key in BY_PATH if key in document.body]
    if written:
        raise DeclarationError(
            *(Problem("key-by-path", place=document.place((key,)), value=key) for key in written)
        )
    try:
        return model.model_validate({**document.body, **known})
    except ValidationError as error:
        problems = [_problem(document, (), item, _all_keys()) for item in error.errors()]
        meant = {p.params["nearest"] for p in problems if p.code == "key-unknown"}
        kept = [p for p in problems if not (p.code == "key-missing" and p.value in meant)]
        raise DeclarationError(*kept) from error


def _problem(document: Document, at: Path_, item: Any, keys: tuple[str, ...]) -> Problem:
    """One complaint of pydantic as a problem with file, line and key."""
    loc = tuple(part for part in item["loc"] if part != "[key]")
    place = document.place((*at, *loc))
    last = str(loc[-1]) if loc else ""
    if item["type"] == "extra_forbidden":
        near = registry.nearest(last, keys)
        return Problem("key-unknown", place=place, value=last, params={"nearest": near or "—"})
    if item["type"] == "missing":
        return Problem("key-missing", place=place, value=last)
    reason = item["msg"].removeprefix("Value error, ")
    value = str(item.get("input"))[:100]
    near = registry.nearest(value, _all_terms())
    hint = f" (→ {near})" if near and near in reason else ""
    return Problem("value-invalid", place=place, value=value, params={"reason": reason + hint})


@cache
def _all_keys() -> tuple[str, ...]:
    """Every key that some shape of a declaration has, as written."""
    models = [
        shape
        for shape in vars(spec).values()
        if isinstance(shape, type) and issubclass(shape, spec.Strict)
    ]
    found = {field.alias or name for model in models for name, field in model.model_fields.items()}
    return tuple(sorted(found - set(BY_PATH)))


@cache
def _all_terms() -> tuple[str, ...]:
    """Every term of the closed lists, for hints."""
    lists = ("licences", "themes", "data_types", "objectives", "frequencies", "coverages",
             "classifications", "languages")  # fmt: skip
    return tuple(name for vocabulary in lists for name in terms(vocabulary))
