"""The log of what nobody foresaw: tracebacks go into a file, never onto a person's screen."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG = logging.getLogger("samdao")
_MOST = 5_000_000  # bytes of one log file; three are kept


def log_to(home: Path) -> None:
    """Send the log to ``<home>/samdao.log``; the file is made when there is something to say.

    Args:
        home: ``SAMDAO_HOME``.
    """
    if LOG.handlers:
        return
    path = home / "samdao.log"
    handler = _Late(path, maxBytes=_MOST, backupCount=2, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
    LOG.addHandler(handler)
    LOG.propagate = False


class _Late(RotatingFileHandler):
    """A handler that makes its folder when it first writes: rehearsals leave no trace."""

    def emit(self, record: logging.LogRecord) -> None:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        super().emit(record)
