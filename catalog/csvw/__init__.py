"""CSV on the Web as a standard: any CSV with CSVW metadata becomes RDF (``csv2rdf``).

W3C Recommendations of 17 December 2015: «Model for Tabular Data and Metadata on the Web»,
«Metadata Vocabulary for Tabular Data», «Generating RDF from Tabular Data on the Web». This is for
other people's files; our own tables are written by ``catalog.formats``, which needs no metadata
to be read.

``fetch`` is the only effect: it is given an absolute address and gives bytes, so that files, HTTP
and tests are one to the rest. Where the standard says that a processor warns and goes on, there is
a problem of level warning; where it says error, ``Rejected``.
"""

from __future__ import annotations

from catalog.csvw.convert import Converted, csv2rdf
from catalog.csvw.locate import Fetch, Fetched

__all__ = ["Converted", "Fetch", "Fetched", "csv2rdf"]
