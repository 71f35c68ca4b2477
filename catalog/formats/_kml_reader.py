"""KML read back: placemarks in pieces of some megabytes, taken apart by whole columns.

Where every placemark of a piece is plainly of the shape that one regular expression says, its parts
are cut out with Arrow; any other piece goes to libxml2, which knows all of XML. What surrounds the
placemarks is read by libxml2 in any case. Nothing here is shared with the writer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog.formats._kml_shapes import GEOMETRIES, NAMESPACE, from_kml, wkt_of
from catalog.formats._points import to_points

_TAG = f"{{{NAMESPACE}}}"
_CLOSE = b"</Placemark>"
_PIECE = 4 << 20
#: A placemark longer than this is taken for damage, not for data.
_LONGEST = 1 << 30
_CELL = r'<SimpleData name="[^"<&]*">[^<\r]*</SimpleData>'
_COORDINATES = r"<coordinates>[-0-9.,eE+ ]*</coordinates>"
#: Elements of geometry without attributes; what nests in what is left to the taking apart.
_SHAPE = (
    r"(?:</?(?:LinearRing|(?:inner|outer)BoundaryIs|Polygon|MultiGeometry|Point|LineString)>"
    rf"|{_COORDINATES})*"
)
_PLAIN = (
    r"\A\s*<Placemark>(?:<name>[^<\r]*</name>)?(?:<styleUrl>[^<\r]*</styleUrl>)?<ExtendedData>"
    rf'<SchemaData schemaUrl="[^"<&]*">(?:{_CELL})*</SchemaData></ExtendedData>{_SHAPE}\z'
)
_POINT = ("<Point><coordinates>", ",", "</coordinates></Point>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&#13;", "\r"),
             ("&#10;", "\n"), ("&#9;", "\t"), ("&amp;", "&"))  # fmt: skip
_KNOWN = r"&(?:lt|gt|quot|apos|amp|#13|#10|#9);"

#: Columns of text by name, and the shapes as WKB.
Placemarks = tuple[dict[str, pa.StringArray], pa.Array]


def read(source: IO[bytes], names: list[str]) -> Iterator[Placemarks]:
    """The placemarks of a document, some thousands at a time.

    Args:
        source: the document, UTF-8.
        names: of the ``SimpleData`` wanted.

    Raises:
        ValueError: no KML, or something between placemarks that is none of them.
    """
    head, pieces = _opened(source)
    around = [head]
    for piece, after in pieces:
        around.append(after)
        if piece:
            yield _plain(piece, names) or _any(piece, names)
    _check_around(b"".join(around))


def _opened(source: IO[bytes]) -> tuple[bytes, Iterator[tuple[bytes, bytes]]]:
    """What stands before the first placemark, and pieces of whole ones with what follows."""
    held = b""
    while (at := held.find(b"<Placemark")) < 0:
        more = source.read(_PIECE)
        if not more:
            return b"", iter([(b"", held)])
        held += more
    return held[:at], _pieces(source, held[at:])


def _pieces(source: IO[bytes], held: bytes) -> Iterator[tuple[bytes, bytes]]:
    while more := source.read(_PIECE):
        end = held.rfind(_CLOSE)
        if end >= 0:
            end += len(_CLOSE)
            yield held[:end], b""
            held = held[end:]
        elif len(held) > _LONGEST:
            raise ValueError("a placemark without an end")
        held += more
    end = held.rfind(_CLOSE)
    cut = end + len(_CLOSE) if end >= 0 else 0
    yield held[:cut], held[cut:]


def _check_around(document: bytes) -> None:
    """Whether what surrounds the placemarks is a KML document.

    Raises:
        ValueError: it is not.
    """
    from lxml import etree

    try:
        root = etree.fromstring(document, _parser())
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not KML: {error}") from error
    if root.tag != f"{_TAG}kml":
        raise ValueError(f"not KML 2.2: {root.tag}")


def _parser() -> Any:
    from lxml import etree

    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


# ---- plain pieces


def _plain(piece: bytes, names: list[str]) -> Placemarks | None:
    """The columns of a piece whose placemarks are all of the plain shape, or ``None``."""
    text = pa.array([piece.decode("utf-8")], pa.large_string())
    split = pc.split_pattern(text, "</Placemark>").values
    marks = split.slice(0, len(split) - 1).cast(pa.string())
    if not pc.all(pc.match_substring_regex(marks, _PLAIN)).as_py():
        return None
    if b"&" in piece and pc.any(pc.match_substring_regex(_unknown(marks), "&")).as_py():
        return None
    parts = pc.split_pattern(marks, "</SchemaData></ExtendedData>", max_splits=1).values
    before, shapes = parts.take(_every(parts, 0)), parts.take(_every(parts, 1))
    cells = _cells(before, names)
    return None if cells is None else (cells, _shapes(shapes))


def _unknown(text: pa.StringArray) -> pa.StringArray:
    return pc.replace_substring_regex(text, _KNOWN, "")


def _every(parts: pa.Array, which: int) -> pa.Array:
    """Places of the first or of the second part of each text that was split in two."""
    return pa.array(np.arange(which, len(parts), 2))


def _cells(before: pa.StringArray, names: list[str]) -> dict[str, pa.StringArray] | None:
    """The values of each name; ``None`` where a name stands twice in one placemark."""
    lists = pc.split_pattern(before, '<SimpleData name="')
    rows, parts = pc.list_parent_indices(lists).to_numpy(), lists.values
    first = np.r_[True, rows[1:] != rows[:-1]] if len(rows) else np.zeros(0, bool)
    cells = pc.split_pattern(parts.filter(pa.array(~first)), '">', max_splits=1).values
    keys = pc.dictionary_encode(cells.take(_every(cells, 0)))
    values = _text(cells.take(_every(cells, 1)))
    rows, codes = rows[~first], keys.indices.to_numpy()
    known = keys.dictionary.to_pylist()
    found = {}
    for name in names:
        mine = codes == known.index(name) if name in known else np.zeros(len(codes), bool)
        at = rows[mine]
        if len(at) > 1 and (at[1:] == at[:-1]).any():
            return None
        places = np.full(len(before), -1)
        places[at] = np.nonzero(mine)[0]
        found[name] = values.take(pa.array(places, mask=places < 0))
    return found


def _text(cells: pa.StringArray) -> pa.StringArray:
    """The text of elements, up to their end."""
    text = pc.replace_substring_regex(cells, r"</SimpleData>\z", "")
    if pc.any(pc.match_substring(text, "&")).as_py():
        for entity, letter in _ENTITIES:
            text = pc.replace_substring(text, entity, letter)
    return text


def _shapes(texts: pa.StringArray) -> pa.Array:
    """WKB of geometry elements: points by column, other kinds by libxml2."""
    points = to_points(texts, *_POINT)
    if points is not None:
        return points
    return from_kml([_wkt(text) for text in texts.to_pylist()])


def _wkt(text: str) -> str | None:
    from lxml import etree

    if not text:
        return None
    root = etree.fromstring(f'<g xmlns="{NAMESPACE}">{text}</g>', _parser())
    return next((wkt_of(part) for part in root if part.tag in GEOMETRIES), None)


# ---- pieces of any other shape


def _any(piece: bytes, names: list[str]) -> Placemarks:
    from lxml import etree

    try:
        root = etree.fromstring(b'<g xmlns="%s">' % NAMESPACE.encode() + piece + b"</g>", _parser())
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not KML: {error}") from error
    cells: dict[str, list[str | None]] = {name: [] for name in names}
    wkt: list[str | None] = []
    for placemark in root:
        if placemark.tag != f"{_TAG}Placemark" or (placemark.tail or "").strip():
            raise ValueError(f"no placemark: {placemark.tag}")
        found = {cell.get("name"): cell.text or "" for cell in placemark.iter(f"{_TAG}SimpleData")}
        for name in names:
            cells[name].append(found.get(name))
        wkt.append(next((wkt_of(part) for part in placemark if part.tag in GEOMETRIES), None))
    return {name: pa.array(cells[name], pa.string()) for name in names}, from_kml(wkt)
