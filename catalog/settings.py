"""Settings: environment variables with safe defaults, in one typed place.

A wrong value is an error at start that names the variable. ``docs/reference/settings.md``
lists them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog.problem import DeclarationError, Problem


class Settings(BaseSettings):
    """Every setting, read from ``SAMDAO_…`` variables.

    Attributes:
        home: folder of everything that runs leave behind (``SAMDAO_HOME``).
        datasets: folder of declarations, ``<office>/<dataset>/dataset.yaml``.
        schemas: folder of Table Schemas.
        base_url: the address it is served on; never written into sealed files.
        database_url: SQLAlchemy URL of the catalogue database; SQLite in ``home`` by default.
        store: folder or fsspec URL of releases' files; ``home/store`` by default.
        lang: language of messages, ``th`` or ``en``; from the locale by default.
        actor: who signs at this terminal; the machine's user by default.
        max_source_bytes: bound on the size of one source.
        salt: secret of the codes that the treatment ``hash`` gives (``SAMDAO_SALT``), 16 characters
            at least; never shown, never logged.
    """

    model_config = SettingsConfigDict(env_prefix="SAMDAO_", frozen=True, extra="ignore")

    home: Path = Path("var")
    datasets: Path = Path("datasets")
    schemas: Path = Path("schemas")
    base_url: str | None = Field(default=None, pattern=r"^https?://[^\s/]+(/\S*)?$")
    database_url: str | None = Field(
        default=None, pattern=r"^(sqlite|postgresql)(\+[a-z0-9]+)?://\S*$"
    )
    store: str | None = None
    lang: Literal["th", "en"] | None = None
    actor: str | None = Field(default=None, min_length=1)
    max_source_bytes: int = Field(default=2_000_000_000, ge=1)
    salt: SecretStr | None = Field(default=None, min_length=16)

    @field_validator("home", "datasets", "schemas")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().resolve()

    @field_validator("home")
    @classmethod
    def _folder(cls, path: Path) -> Path:
        if path.exists() and not path.is_dir():
            raise ValueError("is a file, not a folder")
        return path

    @field_validator("datasets", "schemas")
    @classmethod
    def _exists(cls, path: Path) -> Path:
        if not path.is_dir():
            raise ValueError("is not a folder that exists")
        return path

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the catalogue database."""
        url = self.database_url or f"sqlite:///{self.home / 'catalog.db'}"
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def store_url(self) -> str:
        """Folder or fsspec URL of releases' files."""
        return self.store or str(self.home / "store")


def load_settings(**overrides: Any) -> Settings:
    """Read the environment.

    Args:
        overrides: settings that the caller knows better than the environment.

    Raises:
        DeclarationError: a value that cannot be used, with the variable's name.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        problems = (
            Problem(
                "setting-invalid",
                place="SAMDAO_" + "_".join(str(part) for part in item["loc"]).upper(),
                value=_shown(item["loc"], str(item["input"]))[:100],
                params={"reason": item["msg"].removeprefix("Value error, ")},
            )
            for item in error.errors()
        )
        raise DeclarationError(*problems) from error


def secret(name: str) -> str | None:
    """What an environment variable that a declaration names holds; never shown, never logged.

    The program's own settings are none of a declaration's business: ``None`` for them.
    """
    return None if name.startswith("SAMDAO_") else os.environ.get(name) or None


def _shown(loc: tuple[int | str, ...], value: str) -> str:
    """A value as it may be shown: nothing of a secret."""
    return "…" if loc and loc[0] == "salt" else _without_password(value)


def _without_password(value: str) -> str:
    """A value as it may be shown: addresses lose the user and password in them."""
    return re.sub(r"//[^/@]*@", "//…@", value)
