"""A metadata document, checked and normalised (Metadata Vocabulary §5 and §6).

Errors are raised, as the standard asks; everything else that is wrong is told as a warning and
treated as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from catalog.csvw.datatypes import datatype
from catalog.csvw.described import Column, Table, TableGroup, column, is_name, name_of
from catalog.csvw.jsonld import check_common, normalise
from catalog.csvw.prefixes import absolute
from catalog.csvw.reading import dialect
from catalog.problem import Level, Problem, Rejected

CONTEXT = "http://www.w3.org/ns/csvw"
INHERITED = frozenset({
    "aboutUrl", "datatype", "default", "lang", "null", "ordered", "propertyUrl", "required",
    "separator", "textDirection", "valueUrl",
})  # fmt: skip
_GROUP = frozenset({"tables", "dialect", "notes", "tableDirection", "tableSchema",
                    "transformations", "@id", "@type", "@context"})  # fmt: skip
_TABLE = frozenset({"url", "dialect", "notes", "suppressOutput", "tableDirection", "tableSchema",
                    "transformations", "@id", "@type", "@context"})  # fmt: skip
_SCHEMA = frozenset({"columns", "foreignKeys", "primaryKey", "rowTitles", "@id", "@type",
                     "@context"})  # fmt: skip
_COLUMN = frozenset({"name", "suppressOutput", "titles", "virtual", "@id", "@type"})
_TRANSFORMATION = frozenset({"url", "scriptFormat", "targetFormat", "source", "titles", "@id",
                             "@type"})  # fmt: skip

Warn = Callable[[str, str], None]


def error(reason: str, place: str | None = None) -> Rejected:
    """What the standard calls an error."""
    return Rejected(Problem("csvw-error", place=place, params={"reason": reason}))


class Reader:
    """Reads one metadata document.

    Args:
        url: its address.
        load: gives the JSON that stands at an address, for schemas and dialects by reference.
        warnings: gets what is wrong but no error.
    """

    def __init__(self, url: str, load: Callable[[str], Any], warnings: list[Problem]) -> None:
        self.base, self.lang = url, "und"
        self._url, self._load, self._warnings = url, load, warnings

    def warn(self, name: str, reason: str) -> None:
        """Tell what is ignored."""
        self._warnings.append(
            Problem(
                "csvw-warning",
                place=self._url,
                field=name,
                params={"reason": reason},
                level=Level.WARNING,
            )
        )

    def read(self, document: Mapping[str, Any]) -> TableGroup:
        """A group of tables; a single table is a group of one."""
        self._context(document.get("@context"))
        if "tables" not in document and "url" not in document:
            raise error("neither tables nor url", self._url)
        if "tables" in document:
            return self._group(document)
        table = self._table(document, {}, None)
        return TableGroup((table,))

    def _context(self, context: Any) -> None:
        local: Any = {}
        if isinstance(context, list) and len(context) == 2:
            context, local = context
        elif isinstance(context, list) and len(context) == 1:
            (context,) = context
        if context != CONTEXT or not isinstance(local, Mapping):
            raise error(f"@context is not {CONTEXT}", self._url)
        if local.keys() - {"@base", "@language"}:
            raise error("@context has more than @base and @language", self._url)
        if "@base" in local:
            self.base = urljoin(self._url, str(local["@base"]))
        if "@language" in local:
            self.lang = self._language(local["@language"]) or "und"

    def _language(self, lang: Any) -> str | None:
        if isinstance(lang, str) and all(p.isalnum() and p.isascii() and len(p) <= 8
                                         for p in lang.split("-")):  # fmt: skip
            return lang
        self.warn("lang", f"{lang!r} is no language tag")
        return None

    # ---- groups, tables

    def _group(self, body: Mapping[str, Any]) -> TableGroup:
        tables = body["tables"]
        if not isinstance(tables, list) or not tables:
            raise error("tables is empty", self._url)
        id = self._identity(body, "TableGroup")
        common, inherited = self._properties(body, _GROUP)
        rest = {"dialect": body.get("dialect"), "tableSchema": body.get("tableSchema")}
        self._transformations(body)
        self._direction(body)
        read = tuple(
            self._table(table, inherited, rest)
            for table in tables
            if isinstance(table, Mapping) or self._skipped("tables", table)
        )
        if not read:
            raise error("tables has no table", self._url)
        return TableGroup(read, id, common, self._notes(body))

    def _skipped(self, name: str, value: Any) -> bool:
        self.warn(name, f"{value!r} is no object")
        return False

    def _table(
        self, body: Mapping[str, Any], above: Mapping[str, Any], group: Mapping[str, Any] | None
    ) -> Table:
        if not isinstance(body.get("url"), str):
            raise error("a table has no url", self._url)
        id = self._identity(body, "Table")
        common, own = self._properties(body, _TABLE)
        inherited = {**above, **own}
        schema = self._referred(body.get("tableSchema") or (group or {}).get("tableSchema"))
        written = self._referred(body.get("dialect") or (group or {}).get("dialect"))
        self._identity(written, "Dialect")
        self._transformations(body)
        self._direction(body)
        columns, titles, more = self._schema(schema, inherited)
        return Table(
            url=urljoin(self.base, body["url"]), columns=columns, row_titles=titles, id=id,
            common=common, notes=self._notes(body), dialect=dialect(written, self.warn),
            suppressed=self._flag(body, "suppressOutput"), described="columns" in schema,
            inherited=more,
        )  # fmt: skip

    def _referred(self, value: Any) -> Mapping[str, Any]:
        """An object, or what stands at the address of one."""
        if isinstance(value, str):
            url = urljoin(self.base, value)
            loaded = self._load(url)
            if not isinstance(loaded, Mapping):
                raise error(f"{url} cannot be read", self._url)
            return {"@id": url, **{k: v for k, v in loaded.items() if k != "@context"}}
        if isinstance(value, Mapping):
            return value
        if value is not None:
            self.warn("tableSchema", f"{value!r} is no object")
        return {}

    def _transformations(self, body: Mapping[str, Any]) -> None:
        found = body.get("transformations", [])
        if not isinstance(found, list):
            self.warn("transformations", "not an array")
            return
        for item in found:
            if not isinstance(item, Mapping):
                self.warn("transformations", f"{item!r} is no object")
                continue
            self._identity(item, "Template")
            for name in item.keys() - _TRANSFORMATION:
                if absolute(name) is None:
                    self.warn(name, "no property of a transformation")

    def _direction(self, body: Mapping[str, Any]) -> None:
        if body.get("tableDirection", "auto") not in ("rtl", "ltr", "auto"):
            self.warn("tableDirection", "not rtl, ltr or auto")

    def _flag(self, body: Mapping[str, Any], name: str) -> bool:
        value = body.get(name, False)
        if not isinstance(value, bool):
            self.warn(name, f"{value!r} is no boolean")
            return False
        return value

    def _notes(self, body: Mapping[str, Any]) -> tuple[Any, ...]:
        notes = body.get("notes", [])
        if not isinstance(notes, list):
            self.warn("notes", "not an array")
            return ()
        for note in notes:
            check_common(note, self._fail)
        return tuple(normalise(note, self.base, self.lang) for note in notes)

    def _fail(self, reason: str) -> Rejected:
        return error(reason, self._url)

    # ---- schemas, columns

    def _schema(
        self, body: Mapping[str, Any], above: Mapping[str, Any]
    ) -> tuple[tuple[Column, ...], tuple[str, ...], Mapping[str, Any]]:
        self._identity(body, "Schema")
        _, own = self._properties(body, _SCHEMA)
        inherited = {**above, **own}
        written = body.get("columns", [])
        if not isinstance(written, list):
            self.warn("columns", "not an array")
            written = []
        columns = tuple(
            self._column(item, number, inherited)
            for number, item in enumerate(written, 1)
            if isinstance(item, Mapping) or self._skipped("columns", item)
        )
        self._order(columns)
        names = [column.name for column in columns]
        self._foreign_keys(body, names)
        self._references(body, "primaryKey", names)
        return columns, self._references(body, "rowTitles", names), inherited

    def _order(self, columns: tuple[Column, ...]) -> None:
        names = [column.name for column in columns]
        if len(names) != len(set(names)):
            raise error("two columns have the same name", self._url)
        virtual = [column.virtual for column in columns]
        if virtual != sorted(virtual):
            raise error("a virtual column stands before one that is not", self._url)

    def _references(self, body: Mapping[str, Any], name: str, known: list[str]) -> tuple[str, ...]:
        value = body.get(name, [])
        wanted = [value] if isinstance(value, str) else value
        if isinstance(wanted, list) and all(item in known for item in wanted):
            return tuple(wanted)
        self.warn(name, f"{value!r} names no columns")
        return ()

    def _foreign_keys(self, body: Mapping[str, Any], known: list[str]) -> None:
        keys = body.get("foreignKeys", [])
        if not isinstance(keys, list):
            self.warn("foreignKeys", "not an array")
            return
        for key in keys:
            reference = key.get("reference") if isinstance(key, Mapping) else None
            if not isinstance(reference, Mapping):
                raise error("a foreign key has no reference", self._url)
            extra = key.keys() - {"columnReference", "reference"}
            extra |= reference.keys() - {"resource", "schemaReference", "columnReference"}
            if extra:
                raise error(f"a foreign key has the property {min(extra)}", self._url)
            here = key.get("columnReference")
            names = [here] if isinstance(here, str) else here
            if not isinstance(names, list) or any(name not in known for name in names):
                raise error(f"a foreign key names no column: {here!r}", self._url)

    def _column(self, body: Mapping[str, Any], number: int, above: Mapping[str, Any]) -> Column:
        self._identity(body, "Column")
        _, own = self._properties(body, _COLUMN)
        titles = self._titles(body.get("titles"))
        return column(
            self._name(body.get("name"), titles, number), titles, {**above, **own},
            virtual=self._flag(body, "virtual"), suppressed=self._flag(body, "suppressOutput"),
        )  # fmt: skip

    def _name(self, name: Any, titles: Mapping[str, tuple[str, ...]], number: int) -> str:
        if isinstance(name, str) and name and not name.startswith("_") and is_name(name):
            return name
        if name is not None:
            self.warn("name", f"{name!r} is no name of a column")
        return name_of(titles, self.lang, number)

    def _titles(self, titles: Any) -> Mapping[str, tuple[str, ...]]:
        if titles is None:
            return {}
        if isinstance(titles, str | list):
            titles = {self.lang: titles}
        if not isinstance(titles, Mapping):
            self.warn("titles", f"{titles!r} is no title")
            return {}
        found = {}
        for lang, value in titles.items():
            texts = value if isinstance(value, list) else [value]
            kept = tuple(text for text in texts if isinstance(text, str))
            if len(kept) < len(texts):
                self.warn("titles", f"{value!r} is no text")
            if kept:
                found[lang] = kept
        return found

    # ---- properties

    def _identity(self, body: Mapping[str, Any], type: str) -> str | None:
        id = body.get("@id")
        if isinstance(id, str) and id.startswith("_:"):
            raise error(f"@id of a {type} is a blank node", self._url)
        if body.get("@type", type) != type:
            raise error(f"@type of a {type} is {body['@type']!r}", self._url)
        if id is not None and not isinstance(id, str):
            self.warn("@id", f"{id!r} is no address")
            return self.base  # a link property that is no text counts as empty (§5.1.4)
        return None if id is None else urljoin(self.base, id)

    def _properties(
        self, body: Mapping[str, Any], known: frozenset[str]
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Common properties as normalised JSON-LD, and inherited properties that are right."""
        common: dict[str, Any] = {}
        inherited: dict[str, Any] = {}
        for name, value in body.items():
            if name in known:
                continue
            if name in INHERITED:
                inherited.update(self._inherited(name, value))
            elif absolute(name) is not None:
                check_common(value, self._fail)
                common[name] = normalise(value, self.base, self.lang)
            else:
                self.warn(name, "no property that is known here")
        return common, inherited

    def _inherited(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        """An inherited property's name and value, or nothing where it is wrong."""
        match name:
            case "datatype":
                yield name, datatype(value, self.warn, self._fail)
            case "null":
                yield from self._null(value)
            case "lang" if self._language(value):
                yield name, value
            case "ordered" | "required":
                yield name, self._flag({name: value}, name)
            case "textDirection" if value not in ("ltr", "rtl", "auto", "inherit"):
                self.warn(name, f"{value!r} is no direction")
            case "aboutUrl" | "propertyUrl" | "valueUrl" | "default" | "separator":
                yield from self._text(name, value)

    def _null(self, value: Any) -> Iterator[tuple[str, Any]]:
        texts = value if isinstance(value, list) else [value]
        kept = tuple(text for text in texts if isinstance(text, str))
        if len(kept) < len(texts):
            self.warn("null", f"{value!r} is no text")
        if kept or not texts:
            yield "null", kept

    def _text(self, name: str, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, str) or (name == "separator" and value is None):
            yield name, value
            return
        self.warn(name, f"{value!r} is no text")
        if name.endswith("Url"):
            yield name, ""  # a URI template that is no text counts as empty (§5.1.3)
