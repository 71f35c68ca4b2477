"""Words and marks for yes and no as true and false.

Changes: ใช่ and ไม่ใช่, มี and ไม่มี, ผ่าน and ไม่ผ่าน, Yes and No → ``true`` and ``false`` (Table Schema's
own words); pairs stand in ``flows/data/yes_no.yaml``, capitals and blanks aside.
Refuses to guess: a pair counts only if the column has no words of another pair, and no other text:
มี beside ใช่ may be two questions in one column, and มี beside a number is no truth. Then every cell
stays as it is, for the check to name. Crosses and empty cells say nothing (``ticks`` can be told).
Undone by: nothing; which words stood there is only in the evidence.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from flows.repairs import Column, Scope
from flows.repairs._arrow import is_blank, load, plain

SCOPE: Scope = "column"
_READ = ("true", "false")


class Options(BaseModel):
    """Which words mean what, where the column cannot tell.

    Attributes:
        true: words for true; both lists stand instead of the usual pairs.
        false: words for false.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()


def survey(column: Column, options: Options) -> int | None:
    """Which pair of words the column is written in, by place in the list; ``None`` for no one."""
    pairs = _pairs(options)
    fit = set(range(len(pairs)))
    for _, values, *_ in column:
        texts = pc.unique(values)
        cells = pc.utf8_lower(plain(texts.filter(pc.invert(is_blank(texts)))))
        fit = {
            place
            for place in fit
            if pc.all(pc.is_in(cells, _known(pairs[place]))).as_py() is not False
        }
        if not fit:
            return None
    return min(fit)


def repair(values: pa.Array, options: Options, decision: int | None = None) -> pa.Array:
    """Write true and false."""
    if decision is None:
        return values
    yes, no = _pairs(options)[decision]
    words = pc.utf8_lower(plain(pa.array([*yes, *no], pa.string())))
    meaning = pa.array(["true"] * len(yes) + ["false"] * len(no), pa.string())
    read = meaning.take(pc.index_in(pc.utf8_lower(plain(values)), words))
    return values if read.null_count == len(values) else pc.coalesce(read, values)


def _pairs(options: Options) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    if options.true or options.false:
        return [(options.true, options.false)]
    return [(tuple(pair["true"]), tuple(pair["false"])) for pair in load("yes_no")["pairs"]]


def _known(pair: tuple[tuple[str, ...], tuple[str, ...]]) -> pa.Array:
    """Words of a pair, and what they become."""
    words = [*pair[0], *pair[1], *_READ]
    return pc.utf8_lower(plain(pa.array(words, pa.string())))
