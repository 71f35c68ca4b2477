"""The world a run works in: settings, clock, declarations, catalogue, files.

Steps take what they need from here and from nowhere else; a test gives them a small one.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from catalog.database import Database
from catalog.index import CatalogIndex
from catalog.names import DatasetId
from catalog.problem import OutsideError, Problem
from catalog.rights import SCHEDULE, Actor
from catalog.settings import Settings, load_settings
from catalog.store import Store
from flows.declare import Declarations
from flows.log import log_to


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class World:
    """Everything outside of the steps.

    Attributes:
        settings: what the environment says.
        actor: for whom this run works.
        now: the clock, UTC.
        tell: called with a step's name and how much of it is done, for progress on a terminal.
    """

    settings: Settings
    actor: Actor = SCHEDULE
    now: Callable[[], datetime] = utc_now
    tell: Callable[[str], None] = lambda step: None

    @cached_property
    def declarations(self) -> Declarations:
        """What is declared."""
        return Declarations(self.settings.datasets, self.settings.schemas)

    @cached_property
    def index(self) -> CatalogIndex:
        """The catalogue database, opened at first use."""
        self._make(self.settings.home)
        return CatalogIndex(Database(self.settings.database))

    @cached_property
    def store(self) -> Store:
        """Where releases' files lie."""
        return Store(self.settings.store_url)

    @property
    def evidence(self) -> Path:
        """Folder of source bytes as they were found, named by hash."""
        return self._make(self.settings.home / "evidence")

    @contextmanager
    def alone(self, id: DatasetId) -> Iterator[Path]:
        """The dataset's lock, and an empty desk to work on.

        The lock goes with the process, however it ends; the desk is cleared at both ends, and
        files of a release that was never recorded are removed.

        Raises:
            OutsideError: another run of the same dataset is at work.
        """
        lock = self._make(self.settings.home / "locks") / f"{id.ckan_name}.lock"
        desk = self.settings.home / "work" / id.ckan_name
        with lock.open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise OutsideError(Problem("run-excluded", dataset=str(id))) from error
            with self.index.database.exclusive(str(id)):
                shutil.rmtree(desk, ignore_errors=True)
                self.store.heal(id, self.index.versions(id))
                try:
                    yield self._make(desk)
                finally:
                    shutil.rmtree(desk, ignore_errors=True)

    @staticmethod
    def _make(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def open_world(actor: Actor = SCHEDULE, settings: Settings | None = None) -> World:
    """The world as the environment describes it.

    Raises:
        DeclarationError: a setting that cannot be used.
    """
    settings = settings or load_settings()
    log_to(settings.home)
    return World(settings=settings, actor=actor)
