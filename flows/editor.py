"""JSON Schemas of the declarations, for editors: what may be written where, as people write it.

Beside what the shapes of ``catalog.spec`` say, an editor is told the kinds, names and options that
the rooms have, the short forms of repairs, and what each key means (from the docstrings). Laxer
than the loader where JSON Schema cannot say it; never stricter (a test holds every declaration
that loads against it).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from catalog.registry import names, variant
from catalog.spec import DatasetSpec, OfficeSpec

Schema = dict[str, Any]
#: What a declaration does not say, because its path does.
BY_PATH = ("id", "office")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ATTRIBUTE = re.compile(r"^ {4}([a-z_]+(?:, [a-z_]+)*): (.+)$")


def editor_schemas() -> dict[str, Schema]:
    """JSON Schemas of ``dataset.yaml`` and ``office.yaml``: file name to schema."""
    dataset, office = _shape(DatasetSpec, "dataset.yaml"), _shape(OfficeSpec, "office.yaml")
    dataset["required"].remove("contact")  # the office's, where the dataset gives none
    shapes = dataset["$defs"]
    shapes.pop("OfficeSpec")
    shapes.pop("RepairStep")
    shapes["Protection"] = _protections(shapes)
    table = shapes["TableSpec"]["properties"]
    table["repairs"] |= _repairs(shapes)
    table["formats"]["items"] |= {"enum": list(names("catalog.formats"))}
    shapes["Source"] = _sources(shapes)
    return {"dataset.schema.json": dataset, "office.schema.json": office}


def told(model: type) -> dict[str, str]:
    """What each attribute of a class means, by its docstring («Attributes:», Google style)."""
    found: dict[str, str] = {}
    keys: list[str] = []
    for line in inspect.cleandoc(model.__doc__ or "").partition("Attributes:\n")[2].splitlines():
        match = _ATTRIBUTE.match(line)
        if match:
            keys = match[1].split(", ")
            found |= dict.fromkeys(keys, match[2])
        elif line.startswith(" " * 5):
            found |= {key: f"{found[key]} {line.strip()}" for key in keys}
        elif line.strip():
            break
    return found


def options_of(room: str, name: str) -> type[BaseModel]:
    """The options that a variant takes."""
    model: type[BaseModel] = variant(room, name).Options
    return model


def all_told(model: type) -> dict[str, str]:
    """What each attribute means, those of its base classes too."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        found |= told(base) if base.__doc__ else {}
    return found


def _shape(model: type[BaseModel], title: str) -> Schema:
    """A declaration's shape, without what its path says."""
    body = model.model_json_schema(by_alias=True)
    for key in BY_PATH:
        body["properties"].pop(key, None)
    body["required"] = [key for key in body["required"] if key not in BY_PATH]
    shapes = {shape.__name__: shape for shape in _shapes_in(model)}
    for name, shape in body.get("$defs", {}).items():
        _describe(shape, shapes[name])
    _describe(body, model)
    return {"$schema": _DIALECT, **body, "title": title}


def _shapes_in(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The declared shapes beside a model: every class of its module."""
    import catalog.spec as room

    for shape in vars(room).values():
        if isinstance(shape, type) and issubclass(shape, BaseModel) and shape is not model:
            yield shape


def _describe(schema: Schema, model: type[BaseModel]) -> None:
    """Put what attributes mean beside them; keep only the head of the docstring for the whole."""
    said = all_told(model)
    for name, field in model.model_fields.items():
        found = schema.get("properties", {}).get(field.alias or name)
        if found is not None:
            found.pop("title", None)
            if name in said:
                found["description"] = said[name]
    schema["description"] = (model.__doc__ or "").strip().split("\n")[0]


def _repairs(shapes: Schema) -> Schema:
    """Repairs as people write them: ``[trim, {place: {to: code}}]``; those of rows under ``*``."""
    room = "flows.repairs"
    of_columns = [name for name in names(room) if variant(room, name).SCOPE == "column"]
    shapes["column_repairs"] = _steps(shapes, of_columns)
    shapes["table_repairs"] = _steps(shapes, list(names(room)))
    return {
        "properties": {"*": {"$ref": "#/$defs/table_repairs"}},
        "additionalProperties": {"$ref": "#/$defs/column_repairs"},
    }


def _protections(shapes: Schema) -> Schema:
    """What answers for personal data, as people write it: ``drop``, ``{round: {decimals: 2}}``."""
    room, said = "flows.privacy.treatments", shapes["Protection"]
    options = {
        name: {"anyOf": [_options(shapes, room, name), {"type": "null"}]} for name in names(room)
    }
    short = {
        "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False,
        "properties": options,
    }  # fmt: skip
    said["properties"]["treatment"] = {"enum": list(names(room))}
    return {"anyOf": [{"enum": list(names(room))}, short, said]}


def _steps(shapes: Schema, known: list[str]) -> Schema:
    options = {
        name: {"anyOf": [_options(shapes, "flows.repairs", name), {"type": "null"}]}
        for name in known
    }
    short = {
        "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False,
        "properties": options,
    }  # fmt: skip
    long = {
        "type": "object", "required": ["name", "options"], "additionalProperties": False,
        "properties": {"name": {"enum": known}, "options": {"type": "object"}},
    }  # fmt: skip
    return {"type": "array", "items": {"anyOf": [{"enum": known}, short, long]}}


def _sources(shapes: Schema) -> Schema:
    """A source: its kind, and the options that this kind takes."""
    kinds = names("flows.sources")
    cases = []
    for kind in kinds:
        found = _options(shapes, "flows.sources", kind)
        shape = shapes[found["$ref"].rpartition("/")[2]]
        shape["properties"] = {"kind": {"const": kind}, **shape["properties"]}
        cases.append({"if": {"properties": {"kind": {"const": kind}}}, "then": found})
    return {
        "type": "object", "required": ["kind"], "allOf": cases,
        "description": "Where a table lies: its kind, and that kind's options.",
        "properties": {"kind": {"enum": list(kinds), "description": "kind of source"}},
    }  # fmt: skip


def _options(shapes: Schema, room: str, name: str) -> Schema:
    """A reference to the shape of a variant's options, which is laid beside the others."""
    key, model = f"{room.rpartition('.')[2]}.{name}", options_of(room, name)
    if key not in shapes:
        body = model.model_json_schema(by_alias=True)
        assert "$defs" not in body, "options are plain values"
        _describe(body, model)
        for found in body["properties"].values():  # where the module's head tells of all at once
            found.setdefault("description", f"docs/reference/{key.partition('.')[0]}.md#{name}")
        body["description"] = (variant(room, name).__doc__ or "").split("\n")[0]
        _as_read(body, bool(model.model_config.get("coerce_numbers_to_str")))
        shapes[key] = {**body, "title": name}
    return {"$ref": f"#/$defs/{key}"}


def _as_read(schema: Any, numbers_are_texts: bool) -> None:
    """Let a schema take what pydantic takes: numbers for texts, ``false`` for none."""
    if isinstance(schema, list):
        for item in schema:
            _as_read(item, numbers_are_texts)
    if not isinstance(schema, Mapping):
        return
    for value in schema.values():
        _as_read(value, numbers_are_texts)
    if isinstance(schema, dict):
        if numbers_are_texts and schema.get("type") == "string" and "enum" not in schema:
            schema["type"] = ["string", "number"]
        if schema.get("type") == "integer" and schema.get("minimum") == 0:
            schema["type"] = ["integer", "boolean"]
