"""Stars: none without an open licence, and the two Thai counts of formats beside each other."""

from __future__ import annotations

import pytest

from catalog.stars import Stars, stars


@pytest.mark.parametrize(
    ("form", "licence", "counted"),
    [
        (("csv",), "cc-by-4.0", Stars(3, 3, 3, licence_open=True)),
        (("csv", "rdf", "xlsx"), "cc-by-4.0", Stars(4, 4, 5, licence_open=True)),
        (("kml", "ods"), "cc-by-4.0", Stars(3, 3, 0, licence_open=True)),
        (("shp",), "odbl-1.0", Stars(3, 3, 2, licence_open=True)),
        (("csv", "rdf"), "not-stated", Stars(0, 4, 5, licence_open=False)),
        (("csv",), "cc-by-nc-4.0", Stars(0, 3, 3, licence_open=False)),
        ((), "cc-by-4.0", Stars(0, 0, 0, licence_open=True)),
    ],
)
def test_stars_are_those_of_the_best_format_under_an_open_licence(describe, form, licence, counted):
    described = describe(form=form, licence=licence)
    assert stars(described.spec, described.facts) == counted


def test_files_about_the_dataset_count_for_nothing(describe):
    from dataclasses import replace

    from catalog.release import SealedFile

    described = describe(form=("xlsx",))
    about = SealedFile("dcat.ttl", 1, "0" * 64, "text/turtle")
    facts = replace(described.facts, files=(*described.facts.files, about))
    assert stars(described.spec, facts).dga == 2
