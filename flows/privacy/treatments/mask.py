"""Values are covered as in reports: ``1-xxxx-xxxxx-12-x``, ``08x-xxx-xx78``, ``ส****``.

What is found in a value (numbers, mailboxes) is covered and the rest stays; a value in which
nothing is found keeps its first letter. With ``whole``, every value keeps its first letter only:
for names, and for texts in which names stand. It cannot be undone; whoever knows much of a person
may still know them again.
"""

from __future__ import annotations

from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from catalog.registry import names, variant
from catalog.schema import SchemaField
from flows.privacy.cover import covered, starred
from flows.privacy.treatments._fields import retyped

SCOPE: Literal["column", "table"] = "column"
KEYED = False
_KINDS = "flows.privacy.kinds"
_PARTS = ("citizen_id", "email", "phone")


class Options(BaseModel):
    """How much is covered.

    Attributes:
        whole: keep only the first letter of every value.
        kind: cover as this kind of personal data is covered, beside numbers and mailboxes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    whole: bool = Field(default=False, description="keep only the first letter of every value")
    kind: Literal["passport", "plate", "bank_account", "birth_date", "address"] | None = Field(
        default=None, description="cover as this kind of personal data is covered"
    )


def field(field: SchemaField, options: Options) -> SchemaField | None:
    """Text."""
    return retyped(field, "string")


def treat(values: pa.Array, options: Options, salt: SecretStr | None) -> pa.Array:
    """Cover values; empty ones stay empty."""
    assert options.kind is None or options.kind in names(_KINDS)
    if options.whole:
        return _keep_blanks(values, starred(values))
    kinds = ([options.kind] if options.kind else []) + list(_PARTS)
    parts = covered(values, tuple(pair for kind in kinds for pair in variant(_KINDS, kind).COVER))
    hidden = pc.if_else(pc.equal(parts, values), starred(values), parts)
    return _keep_blanks(values, hidden)


def _keep_blanks(values: pa.Array, hidden: pa.Array) -> pa.Array:
    """What has no letter and no digit (blanks, dashes) tells of nobody."""
    return pc.if_else(pc.match_substring_regex(values, r"[\pL\pN]"), hidden, values)
