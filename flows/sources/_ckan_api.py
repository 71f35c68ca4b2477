"""CKAN's Action API (3), as far as reading a resource needs it."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from catalog.problem import OutsideError, Problem, Rejected
from flows.sources import Shelf
from flows.sources._http import ask
from flows.sources._json_stream import Cursor, members

#: Rows of a page; a site may give fewer (``ckan.datastore.search.rows_max``, 32,000 as it comes).
PAGE = 10_000
#: Bound on one answer, bytes; and seconds to wait before what may pass is asked again.
_ANSWER = 64 << 20
_WAITS = (2.0, 8.0)
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Site:
    """A CKAN site.

    Attributes:
        address: where it is, without a slash at the end.
        shelf: what may be used of the world.
    """

    address: str
    shelf: Shelf

    def action(self, name: str, **asked: Any) -> str:
        """The text of an action's answer, which says that it was successful.

        Raises:
            OutsideError: unreachable, no CKAN, or what CKAN says against it.
        """
        url = f"{self.address}/api/3/action/{name}"
        status, body = self._patiently(url, asked)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            text = ""
        if status != 200 or not text.lstrip().startswith("{"):
            self._refuse(url, status, text)
        return text

    def result(self, name: str, **asked: Any) -> Any:
        """What an action gives."""
        text = self.action(name, **asked)
        try:
            said = json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            said = {}
        if not isinstance(said, dict) or said.get("success") is not True or "result" not in said:
            self._refuse(f"{self.address}/api/3/action/{name}", 200, text)
        return said["result"]

    def _patiently(self, url: str, asked: Mapping[str, Any]) -> tuple[int, bytes]:
        for wait in _WAITS:
            try:
                return ask(url, self.shelf, asked, _ANSWER)
            except OutsideError as error:
                params = error.problems[0].params
                if not params.get("passing"):
                    raise
                asked_for = str(params.get("retry_after", ""))
                time.sleep(min(float(asked_for), _LONGEST_WAIT) if asked_for.isdigit() else wait)
        return ask(url, self.shelf, asked, _ANSWER)

    def _refuse(self, url: str, status: int, text: str) -> NoReturn:
        """Say what CKAN said, or that it is none."""
        try:
            error = json.loads(text)["error"]
            said = error.get("message") or error.get("__type")
        except (json.JSONDecodeError, RecursionError, KeyError, TypeError, AttributeError):
            none = {"status": status, "passing": False}
            raise OutsideError(Problem("ckan-no-api", place=url, params=none)) from None
        params = {"reason": str(said)[:200], "status": status, "passing": False}
        raise OutsideError(Problem("ckan-refused", place=url, params=params))


def datastore(site: Site, resource: str) -> Iterator[bytes]:
    """A resource's table in the DataStore as one JSON document, its records as CKAN wrote them.

    The document has ``ckan`` (the resource and its fields) and ``records``, in the order of the
    DataStore's ``_id``, which itself is left out: it is new each time a table is loaded.

    Args:
        site: where it is.
        resource: its id.

    Raises:
        OutsideError: the table changed while it was read; and as ``Site.action``.
    """
    place = f"{site.address}/{resource}"
    about = site.result("datastore_search", resource_id=resource, limit=0)
    fields = [
        {"id": str(field["id"]), "type": str(field.get("type", ""))}
        for field in about.get("fields", ())
        if field.get("id") != "_id"
    ]
    head = {"resource": resource, "fields": fields}
    yield b'{"ckan":' + json.dumps(head, ensure_ascii=False).encode() + b',\n"records":[\n'
    names, total, given = [field["id"] for field in fields], about.get("total"), 0
    while names:
        page = _page(
            site.action("datastore_search", resource_id=resource, fields=names, sort="_id",
                        limit=PAGE, offset=given),
            place,
        )  # fmt: skip
        if page.total != total:
            raise OutsideError(Problem("ckan-changing", place=place, params={"passing": True}))
        if not page.count:
            break
        yield (b",\n" if given else b"") + page.records.encode()
        given += page.count
        if total is not None and given >= total:
            break
    yield b"\n]}\n"


@dataclass(frozen=True, slots=True)
class _Page:
    """Records of an answer: their text without the brackets, their number, and of how many."""

    records: str
    count: int
    total: Any


def _page(text: str, place: str) -> _Page:
    cursor = Cursor(io.StringIO(text))
    records, total = "[]", None
    try:
        for name in members(cursor):
            if name != "result" or cursor.peek() != "{":
                cursor.value()
                continue
            for inner in members(cursor):
                if inner == "records":
                    records = cursor.raw()
                elif inner == "total":
                    total = int(str(cursor.value()))
                else:
                    cursor.value()
        found = json.loads(records)
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise ValueError("records are no list of objects")
    except (Rejected, ValueError) as error:
        params = {"status": 200, "passing": False}
        raise OutsideError(Problem("ckan-no-api", place=place, params=params)) from error
    return _Page(records.strip()[1:-1].strip(), len(found), total)
