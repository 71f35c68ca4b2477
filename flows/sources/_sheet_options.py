"""Where a table stands in a workbook: what a declaration may say, whatever the workbook's kind."""

from __future__ import annotations

from pydantic import Field, model_validator

from flows.sources._file import FileOptions
from flows.sources._zip import MAX_UNPACKED

#: Letters of a column; workbooks have them up to XFD.
LETTERS = "^[A-Z]{1,3}$"
MOST_COLUMNS = 16_384


class SheetOptions(FileOptions):
    """Where a table stands in a workbook. Rows are numbered as the sheet shows them, from 1.

    Attributes:
        sheet: name, or number from 1; the first visible one if not given.
        header_rows: how many header rows, or their numbers; 0 where there is none.
        names: labels of the columns from the first one on, where there is no header.
        first_row: where the table begins, with its header; the first row that is not empty if
            not given.
        data_row: where the data begins, if something stands between it and the header (the numbers
            of columns).
        last_row: where it ends; the last row that is not empty if not given.
        skip_footer: rows at the end of the sheet, empty ones not counted, that are no data (notes).
        first_column, last_column: letters of the first and the last column, where several tables
            stand side by side or something stands beside the table.
        spread: whether a text in a header row stands for the empty cells to its right too, where
            cells were not merged.
        max_unpacked: bound on the size of an unpacked XLSX or ODS, bytes.
    """

    sheet: str | int | None = None
    header_rows: int | tuple[int, ...] = 1
    names: tuple[str, ...] = ()
    first_row: int | None = Field(default=None, ge=1)
    data_row: int | None = Field(default=None, ge=1)
    last_row: int | None = Field(default=None, ge=1)
    skip_footer: int = Field(default=0, ge=0)
    first_column: str | None = Field(default=None, pattern=LETTERS)
    last_column: str | None = Field(default=None, pattern=LETTERS)
    spread: bool = False
    max_unpacked: int = Field(default=MAX_UNPACKED, ge=1)

    @model_validator(mode="after")
    def _ordered(self) -> SheetOptions:
        rows = self.header_rows
        if isinstance(rows, tuple):
            if not rows or min(rows) < 1 or list(rows) != sorted(set(rows)):
                raise ValueError("header_rows are row numbers from 1, in order")
            if self.first_row is not None:
                raise ValueError("first_row is told by the numbers in header_rows")
        elif not 0 <= rows <= 10:
            raise ValueError("header_rows is a number from 0 to 10, or a list of row numbers")
        if bool(self.names) != (rows == 0):
            raise ValueError("names go with header_rows: 0, and header_rows: 0 needs names")
        if self.last_row is not None and self.last_row < (self.first_row or 1):
            raise ValueError("last_row is before first_row")
        if self.last_row is not None and self.skip_footer:
            raise ValueError("give one of last_row and skip_footer")
        if not self.window:
            raise ValueError("last_column is before first_column")
        return self

    @property
    def window(self) -> range:
        """The columns that the table may take, from 0."""
        last = column_number(self.last_column) if self.last_column else MOST_COLUMNS
        return range(column_number(self.first_column) - 1 if self.first_column else 0, last)


def column_number(letters: str) -> int:
    """Number of a column from 1: ``A`` 1, ``XFD`` 16,384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Letters of a column, by its number from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
