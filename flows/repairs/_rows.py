"""What the repairs of whole tables share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Problem, Rejected
from catalog.registry import nearest
from flows.repairs import LABEL, Tell
from flows.repairs._arrow import BLANKS, is_blank, is_text, matches, plain, western_digits
from flows.sources import POSITION

MaskOf: TypeAlias = Callable[[pa.RecordBatch], pa.Array]
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
#: Most texts are no number at their first letter, which is quick to see.
_BEGINS_AS_NUMBER = f"^[{BLANKS}]*-?[0-9๐-๙]"
_SHOWN = 200


def position(batch: pa.RecordBatch) -> pa.Array:
    """Where each row stood in the source."""
    return batch.column(POSITION)


def text_columns(batch: pa.RecordBatch) -> list[str]:
    """Names of the columns that hold text."""
    return [field.name for field in batch.schema if is_text(field.type)]


def labels(schema: pa.Schema) -> dict[str, str]:
    """The source's header label of each column, by name."""
    return {
        field.name: (field.metadata or {}).get(LABEL, field.name.encode()).decode()
        for field in schema
    }


def find(names: Sequence[str], wanted: str, repair: str) -> str:
    """A column by its name or by the label it has where it is not a field.

    Raises:
        Rejected: there is none; names the nearest.
    """
    if wanted in names:
        return wanted
    params = {"nearest": nearest(wanted, list(names)) or "—"}
    raise Rejected(Problem("repair-column", field=wanted, value=repair, params=params))


def without(
    batches: Iterator[pa.RecordBatch], mask_of: MaskOf, tell: Tell, what: str
) -> Iterator[pa.RecordBatch]:
    """The rows that a mask does not mark; the others are told."""
    for batch in batches:
        mask = mask_of(batch)
        if not pc.any(mask).as_py():
            yield batch
            continue
        gone = batch.filter(mask)
        tell(what, position(gone), shown(gone))
        if gone.num_rows < batch.num_rows:
            yield batch.filter(pc.invert(mask))


def shown(batch: pa.RecordBatch) -> str:
    """The first row as a person would read it."""
    cells = (batch.column(name)[0].as_py() for name in text_columns(batch))
    return " | ".join(cell.strip() for cell in cells if cell and cell.strip())[:_SHOWN]


def blank_rows(batch: pa.RecordBatch) -> pa.Array:
    """Which rows have nothing in any column."""
    mask = pa.repeat(pa.scalar(True), batch.num_rows)
    for field in batch.schema:
        if field.name == POSITION:
            continue
        column = batch.column(field.name)
        mask = pc.and_(mask, is_blank(column) if is_text(field.type) else column.is_null())
        if not pc.any(mask).as_py():
            break
    return mask


def add_up(values: pa.Array) -> float | None:
    """The sum of the cells that are numbers; ``None`` where none is."""
    clean = matches(values, _NUMBER)
    rest = values.filter(pc.invert(clean))
    written = read_numbers(rest.filter(matches(rest, _BEGINS_AS_NUMBER)))
    sums = [pc.sum(values.filter(clean).cast(pa.float64())).as_py(), pc.sum(written).as_py()]
    return None if sums == [None, None] else sum(found or 0.0 for found in sums)


def read_numbers(values: pa.Array) -> pa.Array:
    """Numbers (float64) of cells, Thai digits and commas allowed; null where there is none."""
    bare = pc.replace_substring(western_digits(plain(values)), ",", "")
    return pc.if_else(matches(bare, _NUMBER), bare, None).cast(pa.float64())
