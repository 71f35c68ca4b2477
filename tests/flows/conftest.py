"""The fictional province as the flows' tests want it."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.names import DatasetId

MARKETS = DatasetId("si_sawat", "markets")
SHOPS = DatasetId("si_sawat", "tax_shops")


@pytest.fixture
def markets(province: Path) -> Path:
    """The folder of the markets' declaration."""
    return province / "datasets" / "si_sawat" / "markets"


@pytest.fixture
def unattended(province: Path) -> None:
    """The office takes no part: its datasets publish by the demonstration's standing order."""
    office = province / "datasets" / "si_sawat" / "office.yaml"
    office.write_text(office.read_text("utf-8") + "demonstration: true\n", "utf-8")


def add_market(folder: Path, line: str) -> None:
    """Append a row to the markets' source."""
    source = folder / "markets.csv"
    source.write_text(source.read_text("utf-8") + line + "\n", "utf-8")
