"""The bounds that an office declared for its table (``expect``): rows and exact totals."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from catalog.problem import Problem
from catalog.table import Table
from flows.checks import Checked

STAGE = "typed"


def check(table: Checked) -> Iterator[Problem]:
    """Count rows and totals; ``changed`` is held when the release is compared with the last."""
    assert table.typed is not None
    expect = table.spec.expect
    rows = table.typed.rows
    if expect.rows and not expect.rows[0] <= rows <= expect.rows[1]:
        least, most = expect.rows
        yield Problem("expect-rows", value=str(rows), params={"least": least, "most": most})
    for name, wanted in expect.sums.items():
        found = _total(table.typed, name)
        if found != Decimal(str(wanted)):
            yield Problem("expect-sum", field=name, value=str(found), params={"wanted": wanted})


def _total(table: Table, column: str) -> Decimal:
    """The exact sum of a numeric column; each value by its shortest decimal text."""
    total = Decimal(0)
    for batch in table.batches([column]):
        values = pc.drop_null(batch.column(0)).cast(pa.string()).cast(pa.decimal128(38, 9))
        total += pc.sum(values).as_py() or Decimal(0)
    return total.normalize() + 0
