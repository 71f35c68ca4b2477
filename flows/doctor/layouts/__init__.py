"""How a table lies in a file: one module per family of files.

The contract. A module ``flows/doctor/layouts/<family>.py`` has

    find(path, kind)             -> tuple of ``Layout``: each table of the file, as a declaration
                                    tells the reader of ``kind`` to read it; ``Rejected`` where
                                    nothing in it can be read

A family looks at the whole file, in bounded memory, and reads each table back with the very reader
and options that it proposes: ``Layout.rows`` and what is said of totals, repeated headers and blank
rows come from there. Where two readings are equally good it asks (``Question``).
"""

from __future__ import annotations
