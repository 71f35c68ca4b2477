"""What metadata describes: columns, tables, groups of tables (Model §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from catalog.csvw.reading import Dialect
from catalog.csvw.values import Reading

#: Characters that a column's name may have beside letters and digits (Metadata §6.1.4).
_IN_NAMES = "_."


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        name: for URI templates; percent-encoded where it came from a title.
        titles: language to titles; ``und`` where no language is known.
        how: how its cells are read.
        about, property, value: URI templates.
        lang: language of its texts.
        ordered: whether a cell's several values have an order.
        virtual: it has no cells in the file.
        suppressed: left out of the output.
    """

    name: str
    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    how: Reading = field(default_factory=Reading)
    about: str | None = None
    property: str | None = None
    value: str | None = None
    lang: str = "und"
    ordered: bool = False
    virtual: bool = False
    suppressed: bool = False


@dataclass(frozen=True)
class Table:
    """A table: where it lies, its columns, and what is said of it.

    Attributes:
        common, notes: JSON-LD about the table.
        described: its schema has columns, so that the file's header names none.
        inherited: properties that columns of the file's own header take over.
    """

    url: str
    columns: tuple[Column, ...] = ()
    row_titles: tuple[str, ...] = ()
    id: str | None = None
    common: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Any, ...] = ()
    dialect: Dialect = field(default_factory=Dialect)
    suppressed: bool = False
    described: bool = False
    inherited: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TableGroup:
    """Tables that are described together."""

    tables: tuple[Table, ...]
    id: str | None = None
    common: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Any, ...] = ()


def column(
    name: str, titles: Mapping[str, tuple[str, ...]], inherited: Mapping[str, Any], *,
    virtual: bool = False, suppressed: bool = False,
) -> Column:  # fmt: skip
    """A column from its name and the properties that it has inherited."""
    defaults = Reading()
    how = Reading(
        inherited.get("datatype", defaults.datatype), inherited.get("null", defaults.null),
        inherited.get("default", ""), inherited.get("separator"),
        inherited.get("required", False),
    )  # fmt: skip
    return Column(
        name, titles, how, inherited.get("aboutUrl"), inherited.get("propertyUrl"),
        inherited.get("valueUrl"), inherited.get("lang", "und"), inherited.get("ordered", False),
        virtual, suppressed,
    )  # fmt: skip


def name_of(titles: Mapping[str, tuple[str, ...]], lang: str, number: int) -> str:
    """The name of a column that was given none: its first title in the document's language."""
    first = titles.get(lang, ())
    return encoded(first[0]) if first else f"_col.{number}"


def encoded(title: str) -> str:
    """A title as a name: everything but letters, digits and underscores percent-encoded."""
    plain = quote(title, safe="_")
    return "".join(f"%{ord(letter):02X}" if letter in "-~" else letter for letter in plain)


def is_name(name: str) -> bool:
    """Whether a text is a variable's name in a URI template (RFC 6570 §2.3)."""
    return all(
        letter in _IN_NAMES or letter == "%" or (letter.isascii() and letter.isalnum())
        for letter in name
    )
