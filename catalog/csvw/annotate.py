"""What is said of tables and groups, as RDF (Generating RDF §«Interpreting JSON-LD»)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from catalog.csvw.prefixes import CSVW, RDF, XSD, absolute

A = ox.NamedNode(RDF + "type")
Node = ox.NamedNode | ox.BlankNode


def annotated(node: Node, common: Mapping[str, Any], notes: Sequence[Any]) -> Iterator[ox.Triple]:
    """Common properties and notes of a node."""
    for name, value in common.items():
        yield from _property(node, ox.NamedNode(absolute(name) or name), value)
    for note in notes:
        yield from _property(node, csvw("note"), note)


def _property(subject: Node, predicate: ox.NamedNode, value: Any) -> Iterator[ox.Triple]:
    """A normalised common property as triples (§«Interpreting JSON-LD»)."""
    if isinstance(value, list):
        for item in value:
            yield from _property(subject, predicate, item)
        return
    if not isinstance(value, Mapping):
        yield ox.Triple(subject, predicate, _plain(value))
        return
    if "@value" in value:
        yield ox.Triple(subject, predicate, _tagged(value))
        return
    node = node_of(value.get("@id"))
    yield ox.Triple(subject, predicate, node)
    types = value.get("@type", [])
    for type_ in types if isinstance(types, list) else [types]:
        yield ox.Triple(node, A, ox.NamedNode(absolute(type_) or type_))
    for name, inner in value.items():
        if not name.startswith("@"):
            yield from _property(node, ox.NamedNode(absolute(name) or name), inner)


def _plain(value: Any) -> ox.Literal:
    if isinstance(value, bool):
        return ox.Literal(str(value).lower(), datatype=ox.NamedNode(XSD + "boolean"))
    if isinstance(value, int):
        return ox.Literal(str(value), datatype=ox.NamedNode(XSD + "integer"))
    if isinstance(value, float):
        return ox.Literal(repr(value), datatype=ox.NamedNode(XSD + "double"))
    return ox.Literal(str(value))


def _tagged(value: Mapping[str, Any]) -> ox.Literal:
    inner = value["@value"]
    text = inner if isinstance(inner, str) else json.dumps(inner)
    if "@language" in value:
        return ox.Literal(text, language=value["@language"])
    type_ = value.get("@type")
    if type_ is None:
        return _plain(inner)
    return ox.Literal(text, datatype=ox.NamedNode(absolute(type_) or XSD + type_))


def node_of(id: str | None) -> Node:
    """The node of an address, or a new blank one."""
    return ox.NamedNode(id) if id is not None else ox.BlankNode()


def csvw(name: str) -> ox.NamedNode:
    """A term of the CSVW vocabulary."""
    return ox.NamedNode(CSVW + name)
