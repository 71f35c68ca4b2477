"""URI templates (RFC 6570, levels 1 to 3), as CSVW uses them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

_EXPRESSION = re.compile(r"\{([+#./;?&]?)([^{}]*)\}")
#: Reserved characters (RFC 3986 §2.2), which ``{+x}`` and ``{#x}`` let stand.
_RESERVED = ":/?#[]@!$&'()*+,;="
#: Operator to: what comes first, what stands between, whether values are named, reserved kept.
_OPERATORS: Mapping[str, tuple[str, str, bool, bool]] = {
    "": ("", ",", False, False),
    "+": ("", ",", False, True),
    "#": ("#", ",", False, True),
    ".": (".", ".", False, False),
    "/": ("/", "/", False, False),
    ";": (";", ";", True, False),
    "?": ("?", "&", True, False),
    "&": ("&", "&", True, False),
}


def expand(template: str, values: Mapping[str, Any]) -> str:
    """Fill a template.

    Args:
        template: the template.
        values: text, or a list of texts, by name; names that are absent or ``None`` are left out.
    """
    return _EXPRESSION.sub(lambda found: _expression(found[1], found[2], values), template)


def _expression(operator: str, names: str, values: Mapping[str, Any]) -> str:
    first, between, named, reserved = _OPERATORS[operator]
    parts = []
    for written in names.split(","):
        name = written.strip().removesuffix("*")
        value = values.get(name)
        if value is None:
            continue
        text = _text(value, reserved)
        if named:
            text = f"{name}={text}" if text or operator != ";" else name
        parts.append(text)
    return first + between.join(parts) if parts else ""


def _text(value: Any, reserved: bool) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(_text(item, reserved) for item in value)
    # Percent-encoded octets stand where reserved characters may (RFC 6570 §3.2.3).
    safe = "~" + (_RESERVED + "%" if reserved else "")
    return quote(str(value), safe=safe)
