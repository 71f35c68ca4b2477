"""What the catalogue says of a dataset in other people's words: one module per vocabulary.

The contract. A module ``catalog/metadata/<vocabulary>.py`` is built from one ``Described`` (the
declaration with the facts of a release) and has

    FILES                        names of the files it puts into a release with their media types,
                                 ``{}`` for vocabularies that are only answered live
    build(described)             -> what the vocabulary says, as plain JSON values (or a ``Graph``
                                 of ``_graph``, where it is RDF)
    write(described)             -> {file name: bytes} for those of ``FILES`` that there is
                                 something to say in

Files are a function of the ``Described``: no clock, sorted where the vocabulary has no order.
Registered by file name.
"""

from __future__ import annotations

from catalog.registry import names, variant
from catalog.release import Described


def sealed_files(described: Described) -> dict[str, tuple[str, bytes]]:
    """Every metadata file of a release: name to media type and bytes."""
    found: dict[str, tuple[str, bytes]] = {}
    for name in names(__name__):
        module = variant(__name__, name)
        if module.FILES:
            written = module.write(described)
            found |= {file: (module.FILES[file], data) for file, data in written.items()}
    return found
