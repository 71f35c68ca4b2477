"""Which repairs a table gets, in order: those declared, and those that its types ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

from pydantic import BaseModel, ValidationError

from catalog.problem import DeclarationError, Problem, Rejected
from catalog.registry import variant
from catalog.schema import SchemaField, TableSchema
from catalog.spec import RepairStep, TableSpec
from flows.repairs._labels import choose_columns, name_columns
from flows.repairs._rows import find
from flows.sources import RawTable

ROOM = "flows.repairs"
EVERY_COLUMN = "*"
#: Types whose text is JSON, where blanks may stand inside of strings.
_JSON = frozenset({"object", "array", "geojson"})
#: What a schema says of spelling by itself; then nothing but blanks is taken away.
_OWN_SPELLING = frozenset({"decimalChar", "groupChar", "trueValues", "falseValues"})
#: What is found by type; brackets around a number may be a share, so nobody guesses.
_BY_TYPE: Mapping[str, tuple[RepairStep, ...]] = {
    "integer": (
        RepairStep(name="thai_digits"),
        RepairStep(name="thousands", options={"brackets": "leave"}),
    ),
    "number": (
        RepairStep(name="thai_digits"),
        RepairStep(name="thousands", options={"brackets": "leave"}),
    ),
    "year": (RepairStep(name="thai_digits"), RepairStep(name="thai_year")),
    "yearmonth": (RepairStep(name="thai_digits"), RepairStep(name="thai_month")),
    "date": (RepairStep(name="thai_digits"), RepairStep(name="thai_date")),
    "datetime": (RepairStep(name="thai_digits"), RepairStep(name="thai_datetime")),
    "time": (RepairStep(name="thai_digits"), RepairStep(name="thai_time")),
    "boolean": (RepairStep(name="ticks"), RepairStep(name="yes_no")),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A repair, ready to be done.

    Attributes:
        name: of its module.
        module: of ``flows.repairs``.
        options: its checked options.
        declared: by the dataset; if not, it was found by the column's type.
        beside: the other columns that it reads.
    """

    name: str
    module: ModuleType
    options: BaseModel
    declared: bool
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to a table.

    Attributes:
        names: the source's labels in order, each with the name that its column has on its way.
        tables: repairs of rows, in order.
        columns: of the result, in order.
        chains: repairs of each text column's values, in order.
        notes: about columns left out.
    """

    names: tuple[tuple[str, str], ...]
    tables: tuple[Step, ...]
    columns: tuple[str, ...]
    chains: Mapping[str, tuple[Step, ...]]
    notes: tuple[Problem, ...]

    @property
    def surveys(self) -> bool:
        """Whether a repair has to see its whole column first."""
        return any(hasattr(s.module, "survey") for chain in self.chains.values() for s in chain)


def make_plan(raw: RawTable, schema: TableSchema, spec: TableSpec) -> Plan:
    """Plan the repairs of a table.

    Raises:
        Rejected: columns that nobody knows or that are not there.
        DeclarationError: a repair that does not exist, or is used where it cannot be.
    """
    names = name_columns(raw.columns, raw.geometry, schema, spec)
    for_all = [_step(step, declared=True) for step in spec.repairs.get(EVERY_COLUMN, ())]
    tables = tuple(step for step in for_all if step.module.SCOPE == "table")
    after = _names_after([name for _, name in names], tables)
    columns, notes = choose_columns(after, schema, spec)
    geometry = {name for label, name in names if label == raw.geometry}
    first = tuple(step for step in for_all if step.module.SCOPE == "column")
    chains = {
        name: first + tuple(_own(schema.by_name[name], spec))
        for name in columns
        if name not in geometry
    }
    for step in (step for chain in chains.values() for step in chain):
        for name in step.beside:
            find(after, name, step.name)
    return Plan(names, tables, columns, chains, notes)


def _names_after(names: Sequence[str], tables: Sequence[Step]) -> tuple[str, ...]:
    """The names of the columns after the repairs of rows."""
    after = tuple(names)
    for step in tables:
        if hasattr(step.module, "columns"):
            after = tuple(step.module.columns(after, step.options))
    twice = sorted(name for name, count in Counter(after).items() if count > 1)
    if twice:
        params = {"other": twice[0]}
        raise Rejected(*(Problem("column-twice", field=n, value=n, params=params) for n in twice))
    return after


def _own(field: SchemaField, spec: TableSpec) -> Iterator[Step]:
    """A field's own repairs: the declared list, an empty one too, or those of its type."""
    declared = spec.repairs.get(field.name)
    if declared is None:
        yield from (_step(step, declared=False) for step in _found_by_type(field))
        return
    for written in declared:
        step = _step(written, declared=True)
        if step.module.SCOPE != "column":
            raise DeclarationError(Problem("repair-scope", field=field.name, value=step.name))
        yield step


def _found_by_type(field: SchemaField) -> tuple[RepairStep, ...]:
    """What a type asks for; nothing where the schema says that values are spelt in another way."""
    if field.type in _JSON:
        return ()
    own_spelling = _OWN_SPELLING & set(field.model_extra or {})
    if own_spelling or field.format != "default":
        return (RepairStep(name="trim"),)
    return (RepairStep(name="trim"), *_BY_TYPE.get(field.type, ()))


def _step(step: RepairStep, *, declared: bool) -> Step:
    module = variant(ROOM, step.name)
    try:
        options = module.Options.model_validate(dict(step.options))
    except ValidationError as error:
        params = {"reason": "; ".join(item["msg"] for item in error.errors())}
        problem = Problem("repair-options", value=step.name, params=params)
        raise DeclarationError(problem) from error
    beside = module.beside(options) if hasattr(module, "beside") else ()
    return Step(step.name, module, options, declared, tuple(beside))
