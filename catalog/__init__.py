"""The record of a province's open data: what exists, who approved it, how it is found.

Nothing in this package imports ``flows``: the catalogue can be served without the pipeline.
"""

from __future__ import annotations

#: Version of the package; part of what users see, not of the run key.
__version__ = "0.1.0"

#: Version of what the pipeline makes of the same input. Raise it whenever a change makes the
#: bytes of a release differ: it is part of the run key, so every dataset is then built anew.
PIPELINE = "1"
