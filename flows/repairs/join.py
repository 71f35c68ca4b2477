"""Several columns as one text: a day, a month and a year, a code in parts.

Changes: adds the column ``to`` with the values of ``columns``, blanks at their ends aside, and
``between`` them. The columns stay (list them under ``ignore`` to leave them out). What the joined
text then means is read by the repairs of ``to``: มกราคม and 2563 become ``มกราคม 2563``, which a
field of type ``yearmonth`` reads as 2020-01.
Refuses: a column that is not there. Where one of the parts is empty, so is the whole: nothing is
made of half a date.
Undone by: leaving the added column out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from flows.repairs import Scope, Tell
from flows.repairs._arrow import EVERY_BLANK, is_blank
from flows.repairs._rows import find, position

SCOPE: Scope = "table"


class Options(BaseModel):
    """What is joined.

    Attributes:
        columns: names, in the order of the text.
        to: name of the added column.
        between: what stands between the parts; a blank by default.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[str, ...] = Field(min_length=2)
    to: str
    between: str = " "


def columns(names: Sequence[str], options: Options) -> tuple[str, ...]:
    """The columns, and the joined one after them.

    Raises:
        Rejected: a part is not there.
    """
    for name in options.columns:
        find(names, name, "join")
    return (*names, *(() if options.to in names else (options.to,)))


def repair(
    batches: Iterator[pa.RecordBatch], options: Options, tell: Tell
) -> Iterator[pa.RecordBatch]:
    """Add the joined column."""
    for batch in batches:
        if options.to in batch.schema.names:
            yield batch
            continue
        parts = [batch.column(name) for name in options.columns]
        joined = _join(parts, options.between)
        made = position(batch).filter(joined.is_valid())
        if len(made):
            tell("rows-joined", made, pc.drop_null(joined)[0].as_py())
        yield batch.append_column(pa.field(options.to, pa.string()), joined)


def _join(parts: list[pa.Array], between: str) -> pa.Array:
    whole = pa.repeat(pa.scalar(True), len(parts[0]))
    for part in parts:
        whole = pc.and_(whole, pc.invert(is_blank(part)))
    bare = [pc.utf8_trim(part, characters=EVERY_BLANK) for part in parts]
    joined = pc.binary_join_element_wise(*bare, between)
    return pc.if_else(whole, joined, pa.scalar(None, pa.string()))
