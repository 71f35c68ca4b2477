"""KML as a stream of placemarks: what each says, and the texts of its coordinates.

One pass with expat, which calls back at each start and end: memory holds the placemarks of one
chunk, and no tree is built (building one took four times as long). Nothing outside of the file is
ever opened: a document type, and with it every entity, is refused, and a link to another file too.
Names are taken as written: many files use ``gx:`` without saying what it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from catalog.problem import Problem, Rejected

#: Namespaces of KML 2.0 to 2.3 (2.3 kept 2.2's), and the absence of one, which old files have.
_NAMESPACE = re.compile(
    r"(https?://(www\.opengis\.net|earth\.google\.com|schemas\.opengis\.net)/kml(/2\.[0-3])?|)/?\Z"
)
_CONTAINERS = frozenset({"kml", "Document", "Folder"})
_ROOTS = _CONTAINERS | {"Placemark"}
#: All facts there may be, in the order of their columns.
FACTS: Mapping[str, None] = dict.fromkeys(
    ("name", "description", "folder", "address", "phoneNumber", "when", "begin", "end")
)
_TIMES = {"when": "TimeStamp", "begin": "TimeSpan", "end": "TimeSpan"}
#: What a placemark looks like, which is no data; the rest is listed where it is left out.
_LOOKS = frozenset(
    {"styleUrl", "Style", "StyleMap", "visibility", "open", "LookAt", "Camera", "Region",
     "Snippet", "snippet", "Metadata", "atom:author", "atom:link", "gx:balloonVisibility"}
)  # fmt: skip
_LINES = frozenset({"Point", "LineString", "LinearRing"})
_SHAPES = _LINES | {"Polygon", "MultiGeometry"}
_BOUNDARIES = frozenset({"outerBoundaryIs", "innerBoundaryIs"})
#: Features that are no placemarks.
_OTHERS = frozenset({"GroundOverlay", "ScreenOverlay", "PhotoOverlay", "gx:Tour"})
#: What may stand in each element that is data; anything else is left out, and counted.
_INSIDE = {
    "Placemark": frozenset(FACTS) | _LOOKS | _SHAPES | set(_TIMES.values()) | {"ExtendedData"},
    "MultiGeometry": _SHAPES, "ExtendedData": frozenset({"Data", "SchemaData"}),
    "SchemaData": frozenset({"SimpleData"}),
}  # fmt: skip
_TEXTS = frozenset({"name", "description", "address", "phoneNumber", "when", "begin", "end",
                    "value", "SimpleData", "coordinates", "href"})  # fmt: skip
_DEEPEST = 200
#: Greatest length of one text (an outline's coordinates), characters.
_LONGEST = 64 << 20


@dataclass(slots=True)
class Placemark:
    """A placemark.

    Attributes:
        facts: the element's name to its text, and ``folder`` to the names of folders around it.
        data: extended data, name to value.
        parts: its simple geometries: kind, and the texts of coordinates (a polygon's rings, the
            outer one first).
        several: whether they stand in a MultiGeometry.
    """

    facts: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    parts: list[tuple[str, list[str]]] = field(default_factory=list)
    several: bool = False


def placemarks(chunks: Iterable[bytes | str], left_out: Counter[str]) -> Iterator[Placemark]:
    """Placemarks in the order of the file.

    Args:
        chunks: the KML: bytes, whose encoding its first line says, or text.
        left_out: counts what is no table's: overlays, Google's own elements.

    Raises:
        Rejected: not XML, not KML, a document type, or a link to another file.
    """
    from xml.parsers import expat

    reader = _Reader(left_out)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.letters
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield from reader.take()
        parser.Parse(b"", True)
        yield from reader.take()
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        raise _invalid(f"{said}: {error.lineno}:{error.offset + 1}", error.lineno) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise _invalid(str(error)[:100]) from error


def _invalid(reason: str, line: int | None = None) -> Rejected:
    return Rejected(Problem("kml-invalid", row=line, params={"reason": reason}))


class _Reader:
    """What expat calls: keeps the names of the elements around, and the text of the innermost."""

    def __init__(self, left_out: Counter[str]) -> None:
        self._left_out = left_out
        self._around: list[str] = []
        self._names: dict[str, str] = {}
        self._prefix = ""
        self._text: list[str] | None = None
        self._inside = self._length = self._row = 0
        self._folders: list[str] = []
        self._path = self._label = ""
        self._rings: list[str] = []
        self._outer = self._shapes = 0
        self._valued = self._marked = False
        self._mark = Placemark()
        self._done: list[Placemark] = []
        self._ends: dict[str, Callable[[str, str], None]] = {
            "Placemark": self._placemark, "Polygon": self._polygon, "Data": self._data,
            "value": self._value, "SimpleData": self._simple, "coordinates": self._coordinates,
            "href": self._href, "NetworkLink": self._href, "Folder": self._folder,
            **dict.fromkeys(FACTS, self._fact),
        }  # fmt: skip

    def take(self) -> list[Placemark]:
        """The placemarks that are complete."""
        done, self._done = self._done, []
        return done

    def doctype(self, *_: object) -> None:
        """A document type brings entities: nobody's KML has one."""
        raise _invalid("<!DOCTYPE>")

    def letters(self, text: str) -> None:
        """Text, wherever it stands."""
        if self._text is not None:
            self._text.append(text)
            self._length += len(text)
            if self._length > _LONGEST:
                raise _invalid(f"> {_LONGEST:,}")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        around = self._around
        if not around:
            self._root(tag, attributes)
        name = self._names.get(tag) or self._local(tag)
        parent = around[-1] if around else ""
        around.append(name)
        if self._text is not None:  # HTML that was not escaped: only its text counts
            self._inside += 1
            return
        if name in _TEXTS:
            self._text, self._inside, self._length = [], 0, 0
            if name == "SimpleData":
                self._label = attributes.get("name", "")
            return
        if len(around) > _DEEPEST:
            raise _invalid(f"<{name}> > {_DEEPEST}")
        self._element(name, parent, attributes)

    def _element(self, name: str, parent: str, attributes: dict[str, str]) -> None:
        known = _INSIDE.get(parent) if self._marked else None
        if known is not None and name not in known:
            self._left_out[name] += 1
        elif name == "Data":
            self._label, self._valued = attributes.get("name", ""), False
        elif name in _SHAPES and parent == "Placemark":
            self._shapes += 1
            self._mark.several = name == "MultiGeometry"
        elif name == "Folder":
            self._folders.append("")
            self._path = " / ".join(filter(None, self._folders))
        elif parent in _CONTAINERS or not parent:
            self._feature(name, attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        name = self._around.pop()
        if self._inside:
            self._inside -= 1
            return
        text = ""
        if self._text is not None:
            text, self._text = "".join(self._text), None
        ended = self._ends.get(name)
        if ended is not None:
            ended(name, text)

    def _root(self, tag: str, attributes: dict[str, str]) -> None:
        prefix, _, name = tag.rpartition(":")
        namespace = attributes.get(f"xmlns:{prefix}" if prefix else "xmlns", "")
        if name not in _ROOTS or not _NAMESPACE.match(namespace):
            found = f"XML ({tag}, {namespace or '—'})"[:100]
            raise Rejected(Problem("source-wrong-kind", params={"kind": "KML", "found": found}))
        self._prefix = prefix

    def _local(self, tag: str) -> str:
        """A name without the root's prefix; another's stays with its own."""
        prefix, _, name = tag.rpartition(":")
        return self._names.setdefault(tag, name if prefix in ("", self._prefix, "kml") else tag)

    def _feature(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Schema" and "parent" in attributes:
            raise _invalid(f'<Schema parent="{attributes["parent"]}"> (KML 2.0)')
        self._marked = name == "Placemark"
        if name in _OTHERS:
            self._left_out[name] += 1

    def _under(self) -> str:
        return self._around[-1] if self._around else ""

    def _fact(self, name: str, text: str) -> None:
        under, facts = self._under(), self._mark.facts
        if under == "Placemark" and name not in _TIMES:
            if name in facts:
                raise self._twice(name)
            facts[name] = text
        elif under == "Folder" and name == "name":
            self._folders[-1] = text.strip()
            self._path = " / ".join(filter(None, self._folders))
        elif under == _TIMES.get(name) and self._around[-2:-1] == ["Placemark"] and text.strip():
            facts[name] = text.strip()

    def _folder(self, *_: str) -> None:
        self._folders.pop()
        self._path = " / ".join(filter(None, self._folders))

    def _value(self, _: str, text: str) -> None:
        if self._under() == "Data":
            self._put(self._label, text)
            self._valued = True

    def _simple(self, _: str, text: str) -> None:
        if self._under() == "SchemaData":
            self._put(self._label, text)

    def _data(self, *_: str) -> None:
        if self._under() == "ExtendedData" and not self._valued:
            self._put(self._label, "")

    def _put(self, name: str, text: str) -> None:
        data = self._mark.data
        if self._marked and (not name or name in data):
            raise self._twice(name or "—")
        if self._marked:  # a document has extended data too: what it says of itself
            data[name] = text

    def _twice(self, name: str) -> Rejected:
        return Rejected(Problem("kml-twice", row=self._row + 1, field=name))

    def _coordinates(self, _: str, text: str) -> None:
        around = self._around
        under = around[-1] if around else ""
        above = around[-2] if len(around) > 1 else ""
        if under == "LinearRing" and above in _BOUNDARIES:
            if above == "outerBoundaryIs":
                self._outer += 1
                self._rings.insert(0, text.strip())
            elif text.strip():
                self._rings.append(text.strip())
        elif under in _LINES and above in ("Placemark", "MultiGeometry"):
            self._mark.parts.append((under, [text.strip()]))

    def _polygon(self, *_: str) -> None:
        if self._under() in ("Placemark", "MultiGeometry"):
            if self._outer != 1:
                raise self._geometry(f"Polygon: outerBoundaryIs × {self._outer}")
            self._mark.parts.append(("Polygon", self._rings))
        self._rings, self._outer = [], 0

    def _geometry(self, reason: str) -> Rejected:
        params = {"reason": reason}
        return Rejected(
            Problem("geometry-invalid", row=self._row + 1, field="geometry", params=params)
        )

    def _href(self, name: str, text: str) -> None:
        if "NetworkLink" in (name, *self._around):
            params = {"target": text.strip()[:200] or "—"}
            raise Rejected(Problem("kml-network-link", params=params))

    def _placemark(self, *_: str) -> None:
        if self._shapes > 1:
            raise self._geometry(f"Placemark: {self._shapes} geometries")
        if self._path:
            self._mark.facts["folder"] = self._path
        self._row += 1
        self._done.append(self._mark)
        self._mark, self._shapes, self._marked = Placemark(), 0, False
