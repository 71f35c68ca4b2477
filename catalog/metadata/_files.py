"""What is said of one file of a release, in whichever vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.release import Described, SealedFile
from catalog.spec import Words

if TYPE_CHECKING:
    from catalog.formats import Format


def file_format(file: SealedFile) -> Format:
    """The format of a file that holds a table."""
    from catalog.formats import formats

    assert file.format is not None
    return formats()[file.format]


def file_title(described: Described, file: SealedFile) -> Words:
    """What a file that holds a table is called: the table's title and the format's."""
    form = file_format(file).title
    title = table_title(described, str(file.table))
    english = f"{title.en} ({form.words('en')})" if title.en else None
    return Words(th=f"{title.th} ({form.th})", en=english)


def table_title(described: Described, table: str) -> Words:
    """What a table is called: its own title, else the dataset's and its name."""
    spec = described.spec
    declared = spec.tables.get(table)
    if declared and declared.title:
        return declared.title
    if len(spec.tables) == 1:
        return spec.title
    english = f"{spec.title.en}: {table}" if spec.title.en else None
    return Words(th=f"{spec.title.th}: {table}", en=english)
