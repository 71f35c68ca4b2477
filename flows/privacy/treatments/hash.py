"""Each value becomes a code that is the same for the same value: HMAC-SHA256 with a secret salt.

For data that has to be linked without the numbers. Whoever has the salt can find every person
again, so the result is **still personal data by law** (PDPA; pseudonymous, never anonymous), and
the report says so: the column needs a basis to be published, or belongs in data that is shared, not
open. The salt stands in ``SAMDAO_SALT`` and nowhere else; without it nothing is hashed. Blanks
around a value and Thai digits do not count, nor do blanks and dashes inside a number.
"""

from __future__ import annotations

import hmac
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from catalog.schema import SchemaField
from flows.privacy.treatments._fields import retyped
from flows.privacy.words import GAP, western

SCOPE: Literal["column", "table"] = "column"
KEYED = True


class Options(BaseModel):
    """The code.

    Attributes:
        length: hexadecimal digits of a code; 16 are enough for a thousand million people.
        purpose: a word that makes codes of this data differ from those of any other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    length: int = Field(default=32, ge=16, le=64, description="hexadecimal digits of a code")
    purpose: str = Field(default="", description="makes codes differ from those of other data")


def field(field: SchemaField, options: Options) -> SchemaField | None:
    """Text."""
    return retyped(field, "string")


def treat(values: pa.Array, options: Options, salt: SecretStr | None) -> pa.Array:
    """Codes for values; each distinct value is hashed once."""
    assert salt is not None, "a run without the salt is refused before"
    key = hmac.digest(salt.get_secret_value().encode(), options.purpose.encode(), "sha256")
    seen = _plain(values).dictionary_encode()
    codes = [
        hmac.digest(key, value.encode(), "sha256").hex()[: options.length]
        for value in seen.dictionary.to_pylist()
    ]
    found = pa.array(codes, pa.string()).take(seen.indices)
    return pc.if_else(pc.equal(_plain(values), ""), pa.scalar(None, pa.string()), found)


def _plain(values: pa.Array) -> pa.Array:
    """Values as they are hashed."""
    text = pc.utf8_trim_whitespace(western(values))
    number = pc.match_substring_regex(text, rf"^[0-9+](?:{GAP}|[0-9])*$")
    return pc.if_else(number, pc.replace_substring_regex(text, GAP, ""), text)
