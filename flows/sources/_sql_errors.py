"""What databases say when they refuse, as problems: their words, without anything secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from catalog.problem import DeclarationError, OutsideError, Problem, Rejected, SamdaoError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

#: SQLSTATE classes (PostgreSQL, appendix A) of what may pass: connections, resources, operators'
#: interventions, transactions that lost against others.
_PASSING = ("08", "53", "57P", "40", "55P03")
_TIME = ("57014", "interrupted")
_LOCKED = ("database is locked", "database table is locked")
_NO_DATABASE = "file is not a database"
_BROKEN = ("disk image is malformed", "disk I/O error")
_LONGEST = 300


class TooSlowError(Exception):
    """Rows came, and time ran out."""


@contextmanager
def translated(address: str, url: URL, seconds: float) -> Iterator[None]:
    """Errors of a database as problems. Causes are cut off: their words may have the address.

    Args:
        address: what to call the database; no secret is in it.
        url: its address, whose secrets are taken out of what it says.
        seconds: the bound on its time, for the words.

    Raises:
        OutsideError, DeclarationError, Rejected: what the error was.
    """
    from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError

    try:
        yield
    except SamdaoError:
        raise
    except TooSlowError:
        raise _slow(address, seconds) from None
    except DBAPIError as error:
        raise _judged(error.orig, address, url, seconds) from None
    except (NoSuchModuleError, ModuleNotFoundError):
        kind = url.get_backend_name()
        raise DeclarationError(Problem("sql-no-driver", place=address, value=kind)) from None
    except SQLAlchemyError as error:
        raise _judged(error, address, url, seconds) from None
    except _raw_errors() as error:
        raise _judged(error, address, url, seconds) from None


def _raw_errors() -> tuple[type[Exception], ...]:
    """Errors of drivers that reach us as they are, from a connection's very beginning."""
    import sqlite3

    return (sqlite3.Error, UnicodeDecodeError, ConnectionError)


def _judged(error: Any, address: str, url: URL, seconds: float) -> SamdaoError:
    said, state = _words(error, url), str(getattr(error, "sqlstate", None) or "")
    params: dict[str, Any] = {"reason": said}
    if state == _TIME[0] or said == _TIME[1]:
        return _slow(address, seconds)
    if _NO_DATABASE in said:
        return Rejected(
            Problem("source-wrong-kind", place=address, params={"kind": "SQLite", "found": "—"})
        )
    if any(words in said for words in _BROKEN):
        return Rejected(Problem("sql-broken", place=address, params=params))
    if "could not decode to utf-8" in said.lower():
        return Rejected(Problem("sql-letters", place=address, params=params))
    if any(words in said for words in _LOCKED) or state.startswith(_PASSING):
        return OutsideError(Problem("sql-unreachable", place=address, params=params | _passing(1)))
    if not state and _connecting(error):
        refused = "authentication failed" in said or "does not exist" in said
        return OutsideError(
            Problem("sql-unreachable", place=address, params=params | _passing(not refused))
        )
    return DeclarationError(Problem("sql-refused", place=address, params=params))


def _connecting(error: Any) -> bool:
    """Whether a driver failed before there was a statement: then there is no SQLSTATE."""
    name = type(error).__name__
    return name in {"OperationalError", "InterfaceError", "ConnectionTimeout"} and not (
        type(error).__module__.startswith("sqlite3") and "unable to open" not in str(error)
    )


def _passing(may: object) -> dict[str, Any]:
    return {"passing": bool(may)}


def _slow(address: str, seconds: float) -> OutsideError:
    params = {"seconds": f"{seconds:g}", "passing": True}
    return OutsideError(Problem("sql-slow", place=address, params=params))


def _words(error: Any, url: URL) -> str:
    """What the database said, on one line, without the password and what else is secret."""
    said = " ".join(str(error).split())
    secrets = [str(url.password or ""), url.render_as_string(hide_password=False)]
    secrets += [str(value) for value in url.query.values()]
    for word in sorted(filter(None, secrets), key=len, reverse=True):
        said = said.replace(word, "…")
    # A driver may show a whole address of its own making.
    return re.sub(r"://[^\s/@]*@", "://…@", said)[:_LONGEST]
