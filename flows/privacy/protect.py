"""A repaired table made fit to be shown: treated, examined, told of without values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import SecretStr

from catalog.problem import Level, Problem, Rejected
from catalog.schema import TableSchema
from catalog.spec import TableSpec
from flows.privacy import Found, Privacy, Treated
from flows.privacy.cover import Veil
from flows.privacy.declared import (
    Step,
    basis,
    needs_salt,
    public_columns,
    published_schema,
    steps,
)
from flows.privacy.examine import examine, headings
from flows.privacy.kinds.sensitive import sort_of
from flows.privacy.screening import kinds, module_of
from flows.privacy.words import speaks_of

if TYPE_CHECKING:
    from flows.repair import Repaired

#: Kinds that a header alone can speak of, for what is told before values were examined.
_BY_HEADER = ("citizen_id", "passport", "phone", "bank_account", "plate", "birth_date", "name",
              "address")  # fmt: skip


def protect(
    repaired: Repaired, schema: TableSchema, spec: TableSpec, salt: SecretStr | None = None
) -> Repaired:
    """Treat and examine a staged table.

    Args:
        repaired: the table; its staged file is written anew where something is treated.
        schema: as declared, before treatments.
        spec: the table's declaration.
        salt: of hashes.

    Returns:
        The table as it may go on, with what was found (``privacy``), and with values covered in
        its changes and notes.

    Raises:
        Rejected: a treatment needs the salt, and there is none.
    """
    if needs_salt(spec) and salt is None:
        raise Rejected(Problem("privacy-no-salt"))
    todo = steps(spec, repaired.columns)
    before = _examined(repaired, schema, spec, ()) if todo else ()
    if todo:
        repaired, treated = _treat(repaired, todo, salt, before)
    else:
        treated = ()
    changed = tuple(name for step in todo for name in step.touches())
    after = _examined(repaired, published_schema(schema, spec), spec, changed)
    answers = [(found, basis(found, schema, spec)) for found in after]
    privacy = Privacy(
        tuple(found for found, answer in answers if answer is None),
        tuple((found, answer) for found, answer in answers if answer is not None),
        treated,
    )
    veil = veil_of(privacy, before)
    return replace(
        repaired,
        changes=tuple(_covered(change, veil) for change in repaired.changes),
        notes=tuple(veil.problem(note) for note in repaired.notes),
        privacy=privacy,
    )


def veil_of(privacy: Privacy | None, before: tuple[Found, ...] = ()) -> Veil:
    """What covers values of a table that was examined.

    Args:
        privacy: what was found and treated.
        before: what was found before treatments.
    """
    if privacy is None:
        return Veil({})
    columns = {treated.column: (*treated.kinds, "")[0] for treated in privacy.treated}
    answered = {found.column for found, _ in privacy.answered}
    for found in (*before, *privacy.found):
        if found.column not in answered and found.level is not Level.NOTE:
            columns.setdefault(found.column, found.kind)
    return Veil(columns)


def veil_by_headers(schema: TableSchema, spec: TableSpec, problems: Iterable[Problem] = ()) -> Veil:
    """What covers values of a table as it was found: by headers, declarations and problems.

    Args:
        schema: as declared.
        spec: the table's declaration.
        problems: of its columns, where it was examined.
    """
    found: dict[str, str] = {
        p.field: _kind_of(p.code) for p in problems if p.field and p.code.startswith("privacy-")
    }
    open_ = public_columns(schema, spec) | {
        name for name, said in spec.privacy.items() if said.lawful_basis
    }
    for heading in headings(schema.names, schema, spec):
        kind = next((kind for kind in _BY_HEADER if speaks_of(heading.said, kind)), None)
        kind = kind or ("sensitive" if sort_of(heading.said) else None)
        if heading.name in spec.privacy:
            kind = kind or ""
        if kind is not None and heading.name not in open_:
            found.setdefault(heading.name, kind)
    titles = {name: (spec.columns.get(name), schema.by_name[name].title)
              for name in found if name in schema.by_name}  # fmt: skip
    labels = {label: found[name] for name, said in titles.items() for label in said if label}
    return Veil(found | labels)


def _kind_of(code: str) -> str:
    """The kind that a problem's code belongs to."""
    return next((kind for kind in kinds() if code in module_of(kind).CODES), "")


