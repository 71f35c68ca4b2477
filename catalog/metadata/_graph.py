"""Small RDF graphs, such as describe a dataset or a row, and their syntaxes.

Statements are written in the order in which they were made, so that the same description is the
same bytes and reads from the dataset down to its files. Oxigraph writes Turtle, N-Triples and
RDF/XML (its parser is what certifies our RDF files; rdflib takes a hundred times as long, most of
it for sorting); JSON-LD is put together here, because Oxigraph writes it only in expanded form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from catalog.spec import Words

Value = NamedNode | Literal
_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_THAI = re.compile(r"[\u0e00-\u0e7f]")


class Graph:
    """Statements in their order, each once, without blank nodes.

    Args:
        prefixes: prefix to namespace, for names that are given and for what is written.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes
        self._said: dict[str, dict[str, dict[Value, None]]] = {}

    @classmethod
    def parse(cls, data: bytes, media_type: str, prefixes: Mapping[str, str]) -> Graph:
        """Read a graph.

        Args:
            data: the document.
            media_type: of its syntax.
            prefixes: as for a new graph.

        Raises:
            ValueError: a blank node.
        """
        form = RdfFormat.from_media_type(media_type)
        assert form is not None
        graph = cls(prefixes)
        for quad in parse(data, format=form):
            subject, value = quad.subject, quad.object
            if not isinstance(subject, NamedNode) or isinstance(value, BlankNode | Triple):
                raise ValueError("a node without a name")
            graph.add(subject.value, quad.predicate.value, value)
        return graph

    def add(self, subject: str, predicate: str, *values: Value) -> None:
        """Say something of a thing.

        Args:
            subject: IRI of the thing.
            predicate: IRI or prefixed name of the property.
            values: its values.
        """
        said = self._said.setdefault(subject, {})
        if values:
            said.setdefault(self.iri(predicate), {}).update(dict.fromkeys(values))

    def node(self, uri: str, *kinds: str) -> Node:
        """A thing to say something of, of these classes."""
        self.add(uri, _RDF_TYPE, *(NamedNode(self.iri(kind)) for kind in kinds))
        return Node(self, uri)

    def iri(self, name: str) -> str:
        """The IRI of a prefixed name; an IRI as it is."""
        prefix, _, local = name.partition(":")
        return self.prefixes[prefix] + local if prefix in self.prefixes else name

    def triples(self) -> Iterator[Triple]:
        """Every statement, in order."""
        for subject, said in self._said.items():
            for predicate, values in said.items():
                for value in values:
                    yield Triple(NamedNode(subject), NamedNode(predicate), value)

    def serialize(self, media_type: str) -> bytes:
        """The graph in a syntax.

        Args:
            media_type: of the syntax: Turtle, N-Triples, RDF/XML or JSON-LD.
        """
        form = RdfFormat.from_media_type(media_type)
        assert form is not None
        if form == RdfFormat.JSON_LD:
            return self._json_ld()
        used = self._used() if form != RdfFormat.N_TRIPLES else None
        written = serialize(self.triples(), format=form, prefixes=used)
        assert written is not None
        return written

    def _used(self) -> dict[str, str]:
        """Prefixes that something in the graph begins with, sorted."""
        names = {
            name
            for triple in self.triples()
            for name in (triple.predicate.value, *_names(triple.object))
        }
        return {
            prefix: space
            for prefix, space in sorted(self.prefixes.items())
            if any(name.startswith(space) for name in names)
        }

    def _json_ld(self) -> bytes:
        from catalog.release import json_bytes

        nodes = [
            {"@id": subject}
            | {self._key(name): self._values(name, values) for name, values in said.items()}
            for subject, said in self._said.items()
        ]
        return json_bytes({"@context": self._used(), "@graph": nodes})

    def _key(self, predicate: str) -> str:
        return "@type" if predicate == _RDF_TYPE else self._short(predicate)

    def _values(self, predicate: str, values: Iterable[Value]) -> Any:
        """One value as it is, several as an array."""
        if predicate == _RDF_TYPE:
            found: list[Any] = [self._short(value.value) for value in values]
        else:
            found = [self._value(value) for value in values]
        return found[0] if len(found) == 1 else found

    def _value(self, value: Value) -> Any:
        if isinstance(value, NamedNode):
            return {"@id": value.value}
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if value.datatype.value == _XSD_STRING:
            return value.value
        return {"@value": value.value, "@type": self._short(value.datatype.value)}

    def _short(self, iri: str) -> str:
        """A prefixed name, where a prefix fits."""
        for prefix, space in self.prefixes.items():
            local = iri.removeprefix(space)
            if local != iri and _LOCAL.match(local):
                return f"{prefix}:{local}"
        return iri


def _names(value: Any) -> Iterator[str]:
    """IRIs that a syntax may shorten in a value."""
    if isinstance(value, NamedNode):
        yield value.value
    elif isinstance(value, Literal):
        yield value.datatype.value


class Node:
    """A thing in a graph.

    Args:
        graph: where it is described.
        uri: its IRI.
    """

    def __init__(self, graph: Graph, uri: str) -> None:
        self.graph = graph
        self.uri = uri

    def add(self, predicate: str, *values: Value | Node) -> Node:
        """Say something of it; gives itself back."""
        plain = (NamedNode(value.uri) if isinstance(value, Node) else value for value in values)
        self.graph.add(self.uri, predicate, *plain)
        return self

    def link(self, predicate: str, *uris: str) -> Node:
        """Say how it stands to other things."""
        self.graph.add(self.uri, predicate, *(NamedNode(uri) for uri in uris))
        return self

    def words(self, predicate: str, *words: Words | None) -> Node:
        """Say something in Thai and, where there is one, English."""
        for said in words:
            if said:
                self.add(
                    predicate, text(said.th, "th"), *([text(said.en, "en")] if said.en else [])
                )
        return self

    def typed(self, predicate: str, value: str, datatype: str) -> Node:
        """Say something by a typed literal."""
        kind = NamedNode(self.graph.iri(datatype))
        self.graph.add(self.uri, predicate, Literal(value, datatype=kind))
        return self


def text(words: str, lang: str | None = None) -> Literal:
    """A text, in a language where it has one."""
    return Literal(words, language=lang) if lang else Literal(words)


def language_of(word: str) -> str:
    """Language of a keyword, for which declarations have no place: Thai if it has Thai letters."""
    return "th" if _THAI.search(word) else "en"
