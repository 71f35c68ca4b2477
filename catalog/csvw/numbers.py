"""Numbers as CSVW formats write them: UAX 35 patterns, group and decimal characters.

Metadata Vocabulary §6.4.2. A parsed number is its XSD lexical form: text, never a float, so that
no digit is lost on the way to RDF.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

_PATTERN = re.compile(r"^(?P<before>[^#0,.]*)(?P<whole>[#0,]+)(?:\.(?P<part>[#0,]*))?"
                      r"(?:E(?P<sign>\+?)(?P<exponent>[#0]+))?(?P<after>[%‰]?)$")  # fmt: skip
_SPECIAL = {"INF": "INF", "-INF": "-INF", "NaN": "NaN"}
_BY_SIGN = {"%": Decimal("0.01"), "‰": Decimal("0.001")}
FLOATS = frozenset({"double", "float", "number"})
_INTEGERS: Mapping[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
}
NUMERIC = FLOATS | {"decimal"} | _INTEGERS.keys()


@dataclass(frozen=True)
class NumberFormat:
    """How the numbers of a column are written.

    Attributes:
        pattern: UAX 35 number pattern; ``None`` where any number will do.
        group, decimal: characters between groups of digits and before the fraction.
    """

    pattern: str | None = None
    group: str | None = ","
    decimal: str = "."

    @cached_property
    def shape(self) -> re.Pattern[str]:
        """What a number has to look like.

        Raises:
            ValueError: the pattern is none of UAX 35's.
        """
        if self.pattern is None:
            group = re.escape(self.group) if self.group else "(?!)"
            whole = rf"\d+(?:{group}\d+)*"
            return re.compile(
                rf"[+-]?(?:{whole}(?:{re.escape(self.decimal)}\d*)?|{re.escape(self.decimal)}\d+)"
                r"(?:[Ee][+-]?\d+)?[%‰]?",
                re.ASCII,
            )
        return re.compile(self._from_pattern(self.pattern), re.ASCII)

    def _from_pattern(self, pattern: str) -> str:
        found = _PATTERN.match(pattern)
        if not found or "," in (pattern[0], pattern[-1]) or not re.search("[#0]", found["whole"]):
            raise ValueError(f"{pattern!r} is no number pattern")
        shape = "[+-]?" + re.escape(found["before"].strip("+-"))
        shape += self._whole(found["whole"])
        if found["part"]:
            shape += self._fraction(found["part"])
        if found["exponent"]:
            least = found["exponent"].count("0")
            most = "" if "#" in found["exponent"] else len(found["exponent"])
            shape += rf"E[+-]?\d{{{max(least, 1)},{most}}}"
        return shape + re.escape(found["after"])

    def _whole(self, whole: str) -> str:
        groups = whole.split(",")
        least = whole.count("0")
        if len(groups) == 1:
            return rf"\d{{{least},}}"
        first = len(groups[-1])
        second = len(groups[-2]) if len(groups) > 2 else first
        sep = re.escape(self.group or ",")
        shapes = rf"(?:\d{{1,{second}}}{sep}(?:\d{{{second}}}{sep})*\d{{{first}}}|\d{{1,{first}}})"
        # Digits enough: seen from the front, groups left out of the count.
        enough = rf"(?=(?:\D*\d){{{least}}})" if least else ""
        return enough + shapes

    def _fraction(self, part: str) -> str:
        digits = part.replace(",", "")
        least, most = digits.count("0"), len(digits)
        if "," not in part:
            inner = rf"\d{{{max(least, 1)},{most}}}"
        else:
            inner = self._grouped_fraction(part, least, most)
        point = re.escape(self.decimal)
        return rf"{point}{inner}" if least else rf"(?:{point}{inner})?"

    def _grouped_fraction(self, part: str, least: int, most: int) -> str:
        size, sep = len(part.split(",")[0]), re.escape(self.group or ",")
        enough = rf"(?=(?:{sep}?\d){{{least},{most}}}(?!{sep}?\d))"
        return rf"{enough}(?:\d{{{size}}}{sep})*\d{{1,{size}}}"

    def read(self, text: str, base: str) -> str:
        """The XSD lexical form of a number.

        Raises:
            ValueError: not a number of this format, or none of the datatype ``base``.
        """
        if text in _SPECIAL and base in FLOATS:
            return text
        if not self.shape.fullmatch(text):
            raise ValueError(f"{text!r} does not match {self.pattern or 'a number'}")
        plain = text.replace(self.group, "") if self.group else text
        plain = plain.replace(self.decimal, ".")
        factor = _BY_SIGN.get(plain[-1])
        if factor:
            plain = f"{(Decimal(plain[:-1]) * factor):f}"
        return _of_type(plain, base)


def _of_type(plain: str, base: str) -> str:
    if base in FLOATS:
        return plain.replace("E", "e")
    if "e" in plain.lower():
        raise ValueError(f"{plain!r} has an exponent, which {base} has not")
    if base == "decimal":
        return plain
    least, most = _INTEGERS[base]
    if "." in plain:
        raise ValueError(f"{plain!r} is no {base}")
    value = int(plain)
    if (least is not None and value < least) or (most is not None and value > most):
        raise ValueError(f"{plain!r} is out of the range of {base}")
    return plain
