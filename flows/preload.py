"""What a process of the pool has loaded before it is forked: the heavy libraries, once."""

from __future__ import annotations

import duckdb  # noqa: F401
import frictionless  # noqa: F401
import pyarrow.parquet  # noqa: F401
import shapely  # noqa: F401

import flows.way._seal  # noqa: F401
