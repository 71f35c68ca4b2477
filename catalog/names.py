"""One grammar for every permanent name: ids, versions, URLs, CKAN names, row URIs.

Each name has one spelling, and each spelling that is read back gives the name it came from
(property test: ``tests/catalog/test_names.py``). Paths are relative: a serving address or an
office's permanent ``uri_base`` is put before them by whoever needs one.

    id          nakhon_phanom/publishing_duties
    version     2026-11-20.1
    edition     3f2a9c41d0be              first 12 hex digits of the run key, in sealed files
    dataset     /dataset/<office>/<dataset>[/v/<version>][/t/<table>]
    file        /files/<office>/<dataset>/<version|edition|latest>/<table>.<ext>
    row         /id/<office>/<dataset>/<table>/<key>[,<key>…]
    CKAN name   <office>--<dataset>
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, unquote

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

#: CKAN takes names of 2 to 100 characters, GD Catalog of 2 to 70 (its validation.py).
CKAN_NAME_MAX = 70
LATEST = "latest"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
_EDITION = re.compile(r"[0-9a-f]{12}\Z")
_VERSION = re.compile(r"(\d{4}-\d{2}-\d{2})\.([1-9]\d*)\Z")


def check_name(name: str) -> str:
    """A snake_case name as it came, for offices, datasets, tables and schemas.

    Args:
        name: 1 to 63 ASCII characters: lower-case letters, digits, single underscores inside.

    Raises:
        ValueError: anything else; double underscores and hyphens would make CKAN names ambiguous.
    """
    if len(name) > 63 or not _NAME.match(name):
        raise ValueError(f"{name!r} is not a name: use snake_case, a-z 0-9 _, 63 at the most")
    return name


@dataclass(frozen=True, slots=True, order=True)
class DatasetId:
    """``office/dataset``, which is also the path of the declaration."""

    office: str
    dataset: str

    def __post_init__(self) -> None:
        check_name(self.office)
        check_name(self.dataset)
        if len(self.ckan_name) > CKAN_NAME_MAX:
            raise ValueError(f"{self} is too long: CKAN names end at {CKAN_NAME_MAX} characters")

    def __str__(self) -> str:
        return f"{self.office}/{self.dataset}"

    @classmethod
    def parse(cls, text: str) -> DatasetId:
        """Read ``office/dataset``.

        Raises:
            ValueError: not two names with one slash between them.
        """
        office, slash, dataset = text.partition("/")
        if not slash:
            raise ValueError(f"{text!r} is not a dataset id: write office/dataset")
        return cls(office, dataset)

    @property
    def ckan_name(self) -> str:
        """``office--dataset``: unambiguous, as no name has a hyphen."""
        return f"{self.office}--{self.dataset}"

    @classmethod
    def from_ckan_name(cls, name: str) -> DatasetId:
        """Read a CKAN name back.

        Raises:
            ValueError: not a name that ``ckan_name`` gives.
        """
        office, hyphens, dataset = name.partition("--")
        if not hyphens:
            raise ValueError(f"{name!r} is not <office>--<dataset>")
        return cls(office, dataset)

    @property
    def path(self) -> str:
        """The page of the dataset."""
        return f"/dataset/{self.office}/{self.dataset}"

    def version_path(self, version: Version | str) -> str:
        """The page of one version (or edition)."""
        return f"{self.path}/v/{version}"

    def changes_path(self, version: Version | str) -> str:
        """What changed in one version."""
        return f"{self.version_path(version)}/changes"

    def table_path(self, table: str) -> str:
        """The page of one table."""
        return f"{self.path}/t/{check_name(table)}"

    def file_path(self, version: Version | str, file: str) -> str:
        """A release's file; ``version`` may be a version, an edition or ``latest``."""
        return f"/files/{self.office}/{self.dataset}/{version}/{file}"

    def row_path(self, table: str, *key: str) -> str:
        """A row, by the values of its primary key in order."""
        return f"/id/{self.office}/{self.dataset}/{check_name(table)}/{row_key(*key)}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Taken from, and given as, ``office/dataset`` in declarations and JSON."""
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(
                cls.parse, core_schema.str_schema()
            ),
            python_schema=core_schema.union_schema(
                [
                    core_schema.is_instance_schema(cls),
                    core_schema.no_info_after_validator_function(
                        cls.parse, core_schema.str_schema()
                    ),
                ]
            ),
            serialization=core_schema.to_string_ser_schema(),
        )


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """``2026-11-20.1``: the day of sealing (CE) and its count on that day."""

    day: date
    count: int = 1

    def __str__(self) -> str:
        return f"{self.day.isoformat()}.{self.count}"

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read a version.

        Raises:
            ValueError: not ``YYYY-MM-DD.n`` with a day that exists and n from 1.
        """
        match = _VERSION.match(text)
        if not match or not text.isascii():
            raise ValueError(f"{text!r} is not a version: 2026-11-20.1")
        return cls(date.fromisoformat(match[1]), int(match[2]))

    def after(self, day: date) -> Version:
        """The next version on ``day``: never lower than this one, even if a clock went back."""
        return Version(day) if day > self.day else Version(self.day, self.count + 1)


def edition(run_key: str) -> str:
    """The short name of a run key (64 hex digits of SHA-256) that sealed files carry."""
    return run_key[:12]


def is_edition(text: str) -> bool:
    """Whether ``text`` is spelt as an edition."""
    return bool(_EDITION.match(text))


def row_key(*values: str) -> str:
    """The last part of a row's path: percent-encoded values joined by commas.

    Slashes, commas and every reserved character inside a value are encoded (RFC 3986 §2), Thai
    letters as UTF-8; dots only where they are the whole value, for ``.`` and ``..`` are not
    path segments that servers keep (§3.3).
    """
    return ",".join(_segment(value) for value in values)


def _segment(value: str) -> str:
    return value.replace(".", "%2E") if value in (".", "..") else quote(value, safe="")


def read_row_key(key: str) -> tuple[str, ...]:
    """The values that ``row_key`` was given."""
    return tuple(unquote(value) for value in key.split(","))


@dataclass(frozen=True, slots=True)
class FileName:
    """``<table>.<ext>`` of a table's file, or a release's own ``manifest.json`` and its like."""

    stem: str
    extension: str

    def __str__(self) -> str:
        return f"{self.stem}.{self.extension}"

    @classmethod
    def parse(cls, text: str) -> FileName:
        """Read a file's name; the extension begins at the first dot (``roads.shp.zip``).

        Raises:
            ValueError: no extension, or a character that no release's file has.
        """
        stem, dot, extension = text.partition(".")
        if (
            not dot
            or not re.fullmatch(r"[a-z0-9_-]+", stem)
            or not re.fullmatch(r"[a-z0-9]+(\.[a-z0-9]+)*", extension)
        ):
            raise ValueError(f"{text!r} is not the name of a release's file")
        return cls(stem, extension)