def _examined(
    repaired: Repaired, schema: TableSchema, spec: TableSpec, treated: tuple[str, ...]
) -> tuple[Found, ...]:
    headed = headings(repaired.columns, schema, spec)
    public = public_columns(schema, spec)
    return examine(repaired.open(), headed, treated=treated, public=public)


def _covered(change: Any, veil: Veil) -> Any:
    """A repair's change with covered examples; repairs of rows show texts of any column."""
    examples = tuple(
        replace(example, before=veil.text(change.column, example.before),
                after=veil.text(change.column, example.after))
        for example in change.examples
    )  # fmt: skip
    return replace(change, examples=examples)


def _treat(
    repaired: Repaired, todo: tuple[Step, ...], salt: SecretStr | None, before: tuple[Found, ...]
) -> tuple[Repaired, tuple[Treated, ...]]:
    """Write the staged table anew; count what changed, by column."""
    dropped = {step.column for step in todo if step.name == "drop"}
    columns = tuple(name for name in repaired.columns if name not in dropped)
    counts: dict[tuple[str, str], int] = {
        (name, step.name): 0 for step in todo for name in step.touches()
    }
    part = repaired.path.with_name(f"{repaired.path.name}.treated.part")
    try:
        _write(part, _batches(repaired, todo, salt, counts), columns, repaired.path)
        part.replace(repaired.path)
    finally:
        part.unlink(missing_ok=True)
    treated = tuple(
        Treated(name, treatment, _kinds(before, name), count)
        for (name, treatment), count in counts.items()
    )
    return replace(repaired, columns=columns), treated


def _kinds(found: tuple[Found, ...], column: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.kind for one in found if one.column == column))


def _batches(
    repaired: Repaired, todo: tuple[Step, ...], salt: SecretStr | None,
    counts: dict[tuple[str, str], int],
) -> Iterator[dict[str, pa.Array]]:  # fmt: skip
    """Batches by column, treated."""
    hidden = {step: _hide(repaired.path, step) for step in todo if step.module.SCOPE == "table"}
    start = 0
    for batch in repaired.open():
        values = {name: batch.column(name) for name in batch.schema.names}
        for step in todo:
            for name in step.touches():
                old = values[name]
                values[name] = (
                    _emptied(old, hidden[step][name], start)
                    if step in hidden
                    else step.module.treat(old, step.options, salt)
                )
                counts[name, step.name] += _differing(old, values[name])
        start += batch.num_rows
        yield values


def _hide(path: Path, step: Step) -> Mapping[str, pa.Array]:
    needed = list(step.module.reads(step.column, step.options))
    found: Mapping[str, pa.Array] = step.module.hide(
        pq.read_table(path, columns=needed), step.column, step.options
    )
    return found


def _emptied(values: pa.Array, hide: pa.Array, start: int) -> pa.Array:
    return pc.if_else(hide.slice(start, len(values)), pa.scalar(None, values.type), values)


def _differing(old: pa.Array, new: pa.Array) -> int:
    same = pc.coalesce(pc.equal(old, new), pc.and_(old.is_null(), new.is_null()))
    return len(old) - int(pc.sum(same).as_py() or 0)


def _write(
    path: Path, batches: Iterator[dict[str, pa.Array]], columns: tuple[str, ...], like: Path
) -> None:
    """The staged table without what was taken away."""
    old = pq.read_schema(like)
    schema = pa.schema([old.field(0), *(old.field(name) for name in columns)])
    with pq.ParquetWriter(path, schema, compression="lz4") as writer:
        for values in batches:
            arrays = [values[field.name] for field in schema]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
