"""The tags of our XML files found all at once: what the readers of XML and RDF/XML share.

Of XML the subset is known that the writers use and that any parser reads the same: elements, at
most one attribute in double quotes, character data, the references of ``_chunks``. A comment, a
processing instruction, CDATA or a second attribute ends the reading.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from catalog.formats._chunks import Chunk, Places, coded, expect, next_of


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags in the order in which they stand.

    Attributes:
        chunk: where.
        left, right: of each tag, the places of ``<`` and ``>``.
        head: of each tag, a place in ``heads``.
        heads: the tag without its brackets, up to and with the quote that opens an attribute.
        start, end: of each tag with an attribute, where its value stands.
        alone: whether the element has no content (``<x/>``).
    """

    chunk: Chunk
    left: Places
    right: Places
    head: Places
    heads: list[str]
    start: Places
    end: Places
    alone: npt.NDArray[np.bool_]

    def texts_after(self, tags: Places) -> tuple[Places, Places]:
        """Where the texts stand between tags and those that follow them."""
        return self.right[tags] + 1, self.left[tags + 1]

    def values(self, tags: Places) -> pa.StringArray:
        """The values of the attributes of tags that have one."""
        return self.chunk.cut(self.start[tags], self.end[tags])

    def nothing_after(self, tags: Places, mark: bytes = b"") -> bool:
        """Whether between tags and the next (or the end) there is nothing, or only a mark."""
        end = np.append(self.left[1:], len(self.chunk.view))
        inside = self.right[tags] + 1
        return bool((end[tags] - inside == len(mark)).all()) and all(
            self.chunk.has(inside + place, mark[place : place + 1]) for place in range(len(mark))
        )


def tags_of(data: bytes) -> Tags:
    """The tags of a chunk, which begins with one.

    Raises:
        DamagedError: brackets, quotes or references that are not in order.
    """
    chunk = Chunk(data)
    left, right = chunk.find(b"<"), chunk.find(b">")
    expect(len(left) == len(right) and len(left), "brackets without their like")
    expect(left[0] == 0 and (left < right).all(), "a bracket in another place")
    expect((right[:-1] < left[1:]).all(), "a bracket inside of a tag")
    quotes = chunk.find(b'"')
    first = next_of(quotes, left)
    given = first < right
    second = next_of(quotes, np.where(given, first + 1, 0))
    alone = chunk.view[right - 1] == ord("/")
    closed = second[given] + 1 + alone[given] == right[given]
    expect(closed.all(), "more than one attribute")
    stop = np.where(given, first + 1, right - alone)
    head, heads = coded(chunk.cut(left + 1, stop))
    return Tags(chunk, left, right, head, heads, np.where(given, first + 1, right), second, alone)
