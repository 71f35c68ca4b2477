"""The column is taken away: neither values nor header are published.

A column of the primary key cannot be; foreign keys that name it go with it.
"""

from __future__ import annotations

from typing import Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, SecretStr

from catalog.schema import SchemaField

SCOPE: Literal["column", "table"] = "column"
KEYED = False


class Options(BaseModel):
    """None."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def field(field: SchemaField, options: Options) -> SchemaField | None:
    """Nothing of it is left."""
    return None


def treat(values: pa.Array, options: Options, salt: SecretStr | None) -> pa.Array:
    """Empty values, in the one place where they are still counted."""
    return pa.nulls(len(values), values.type)
