"""Names of coordinate reference systems, as files spell them and as ``EPSG:<code>``."""

from __future__ import annotations

import re

from catalog.problem import Level, Problem

#: OGC's CRS84 is WGS 84 with longitude first, the order that every file here has anyway.
WGS84 = "EPSG:4326"
_URN = re.compile(r"(?:urn:ogc:def:crs:EPSG:[\d.]*:|EPSG:)(\d+)", re.IGNORECASE)
_CRS84 = re.compile(r"(?:urn:ogc:def:crs:OGC:[\d.]*:|OGC:)CRS84", re.IGNORECASE)


def by_name(name: str) -> str | None:
    """``EPSG:<code>`` of a name or URN (``urn:ogc:def:crs:OGC:1.3:CRS84``), if it is one."""
    if _CRS84.fullmatch(name.strip()):
        return WGS84
    found = _URN.fullmatch(name.strip())
    return f"EPSG:{found[1]}" if found else None


def by_wkt(wkt: str) -> str | None:
    """``EPSG:<code>`` of a description in WKT, also ESRI's; none where no code fits it."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        code = CRS.from_wkt(wkt).to_epsg(min_confidence=70)
    except CRSError:
        return None
    return f"EPSG:{code}" if code else None


def unknown(reason: str) -> Problem:
    """The warning of a file that does not say, or says what nobody knows."""
    return Problem("crs-unknown", params={"reason": reason}, level=Level.WARNING)
