"""What every kind of source has in common."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from catalog import problem, registry
from flows.sources._endings import ENDINGS
from flows.sources._file import FileOptions

ROOT = Path(__file__).parents[3]
CODES = {
    code: words
    for name in ("sources", "sources_more")
    for code, words in yaml.safe_load((ROOT / f"catalog/words/{name}.yaml").read_bytes()).items()
}
#: Kinds that are files, and those that are places to ask.
KINDS = ("csv", "geojson", "gpkg", "json", "kml", "ods", "shp", "xls", "xlsx")
PLACES = {"ckan": {"site": "https://data.go.th", "dataset": "a"},
          "sql": {"path": "a.db", "table": "t"}}  # fmt: skip


def test_kinds_of_sources_are_found_by_their_files():
    assert set(KINDS) <= set(registry.names("flows.sources"))


@pytest.mark.parametrize("kind", KINDS)
def test_kind_fulfils_the_contract(kind):
    module = registry.variant("flows.sources", kind)

    assert issubclass(module.Options, FileOptions)
    assert module.Options.model_config["frozen"]
    assert module.Options.model_config["extra"] == "forbid"
    assert callable(module.pull)
    assert callable(module.read)
    assert module.Options(path="a.x").model_dump(exclude_defaults=True) == {"path": "a.x"}


@pytest.mark.parametrize("kind", PLACES)
def test_kind_that_is_no_file_fulfils_the_contract_too(kind):
    module = registry.variant("flows.sources", kind)

    assert module.Options.model_config["frozen"]
    assert module.Options.model_config["extra"] == "forbid"
    assert callable(module.pull)
    assert callable(module.read)
    options = module.Options(**PLACES[kind])
    assert options.model_dump(exclude_defaults=True) == PLACES[kind]


def test_endings_name_kinds_that_there_are():
    assert set(ENDINGS.values()) <= {*KINDS, *PLACES}


def test_every_code_that_readers_use_has_its_words_and_no_other():
    used = set()
    for source in (ROOT / "flows/sources").glob("*.py"):
        used |= set(re.findall(r'(?<=")[a-z]+(?:-[a-z]+)+(?=")', source.read_text("utf-8")))

    assert set(CODES) <= used
    problems = set()
    for source in (ROOT / "flows/sources").glob("*.py"):
        problems |= set(
            re.findall(r'(?:Problem|_outside)\(\s*"([a-z0-9-]+)"', source.read_text("utf-8"))
        )
    assert problems <= set(problem.codes())


@pytest.mark.parametrize("code", CODES)
def test_words_are_whole_in_both_languages(code):
    words = CODES[code]

    assert set(words) == {"th", "en", "next_th", "next_en"}
    assert re.search("[ก-๙]", words["th"])
    assert re.search("[ก-๙]", words["next_th"])
    assert not re.search("[ก-๙]", words["en"] + words["next_en"])


def test_listing_options_imports_nothing_heavy():
    heavy = ["pyogrio", "shapely", "geopandas", "pandas", "httpx", "pyproj", "python_calamine",
             "sqlalchemy", "psycopg"]  # fmt: skip
    script = (
        "import sys\n"
        f"for kind in {(*KINDS, *PLACES)!r}: __import__('flows.sources.' + kind)\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert done.stdout.strip() == "[]"
