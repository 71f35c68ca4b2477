"""The actions that ``catalog.api.ckan`` answers: one function each, named as CKAN names them.

Each takes the request and the parameters that came with it and gives what stands under
``result``. Parameters that CKAN knows and a read-only catalogue has no use for are ignored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fastapi import Request

from catalog import __version__
from catalog import search as searching
from catalog.api import base_of, index_of
from catalog.api._given import ActionError, Given, flag, missing, not_found, page, required, whole
from catalog.api._live import Entry, entries, find_published, live, resources_of
from catalog.metadata import ckan
from catalog.names import DatasetId
from catalog.spec import OfficeSpec
from catalog.vocabulary import terms

Action = Callable[[Request, Given], Any]

ACTIONS: dict[str, Action] = {}
#: As CKAN's own bounds and defaults (``ckan.search.rows_max``).
_ROWS, _MOST_ROWS = 10, 1_000
_SORT = "score desc, metadata_modified desc"
_EVERYTHING = ("", "*", "*:*")


def action(function: Action) -> Action:
    """Register an action under its own name."""
    ACTIONS[function.__name__] = function
    return function


@action
def package_list(request: Request, given: Given) -> list[str]:
    """Names of all published datasets (``limit``, ``offset``)."""
    names = sorted(id.ckan_name for id in index_of(request).published_ids())
    return page(names, given)


@action
def package_show(request: Request, given: Given) -> dict[str, Any]:
    """One dataset, by name or id (``id``)."""
    wanted = given.get("id") or given.get("name_or_id")
    if not wanted:
        raise missing("name_or_id")
    release = find_published(request, str(wanted))
    if release is None:
        raise not_found()
    return ckan.build(live(request, release))


@action
def package_search(request: Request, given: Given) -> dict[str, Any]:
    """Datasets that have every word of ``q`` (``rows``, ``start``, ``sort``)."""
    if given.get("fq") or given.get("fq_list"):
        raise ActionError("Search Query Error", 400, "Search Query is invalid: fq is not known")
    rows = min(whole(given, "rows", _ROWS), _MOST_ROWS)
    start = whole(given, "start", 0)
    sort = str(given.get("sort") or _SORT)
    query = str(given.get("q") or "").strip()
    listed, ranks = _listed(request), dict[DatasetId, int]()
    if query not in _EVERYTHING:
        with index_of(request).database.read() as connection:
            found = searching.find(connection, query, limit=len(listed))
        ranks = {id: rank for rank, id in enumerate(found)}
        listed = [entry for entry in listed if entry.id in ranks]
    listed = _ordered(listed, sort, ranks)
    return {
        "count": len(listed),
        "facets": {},
        "results": _packages(request, listed[start : start + rows]),
        "search_facets": {},
        "sort": sort,
    }


@action
def current_package_list_with_resources(request: Request, given: Given) -> list[dict[str, Any]]:
    """All datasets in full, newest first (``limit``, ``offset``)."""
    listed = _ordered(_listed(request), "metadata_modified desc")
    return _packages(request, page(listed, given)[:_MOST_ROWS])


@action
def resource_show(request: Request, given: Given) -> dict[str, Any]:
    """One file, by the id that its dataset lists it with (``id``)."""
    found = resources_of(request).find(index_of(request), required(given, "id"))
    if found is None:
        raise not_found()
    release, file = found
    files = [one.name for one in release.facts.files if one.table]
    return ckan.resource(live(request, release), file, files.index(file.name))


@action
def resource_view_list(request: Request, given: Given) -> list[Any]:
    """Views of a file (``id``): there are none, pages draw their own."""
    resource_show(request, given)
    return []


@action
def organization_list(request: Request, given: Given) -> list[Any]:
    """Offices with published datasets (``all_fields``, ``sort``, ``limit``, ``offset``)."""
    offices = [ckan.whole_organization(*found) for found in _offices(request)]
    return _groups(offices, given)


@action
def organization_show(request: Request, given: Given) -> dict[str, Any]:
    """One office, by name or id (``id``, ``include_datasets``)."""
    wanted = required(given, "id")
    for office, count in _offices(request):
        if wanted in (office.id, ckan.organization_id(office.id)):
            shown = ckan.whole_organization(office, count)
            return _whole_group(request, given, shown, lambda entry: entry.office)
    raise not_found()


@action
def group_list(request: Request, given: Given) -> list[Any]:
    """Themes of published datasets (``all_fields``, ``sort``, ``limit``, ``offset``)."""
    counts = Counter(entry.theme for entry in _listed(request))
    return _groups([ckan.whole_group(theme, count) for theme, count in counts.items()], given)


@action
def group_show(request: Request, given: Given) -> dict[str, Any]:
    """One theme, by name or id (``id``, ``include_datasets``)."""
    shown = _theme(request, given)
    return _whole_group(request, given, shown, lambda entry: entry.theme)


@action
def group_package_show(request: Request, given: Given) -> list[dict[str, Any]]:
    """Datasets of a theme in full (``id``, ``limit``)."""
    theme = _theme(request, given)["name"]
    listed = [entry for entry in _listed(request) if entry.theme == theme]
    return _packages(request, page(listed, given)[:_MOST_ROWS])


@action
def tag_list(request: Request, given: Given) -> list[Any]:
    """Keywords of published datasets (``query``, ``all_fields``)."""
    words = {word for entry in _listed(request) for word in entry.keywords}
    wanted = str(given.get("query") or "").casefold()
    names = sorted(word for word in words if wanted in word.casefold())
    if not flag(given, "all_fields"):
        return names
    kept = ("id", "name", "vocabulary_id", "display_name")
    return [{key: ckan.tag(name)[key] for key in kept} for name in names]


@action
def license_list(request: Request, given: Given) -> list[dict[str, Any]]:
    """Licences that datasets may have, under CKAN's ids."""
    return ckan.licences(terms("licences").values())


