"""Text that was encoded twice: UTF-8 that a program took for another encoding and wrote as UTF-8.

``ก`` (E0 B8 81) read as Windows-1252 is ``à¸`` and a control character, read as cp874 ``เธ`` and
one; written as UTF-8 again it is what officers call alien letters. The way back is exact as long as
every character came from one byte, and it is gone only where all of them do. Bytes that the wrong
encoding does not have came through as the control characters of the same number, which is what
Windows makes of them.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import cache

#: Names that a declaration may use, and the codecs below: UTF-8, once taken for the one named.
TWICE = {f"utf-8-as-{wrong}": f"utf_8_as_{wrong}" for wrong in ("cp874", "cp1252")}


class _Bytes(dict[int, int]):
    """Code points as the byte that they came from; what came from none breaks the encoding."""

    def __missing__(self, point: int) -> int:
        return 0xFFFF


@cache
def _bytes_of(wrong: str) -> _Bytes:
    table = _Bytes()
    for byte in range(256):
        text = bytes([byte]).decode(wrong, "ignore") or chr(byte)
        table[ord(text)] = byte
        if byte in range(0x80, 0xA0) and wrong == "cp1252":
            table[byte] = byte  # ISO-8859-1, which has control characters there
    return table


def once(text: str, wrong: str) -> bytes:
    """The bytes that a text was before it was read in the wrong encoding.

    Raises:
        UnicodeEncodeError: a character of it came from no byte.
    """
    return text.translate(_bytes_of(wrong)).encode("latin-1")


class _Decoder(codecs.IncrementalDecoder):
    """UTF-8, back to the bytes, and those as UTF-8."""

    wrong = ""

    def __init__(self, errors: str = "strict") -> None:
        super().__init__(errors)
        self.reset()

    def reset(self) -> None:
        self._outer = codecs.getincrementaldecoder("utf-8")(self.errors)
        self._inner = codecs.getincrementaldecoder("utf-8")(self.errors)

    def decode(self, data: bytes, final: bool = False) -> str:  # type: ignore[override]
        text = self._outer.decode(data, final)
        try:
            return self._inner.decode(once(text, self.wrong), final)
        except UnicodeEncodeError as error:
            at = min(len(text[: error.start].encode()), max(len(data) - 1, 0))
        except UnicodeDecodeError as error:
            at = min(len(text[: error.start].encode()), max(len(data) - 1, 0))
        raise UnicodeDecodeError(f"utf-8-as-{self.wrong}", bytes(data) or b"\0", at, at + 1, "once")

    def getstate(self) -> tuple[bytes, int]:
        return b"", 0

    def setstate(self, state: tuple[bytes, int]) -> None:
        self.reset()


def _codec(name: str) -> codecs.CodecInfo | None:
    wrong = name.removeprefix("utf_8_as_")
    if name not in TWICE.values() or wrong == name:
        return None
    decoder = type("Decoder", (_Decoder,), {"wrong": wrong})

    def decode(data: bytes, errors: str = "strict") -> tuple[str, int]:
        return decoder(errors).decode(data, True), len(data)

    def encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
        return _encode(text, wrong), len(text)

    made: Callable[..., codecs.CodecInfo] = codecs.CodecInfo
    return made(name=name, encode=encode, decode=decode, incrementaldecoder=decoder)


def _encode(text: str, wrong: str) -> bytes:
    """How the text stands in such a file."""
    letter = {byte: chr(point) for point, byte in sorted(_bytes_of(wrong).items(), reverse=True)}
    return "".join(letter[byte] for byte in text.encode()).encode()


codecs.register(_codec)
