"""A column is copied before its values are repaired."""

from __future__ import annotations

import pyarrow as pa
import pytest

from catalog.problem import Rejected
from flows.repairs import copy

OPTIONS = copy.Options(columns={"province_code": "province"})
ROWS = pa.record_batch({"_row": [2, 3], "province": ["นครพนม", None]})


def told(*_: object, **__: object) -> None:
    raise AssertionError("a copy changes no value")


def test_copy_stands_after_the_columns_of_the_source() -> None:
    (batch,) = copy.repair(iter([ROWS]), OPTIONS, told)

    assert copy.columns(("province",), OPTIONS) == ("province", "province_code")
    assert batch.to_pydict() == {
        "_row": [2, 3], "province": ["นครพนม", None], "province_code": ["นครพนม", None],
    }  # fmt: skip


def test_copying_twice_is_copying_once() -> None:
    once = list(copy.repair(iter([ROWS]), OPTIONS, told))

    assert list(copy.repair(iter(once), OPTIONS, told)) == once
    assert copy.columns(("province", "province_code"), OPTIONS) == ("province", "province_code")


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(Rejected):
        copy.columns(("district",), OPTIONS)
