"""Parameters of CKAN's actions, and the errors they end with, in CKAN's form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

Given = Mapping[str, Any]
Item = TypeVar("Item")
_FALSE = ("", "0", "false", "no", "off", "none")


class ActionError(Exception):
    """An error in CKAN's form.

    Args:
        kind: ``error.__type``.
        status: HTTP status that CKAN answers with.
        message: what is wrong.
        fields: messages by field, for a validation error.
    """

    def __init__(
        self, kind: str, status: int, message: str, fields: Mapping[str, list[str]] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        body: dict[str, Any] = {"__type": kind}
        self.body = body | (dict(fields) if fields else {"message": message})


def page(items: Sequence[Item], given: Given) -> list[Item]:
    """The part of a list that ``limit`` and ``offset`` ask for."""
    start = whole(given, "offset", 0)
    return list(items[start : start + whole(given, "limit", len(items))])


def whole(given: Given, name: str, default: int) -> int:
    """A whole number from 0.

    Raises:
        ActionError: anything else.
    """
    value = given.get(name)
    try:
        number = default if value in (None, "") else int(str(value))
    except ValueError as error:
        raise ActionError(
            "Validation Error", 409, "invalid", {name: ["Invalid integer"]}
        ) from error
    if number < 0:
        raise ActionError("Validation Error", 409, "invalid", {name: ["Must be a natural number"]})
    return number


def required(given: Given, name: str) -> str:
    """A parameter that must be there.

    Raises:
        ActionError: it is not.
    """
    value = given.get(name)
    if not value:
        raise missing(name)
    return str(value)


def flag(given: Given, name: str) -> bool:
    """Whether a parameter says yes."""
    return str(given.get(name) or "").lower() not in _FALSE


def missing(name: str) -> ActionError:
    """A parameter was not given."""
    return ActionError("Validation Error", 409, "missing", {name: ["Missing value"]})


def not_found() -> ActionError:
    """There is no such thing."""
    return ActionError("Not Found Error", 404, "Not found")
