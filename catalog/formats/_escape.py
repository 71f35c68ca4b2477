"""Text made safe for XML, JSON and N-Triples, vectorised."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._stream import may_have

#: Characters that XML 1.0 has no way to write (§2.2), beside surrogates, which UTF-8 has not.
ILLEGAL_IN_XML = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]"
#: First bytes of those characters in UTF-8.
ILLEGAL_BYTES = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0xEF])
_CONTROLS = bytes(range(0x20))
_SHORT = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r"}


def xml(text: pa.StringArray) -> pa.StringArray:
    """Character data of XML; a carriage return is a reference, or parsers make it a line feed."""
    return _replaced(text, {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def xml_attribute(text: pa.StringArray) -> pa.StringArray:
    """The value of an XML attribute in double quotes."""
    return _replaced(xml(text), {'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})


def json(text: pa.StringArray) -> pa.StringArray:
    """A JSON string with its quotes (RFC 8259 §7); null stays null."""
    escaped = _replaced(text, {"\\": "\\\\", '"': '\\"'})
    if may_have(text, _CONTROLS):
        escaped = _replaced(escaped, {chr(c): _SHORT.get(chr(c), f"\\u{c:04x}") for c in range(32)})
    return pc.binary_join_element_wise('"', escaped, '"', "")


def ntriples(text: pa.StringArray) -> pa.StringArray:
    """The inside of an N-Triples literal (RDF 1.1 N-Triples §2.4)."""
    return _replaced(text, {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def _replaced(text: pa.StringArray, by: dict[str, str]) -> pa.StringArray:
    for found, written in by.items():
        if may_have(text, found.encode()):
            text = pc.replace_substring(text, pattern=found, replacement=written)
    return text
