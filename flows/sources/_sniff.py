"""What a file is, by its first bytes: to say what was found where something else was declared."""

from __future__ import annotations

import re

from catalog.problem import Problem, Rejected

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
#: First bytes (magic numbers) and what officers call such a file.
_MAGIC = (
    (b"PK\x03\x04", "ZIP (XLSX, ODS, DOCX)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office 97-2003 (XLS, DOC)"),
    (b"%PDF", "PDF"),
    (b"PAR1", "Parquet"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"\x1f\x8b", "GZIP"),
    (b"<?xml", "XML"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
)


def sniff(head: bytes, kind: str, *, allowed: tuple[bytes, ...] = ()) -> None:
    """Refuse a file that is plainly something else.

    Args:
        head: its first bytes, after a byte-order mark.
        kind: what it should be, for the words.
        allowed: magic numbers that are right for the kind.

    Raises:
        Rejected: a web page (often an error page saved under the file's name), a workbook, a PDF….
    """
    if _HTML.match(head.replace(b"\0", b"")):
        raise Rejected(Problem("source-html", params={"kind": kind}))
    for magic, found in _MAGIC:
        if magic not in allowed and head.startswith(magic):
            raise Rejected(Problem("source-wrong-kind", params={"kind": kind, "found": found}))
