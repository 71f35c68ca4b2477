"""What Thai source files get wrong, and how it is put right: one module per ailment.

The contract. A module ``flows/repairs/<ailment>.py`` says in its docstring what it changes, what
it refuses to guess, and what undoes it; and has

    Options                      a frozen pydantic model, extra="forbid": what a declaration may say
    SCOPE                        "column" or "table"

and, with scope "column", a pure function over Arrow string arrays that never loops over rows. What
it makes of a value depends on that value alone (and on those beside it), so that the runner may
give it each different value once:

    repair(values, options, decision, *others)
                                           -> array of the same length; a value that has no safe
                                              reading comes back as it was, for the check to name;
                                              the same object where nothing changed, which is free

    survey(column, options)                (optional) -> decision for the whole column, from an
                                              iterator of (positions, values); raises ``Rejected``
                                              where a repair may not guess (eras mixed), with rows
    beside(options)                        (optional) -> names of the other columns that ``repair``
                                              reads as ``others``, as they are before their own
                                              repairs

or, with scope "table", a function over the rows:

    repair(batches, options, tell)         -> iterator of batches; ``tell`` counts what was done
    columns(names, options)                (optional) -> names of columns after it, where it adds
                                              or takes away

Every repair is idempotent and leaves a clean column as it is (property tests hold both). Changes
are counted by the runner, ``flows/repair.py``, by comparing before and after; a column's module
does not count. Columns have their field names by the time repairs see them, and each carries the
source's header label in its Arrow field's metadata (``LABEL``); ``_row`` is untouched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

Scope = Literal["column", "table"]

#: A column as ``survey`` sees it: positions in the source and values, batch by batch; or different
#: values, with the position of the first row and the number of rows of each.
Column = Iterator[tuple[pa.Array, pa.Array] | tuple[pa.Array, pa.Array, pa.Array]]

#: Key of an Arrow field's metadata: the header label that the source has for the column.
LABEL = b"label"


class NoOptions(BaseModel):
    """Options of a repair that has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tell(Protocol):
    """Where a table's repair says what it did."""

    def __call__(
        self, what: str, rows: pa.Array, example: str = "", *, changed: bool = True
    ) -> None:
        """Say it.

        Args:
            what: code of a template in ``catalog/words``.
            rows: positions in the source of the rows meant; their number is the count.
            example: text of the first of them.
            changed: whether the rows were changed or taken out; if not, it is a note.
        """
