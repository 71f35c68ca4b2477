"""The list of datasets: what is asked for, what is found, and what to try where nothing is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from catalog import search
from catalog.database import Database
from catalog.release import Release
from catalog.search import fold
from catalog.vocabulary import term, terms
from catalog.web import speech

#: Datasets of one page of the list.
PAGE = 20
#: Longer questions are cut: nobody types them, and each word is one more condition.
_LONGEST_QUERY, _MOST_WORDS = 200, 12
_SUGGESTED = 5
#: Least likeness, 0 to 1, of a title that is worth suggesting.
_ALIKE = 0.3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asks for; an empty text asks for nothing."""

    query: str = ""
    office: str = ""
    theme: str = ""
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for at all."""
        return bool(self.query or self.office or self.theme)

    def path(self, **changed: str | int) -> str:
        """The address of this question with something changed; a changed filter starts anew."""
        asked = replace(self, **{"page": 1, **changed})  # type: ignore[arg-type]
        given = {"q": asked.query, "office": asked.office, "theme": asked.theme}
        given |= {"page": str(asked.page)} if asked.page > 1 else {}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"/?{query}" if query else "/"


@dataclass(frozen=True, slots=True)
class Facet:
    """One choice that narrows what was found: how many it leaves, and its address."""

    name: str
    words: str
    count: int
    chosen: bool
    path: str


@dataclass(frozen=True, slots=True)
class Found:
    """The list of datasets.

    Attributes:
        wanted: what was asked.
        releases: those of this page, best first.
        count: how many were found in all.
        pages: number of pages.
        offices, themes: how each choice would narrow the found.
        missing: words of the question that stand in no dataset.
        unfiltered: how many there are without office and theme.
        suggested: where nothing was found, datasets with the likest titles.
    """

    wanted: Wanted
    releases: Sequence[Release]
    count: int
    pages: int
    offices: Sequence[Facet]
    themes: Sequence[Facet]
    missing: Sequence[str] = ()
    unfiltered: int = 0
    suggested: Sequence[Release] = ()


def wanted(q: str, office: str, theme: str, page: str) -> Wanted:
    """What an address asks for, made harmless.

    Args:
        q: the question; what is longer than anybody types is cut.
        office: name of an office.
        theme: name of a theme.
        page: a number in any digits; anything else is the first page.
    """
    query = " ".join(q.replace("\0", " ").split()[:_MOST_WORDS])[:_LONGEST_QUERY].strip()
    return Wanted(query, office.strip(), theme.strip(), whole(page))


def whole(text: str) -> int:
    """A page's number; 1 for what is none."""
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1


def find(database: Database, everything: Sequence[Release], asked: Wanted, lang: str) -> Found:
    """Datasets that were asked for.

    Args:
        database: the catalogue's.
        everything: every published release.
        asked: the question.
        lang: language of titles, and of their order.
    """
    matching = _matching(database, everything, asked.query, lang)
    kept = [r for r in matching if _in_office(r, asked.office) and _on_theme(r, asked.theme)]
    pages = max(-(-len(kept) // PAGE), 1)
    asked = replace(asked, page=min(asked.page, pages))
    first = (asked.page - 1) * PAGE
    found = Found(
        wanted=asked,
        releases=kept[first : first + PAGE],
        count=len(kept),
        pages=pages,
        offices=_offices([r for r in matching if _on_theme(r, asked.theme)], asked, lang),
        themes=_themes([r for r in matching if _in_office(r, asked.office)], asked, lang),
    )
    return found if kept else _explain(database, everything, found, len(matching))


def _in_office(release: Release, office: str) -> bool:
    return office in ("", release.id.office)


def _on_theme(release: Release, theme: str) -> bool:
    return theme in ("", release.spec.theme)


def _matching(
    database: Database, everything: Sequence[Release], query: str, lang: str
) -> Sequence[Release]:
    """What a query finds, best first; everything by title where there is none."""
    if not query:
        collate = speech.collation()
        return sorted(everything, key=lambda release: collate(release.spec.title.words(lang)))
    by_id = {release.id: release for release in everything}
    with database.read() as connection:
        found = search.find(connection, query, limit=len(by_id))
    return [by_id[id] for id in found if id in by_id]


def _offices(releases: Iterable[Release], asked: Wanted, lang: str) -> Sequence[Facet]:
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    for release in releases:
        counts[release.id.office] += 1
        words[release.id.office] = release.spec.office.name.words(lang)
    return _facets("office", counts, words, asked)


def _themes(releases: Iterable[Release], asked: Wanted, lang: str) -> Sequence[Facet]:
    counts = Counter(release.spec.theme for release in releases)
    if asked.theme in terms("themes"):
        counts[asked.theme] += 0  # a chosen facet stays in sight, to be taken back
    words = {name: term("themes", name).words(lang) for name in counts}
    return _facets("theme", counts, words, asked)


def _facets(
    kind: str, counts: Mapping[str, int], words: Mapping[str, str], asked: Wanted
) -> Sequence[Facet]:
    chosen = getattr(asked, kind)
    collate = speech.collation()
    return [
        Facet(name, words[name], counts[name], name == chosen,
              asked.path(**{kind: "" if name == chosen else name}))
        for name in sorted(counts, key=lambda name: collate(words[name]))
    ]  # fmt: skip


def _explain(
    database: Database, everything: Sequence[Release], found: Found, unfiltered: int
) -> Found:
    """Why nothing was found, and what is near."""
    query = found.wanted.query
    with database.read() as connection:
        missing = [word for word in query.split() if not search.find(connection, word, limit=1)]
    return replace(
        found, missing=missing, unfiltered=unfiltered, suggested=nearest(everything, query)
    )


def nearest(releases: Iterable[Release], query: str) -> Sequence[Release]:
    """Datasets whose title, keywords or id are most like a text, by the pairs of letters shared.

    Pairs suit Thai, which has no blanks, and forgive a wrong letter.
    """
    asked = _pairs(query)
    if not asked:
        return ()
    scored = [(max(_likeness(asked, text) for text in _names(r)), r) for r in releases]
    near = sorted((pair for pair in scored if pair[0] >= _ALIKE), key=lambda pair: -pair[0])
    return [release for _, release in near[:_SUGGESTED]]


def _names(release: Release) -> Iterable[str]:
    spec = release.spec
    return (spec.title.th, spec.title.en or "", spec.id.dataset.replace("_", " "), *spec.keywords)


def _pairs(text: str) -> frozenset[str]:
    letters = fold(text)
    return frozenset(letters[n : n + 2] for n in range(len(letters) - 1))


def _likeness(asked: frozenset[str], text: str) -> float:
    """Share of the question's pairs that the text has."""
    return len(asked & _pairs(text)) / len(asked)
