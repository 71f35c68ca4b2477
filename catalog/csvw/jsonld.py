"""Common properties: the JSON-LD dialect of metadata (Metadata Vocabulary §5.8, §6.1.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

from catalog.csvw.prefixes import absolute
from catalog.csvw.values import BUILT_IN

_KEYWORDS = frozenset({"@id", "@type", "@value", "@language"})


def check_common(value: Any, fail: Callable[[str], Exception]) -> None:
    """Refuse what is no value of a common property.

    Args:
        value: of the property.
        fail: makes the error that is raised.
    """
    if isinstance(value, list):
        for item in value:
            check_common(item, fail)
    elif isinstance(value, Mapping):
        _check_object(value, fail)


def _check_object(value: Mapping[str, Any], fail: Callable[[str], Exception]) -> None:
    for name in value:
        if name.startswith("@") and name not in _KEYWORDS:
            raise fail(f"{name} may not stand in a common property")
    if "@value" in value:
        _check_value(value, fail)
        return
    if "@language" in value:
        raise fail("@language without @value")
    _check_names(value, fail)
    for name, inner in value.items():
        if not name.startswith("@"):
            check_common(inner, fail)


def _check_value(value: Mapping[str, Any], fail: Callable[[str], Exception]) -> None:
    if value.keys() - {"@value", "@type", "@language"} or {"@type", "@language"} <= value.keys():
        raise fail("@value with more than @type or @language")
    if isinstance(value["@value"], Mapping | list):
        raise fail("@value is no text, number or boolean")
    type_ = value.get("@type")
    if type_ is not None and not _is_type(type_):
        raise fail(f"@type {type_!r} is no datatype")


def _check_names(value: Mapping[str, Any], fail: Callable[[str], Exception]) -> None:
    id = value.get("@id")
    if isinstance(id, str) and id.startswith("_:"):
        raise fail("@id is a blank node")
    types = value.get("@type", [])
    for type_ in types if isinstance(types, list) else [types]:
        if not _is_type(type_):
            raise fail(f"@type {type_!r} is no type")


def _is_type(type_: Any) -> bool:
    return isinstance(type_, str) and (type_ in BUILT_IN or absolute(type_) is not None)


def normalise(value: Any, base: str, lang: str) -> Any:
    """A common property's value with languages and absolute addresses in it.

    Args:
        value: as written.
        base: which addresses are relative to.
        lang: of texts that say none; ``und`` for none.
    """
    if isinstance(value, list):
        return [normalise(item, base, lang) for item in value]
    if isinstance(value, str):
        return {"@value": value} if lang == "und" else {"@value": value, "@language": lang}
    if not isinstance(value, Mapping) or "@value" in value:
        return value
    return {name: _member(name, inner, base, lang) for name, inner in value.items()}


def _member(name: str, inner: Any, base: str, lang: str) -> Any:
    if name == "@id":
        return absolute(inner) or urljoin(base, inner)
    return inner if name == "@type" else normalise(inner, base, lang)
