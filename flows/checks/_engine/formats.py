r"""Patterns of formats: what surely is an address, an identifier, or a moment by ``strptime``."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HOST = r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.[a-z]{2,8}"
#: Formats of ``string``, each with what is certainly one, in RE2's words; there are more.
_STRINGS: Mapping[str, str | None] = {
    "uri": rf"https?://{_HOST}(/[A-Za-z0-9._~/-]*)?(\?[A-Za-z0-9._~=&-]*)?(#[A-Za-z0-9._~-]*)?",
    "email": rf"[a-z0-9]+([._-][a-z0-9]+){{0,8}}@{_HOST}",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "binary": "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    "wkt": None,
}
#: Formats that Table Schema knows, by type; of dates and times any ``strptime`` pattern too.
FORMATS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"default", *_STRINGS}),
    "geopoint": frozenset({"default", "array", "object"}),
    "geojson": frozenset({"default", "topojson"}),
}
_TIMES = frozenset({"date", "time", "datetime"})
_DIRECTIVES = {
    "Y": "[1-9][0-9]{3}", "m": "(0[1-9]|1[0-2])", "d": "(0[1-9]|[12][0-9]|3[01])",
    "H": "([01][0-9]|2[0-3])", "M": "[0-5][0-9]", "S": "[0-5][0-9]",
}  # fmt: skip


def known(type_: str, form: str) -> bool:
    """Whether a type has a format; types without formats pass over it, as Frictionless does."""
    if type_ in _TIMES:
        return form in ("default", "any") or "%" in form
    return type_ not in FORMATS or form in FORMATS[type_]


def string_pattern(form: str) -> str | None:
    """What certainly is a string of a format; ``None`` where that cannot be said."""
    return _STRINGS.get(form)


def directives(form: str) -> str | None:
    """A ``strptime`` pattern as RE2's; ``None`` where it asks for more than plain numbers.

    Args:
        form: ``%d/%m/%Y`` and its like; each directive may stand once.
    """
    parts = re.findall(r"%(.)|([^%])", form, re.DOTALL)
    if sum(1 + bool(name) for name, _ in parts) != len(form):
        return None
    names = [name for name, _ in parts if name]
    if not set(names) <= _DIRECTIVES.keys() or len(set(names)) != len(names):
        return None
    if any(sign and not (sign.isascii() and sign.isprintable()) for _, sign in parts):
        return None
    return "".join(_DIRECTIVES[name] if name else rf"\x{{{ord(sign):X}}}" for name, sign in parts)
