"""What a building process has loaded before it is forked: every room, and what its modules use.

Modules of the rooms import their heavy libraries when a function first needs them; a process that
is forked for a few datasets would pay that again and again.
"""

from __future__ import annotations

import duckdb  # noqa: F401
import frictionless  # noqa: F401
import lxml.etree  # noqa: F401
import pyarrow.parquet  # noqa: F401
import pyogrio  # noqa: F401
import pyoxigraph  # noqa: F401
import pyproj  # noqa: F401
import python_calamine  # noqa: F401
import rdflib  # noqa: F401
import shapely  # noqa: F401
import xlsxwriter  # noqa: F401

import flows.way._seal  # noqa: F401
from catalog.registry import names, variant

for _room in ("catalog.formats", "catalog.metadata", "flows.checks", "flows.repairs"):
    for _name in names(_room):
        variant(_room, _name)
