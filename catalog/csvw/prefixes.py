"""Names of common properties: terms and prefixed names as absolute IRIs.

The prefixes are those of the RDFa 1.1 initial context, which the standard builds in; CSVW's own
terms need none.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

CSVW = "http://www.w3.org/ns/csvw#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
#: Terms of the CSVW namespace that stand without a prefix.
TERMS = frozenset({
    "Cell", "Column", "Datatype", "Dialect", "Direction", "ForeignKey", "Row", "Schema", "Table",
    "TableGroup", "TableReference", "Transformation",
})  # fmt: skip


@cache
def prefixes() -> Mapping[str, str]:
    """Prefix to namespace."""
    source = files("catalog") / "data" / "rdfa_prefixes.yaml"
    loaded: Mapping[str, str] = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader)
    return loaded


def absolute(name: str) -> str | None:
    """The IRI that a property or type name stands for; ``None`` where it is no such name."""
    if name in TERMS:
        return CSVW + name
    prefix, colon, local = name.partition(":")
    if not colon or prefix == "_":
        return None
    if prefix in prefixes() and not local.startswith("//"):
        return prefixes()[prefix] + local
    return name if prefix in ("http", "https", "urn", "mailto") else None
