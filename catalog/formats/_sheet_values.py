"""What cells of a spreadsheet say, as the values of a canonical table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._sheet_grammar import Column, Columns
from catalog.formats._stream import may_have
from catalog.formats._text import OFFSETS, from_text
from catalog.schema import SchemaField
from catalog.table import Table

#: Gives the text that ``from_text`` wants of values of one kind in a column. Formats have one for
#: each of their kinds, in the order of the kinds' numbers.
Decoder = Callable[[pa.StringArray, SchemaField], pa.StringArray]

_REFERENCES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#9;": "\t",
               "&#10;": "\n", "&#13;": "\r", "&amp;": "&"}  # fmt: skip
_KNOWN = r"&(?:lt|gt|quot|apos|amp|#9|#10|#13);"


def typed(
    found: Iterable[Columns], table: Table, decoders: Mapping[str, Decoder]
) -> Iterator[pa.RecordBatch]:
    """Batches of the canonical table's types.

    Raises:
        ValueError: values that are none of their column's.
    """
    for columns in found:
        pairs = zip(columns, table.schema.fields, strict=True)
        arrays = [_typed(column, field, decoders) for column, field in pairs]
        yield pa.RecordBatch.from_arrays(arrays, schema=table.arrow)


def _typed(column: Column, field: SchemaField, decoders: Mapping[str, Decoder]) -> pa.Array:
    text, kinds = column.text, np.unique(column.kinds[column.kinds >= 0])
    by_number = list(decoders.values())
    if len(kinds) == 1:
        text = by_number[kinds[0]](text, field)
    for kind in kinds if len(kinds) > 1 else ():
        mine = pa.array(column.kinds == kind)
        text = pc.replace_with_mask(text, mine, by_number[kind](column.text.filter(mine), field))
    if field.type == "datetime" and field.timezone:
        text = pc.binary_join_element_wise(text, OFFSETS[field.timezone], "")
    return from_text(text, field)


def plain(text: pa.StringArray, field: SchemaField) -> pa.StringArray:
    """Values that stand as they are."""
    return text


def number(text: pa.StringArray, field: SchemaField) -> pa.StringArray:
    """Numbers; a whole one may be written with a point or an exponent."""
    if field.type not in ("integer", "year", "number"):
        raise ValueError(f"a number in {field.name}")
    if field.type == "number" or not may_have(text, b".eE"):
        return text
    return text.cast(pa.float64()).cast(pa.int64()).cast(pa.string())


def unescaped(text: pa.StringArray) -> tuple[pa.StringArray, pa.BooleanArray | None]:
    """Character data without its references, and where there are some that are not known."""
    if not may_have(text, b"&"):
        return text, None
    rest = pc.replace_substring_regex(text, _KNOWN, "")
    odd = pc.match_substring(rest, "&")
    for written, meant in _REFERENCES.items():
        text = pc.replace_substring(text, written, meant)
    return text, odd
