"""IRIs of rows: of a table's own, and of those that its foreign keys point to.

A foreign key can be a link where its fields are the whole primary key of a table of the same
dataset, of the same types, and of types whose values have one spelling in addresses
(``names.row_key``). Keys into other datasets stay literals: a file knows only its own dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

from catalog.cast import plain
from catalog.formats._stream import rows
from catalog.formats._text import to_text
from catalog.schema import ForeignKey, SchemaField, TableSchema

Schemas = Mapping[str, TableSchema]
_LINKING = frozenset({"string", "any", "integer", "date", "yearmonth"})


@dataclass(frozen=True, slots=True)
class Several:
    """A foreign key of several fields.

    Attributes:
        predicate: IRI of the property that links to the row.
        target: what the IRIs of the other table's rows begin with.
        fields: in the order of the other table's primary key.
    """

    predicate: str
    target: str
    fields: tuple[str, ...]


def row_start(table_uri: str, table: str | None = None) -> str:
    """What the IRIs of the rows of a table, or of another one of its dataset, begin with."""
    start, _, office, dataset, _, name = table_uri.rsplit("/", 5)
    return f"{start}/id/{office}/{dataset}/{table or name}/"


def targets(schema: TableSchema, table_uri: str) -> dict[str, str]:
    """Fields that can link to a row by themselves, and what that row's IRI begins with."""
    return {
        key.fields[0]: row_start(table_uri, key.reference.resource or None)
        for key in schema.foreign_keys
        if len(key.fields) == 1 and _here(key) and schema.by_name[key.fields[0]].type in _LINKING
    }


def usable(schema: TableSchema, table_uri: str, schemas: Schemas) -> set[str]:
    """The fields of ``targets`` whose other table is known to have that key."""
    return {
        key.fields[0]
        for key in schema.foreign_keys
        if key.fields[0] in targets(schema, table_uri)
        and len(key.fields) == 1
        and _ordered(key, schema, schemas)
    }


def several(schema: TableSchema, table_uri: str, schemas: Schemas) -> Iterator[Several]:
    """Foreign keys of several fields that name a row of a known table."""
    for predicate, key in several_named(schema, table_uri):
        fields = _ordered(key, schema, schemas)
        if fields:
            target = row_start(table_uri, key.reference.resource or None)
            yield Several(predicate, target, fields)


def several_named(schema: TableSchema, table_uri: str) -> Iterator[tuple[str, ForeignKey]]:
    """Foreign keys of several fields into the same dataset, and the property of each."""
    taken = set(schema.names)
    for key in schema.foreign_keys:
        if len(key.fields) < 2 or not _here(key):
            continue
        name = key.reference.resource or "row"
        while name in taken:
            name += "_row"
        taken.add(name)
        yield f"{table_uri}#{name}", key


def _here(key: ForeignKey) -> bool:
    """Whether the other table is one of the same dataset."""
    return "/" not in key.reference.resource


def _ordered(key: ForeignKey, schema: TableSchema, schemas: Schemas) -> tuple[str, ...] | None:
    """The key's fields in the order of the other table's primary key, if they are all of it."""
    resource = key.reference.resource
    other = schemas.get(resource) if resource else schema
    if not _here(key) or other is None or not other.primary_key:
        return None
    if set(other.primary_key) != set(key.reference.fields):
        return None
    here = dict(zip(key.reference.fields, key.fields, strict=True))
    for theirs, mine in here.items():
        kinds = {other.by_name[theirs].type, schema.by_name[mine].type}
        if (
            not kinds <= _LINKING
            or len(kinds - {"string", "any"}) + bool(kinds & {"string", "any"}) > 1
        ):
            return None
    return tuple(here[name] for name in other.primary_key)


def joined_keys(
    base: str, keys: Sequence[tuple[pa.Array, SchemaField]], null: str | None = None
) -> pa.StringArray:
    """IRIs of rows by the values of their key.

    Args:
        base: what the IRIs begin with.
        keys: columns and fields, in the order of the key.
        null: what stands for no value; without it there is no IRI where a value is missing.
    """
    texts = [_segment(encoded(_key_text(*key))) for key in keys]
    if null is not None:
        texts = [pc.fill_null(text, null) for text in texts]
    between = [piece for text in texts for piece in (",", text)][1:]
    return rows(base, *between)


def _segment(text: pa.StringArray) -> pa.StringArray:
    """``.`` and ``..`` are no path segments (``names.row_key``); other dots stand as they are."""
    if not pc.any(pc.is_in(text, pa.array([".", ".."]))).as_py():
        return text
    dots = pc.replace_substring(text, ".", "%2E")
    return pc.if_else(pc.is_in(text, pa.array([".", ".."])), dots, text)


def _key_text(column: pa.Array, field: SchemaField) -> pa.StringArray:
    """Keys as addresses spell them: as ``catalog.cast.plain``, vectorised where it can be."""
    if pa.types.is_string(column.type):
        return column
    if field.type in ("integer", "boolean", "date"):
        return to_text(column, field)
    return pa.array([plain(value) for value in column.to_pylist()], pa.string())


def encoded(text: pa.StringArray) -> pa.StringArray:
    """Percent-encoded but for unreserved characters (RFC 3986 §2.3); null stays null."""
    bare = pc.match_substring_regex(text, pattern=r"\A[A-Za-z0-9_.~-]*\z")
    if pc.all(pc.fill_null(bare, True)).as_py():
        return text
    whole = pc.dictionary_encode(text)
    distinct = [quote(value, safe="") for value in whole.dictionary.to_pylist()]
    return pa.array(distinct, pa.string()).take(whole.indices)
