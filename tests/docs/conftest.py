"""The pages of the documentation, and what stands in them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:  # `tools` is not installed; only `python -m pytest` finds it alone
    sys.path.append(str(ROOT))
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`((?:samdao|make) [^`\n]+)`")


def name(page: Path) -> str:
    """How a page is called in a test's id."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, *languages: str) -> Iterator[str]:
    """Fenced blocks of some languages."""
    for match in _FENCE.finditer(page.read_text("utf-8")):
        if match[1] in languages:
            yield match[2]


def commands(page: Path) -> list[str]:
    """Command lines of ``sh`` blocks: what a reader is told to type."""
    lines = (line.strip() for block in blocks(page, "sh") for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def mentioned(page: Path) -> list[str]:
    """Command lines inside of sentences, and of blocks that show help."""
    text = page.read_text("utf-8")
    helped = (line for block in blocks(page, "text") for line in block.splitlines())
    shown = [re.split(r"\s{3,}", line.strip())[0] for line in helped if line.startswith("  samdao")]
    return [*(match[1] for match in _INLINE.finditer(text)), *shown]