@action
def user_list(request: Request, given: Given) -> list[Any]:
    """Users: none are told."""
    return []


@action
def status_show(request: Request, given: Given) -> dict[str, Any]:
    """What answers here; extensions as GD Catalog's software names them."""
    return {
        "ckan_version": "2.10.7",
        "error_emails_to": None,
        "extensions": ["thai_gdc"],
        "locale_default": "th",
        "site_description": "",
        "site_title": "samdao",
        "site_url": base_of(request),
        "samdao_version": __version__,
        "thaigdc_catalog_type": "area_based",
        "thaigdc_version": "2.2.4",  # whose fields datasets have
    }


@action
def help_show(request: Request, given: Given) -> str | None:
    """What an action does (``name``)."""
    known = ACTIONS.get(required(given, "name"))
    if known is None:
        raise ActionError("Not Found Error", 404, "Not found: Action function not found")
    return known.__doc__


# ---- what they share


def _listed(request: Request) -> list[Entry]:
    with index_of(request).database.read() as connection:
        return entries(connection)


def _packages(request: Request, listed: Iterable[Entry]) -> list[dict[str, Any]]:
    """Datasets in full; one that was withdrawn a moment ago is left out."""
    found = (index_of(request).published(entry.id) for entry in listed)
    return [ckan.build(live(request, release)) for release in found if release]


def _ordered(
    listed: Iterable[Entry], sort: str, ranks: Mapping[DatasetId, int] | None = None
) -> list[Entry]:
    """In the order of ``name asc, metadata_modified desc``; fields that nobody knows order nothing.

    Args:
        listed: datasets.
        sort: fields with their direction, most important first.
        ranks: place of each in what a search found, from 0; all are alike without one.

    Raises:
        ActionError: not a list of fields with a direction.
    """
    places = ranks or {}
    keys: Mapping[str, Callable[[Entry], Any]] = {
        "score": lambda entry: -places.get(entry.id, 0),
        "id": lambda entry: entry.uuid,
        "name": lambda entry: entry.id.ckan_name,
        "title": lambda entry: entry.title,
        "title_string": lambda entry: entry.title,
        "metadata_modified": lambda entry: entry.modified,
    }
    found = list(listed)
    for step in reversed(sort.split(",")):
        field, _, way = step.strip().partition(" ")
        if way.strip().lower() not in ("asc", "desc"):
            said = "Search Query is invalid: 'Invalid \"sort\" parameter'"
            raise ActionError("Search Query Error", 400, said)
        if key := keys.get(field):
            found.sort(key=key, reverse=way.strip().lower() == "desc")
    return found


def _offices(request: Request) -> list[tuple[OfficeSpec, int]]:
    """Offices as their newest published declaration has them, with the number of datasets."""
    listed = _listed(request)
    counts = Counter(entry.office for entry in listed)
    newest = {entry.office: entry for entry in sorted(listed, key=lambda entry: entry.modified)}
    found = (index_of(request).published(entry.id) for entry in newest.values())
    return [(one.spec.office, counts[one.id.office]) for one in found if one]


def _theme(request: Request, given: Given) -> dict[str, Any]:
    """The theme that ``id`` names, if a published dataset is about it."""
    wanted = required(given, "id")
    for theme, count in Counter(entry.theme for entry in _listed(request)).items():
        if wanted in (theme, ckan.group_id(theme)):
            return ckan.whole_group(theme, count)
    raise not_found()


def _groups(found: Sequence[dict[str, Any]], given: Given) -> list[Any]:
    """Offices or themes as their list has them: by title unless asked otherwise.

    Raises:
        ActionError: a field that lists cannot be sorted by.
    """
    field, _, way = str(given.get("sort") or "title asc").strip().partition(" ")
    if field not in ("name", "title", "package_count") or way not in ("", "asc", "desc"):
        raise ActionError("Validation Error", 409, "invalid", {"sort": ["Cannot sort by this"]})
    listed = sorted(found, key=lambda one: (one[field], one["name"]), reverse=way == "desc")
    shown = page(listed, given)
    return shown if flag(given, "all_fields") else [one["name"] for one in shown]


def _whole_group(
    request: Request, given: Given, shown: dict[str, Any], of: Callable[[Entry], str]
) -> dict[str, Any]:
    """An office or theme with what only its own page has, and its datasets where asked for."""
    shown |= {"users": [], "extras": [], "groups": []}
    if flag(given, "include_datasets"):
        listed = [entry for entry in _listed(request) if of(entry) == shown["name"]]
        shown["packages"] = _packages(request, listed[:_MOST_ROWS])
    return shown
