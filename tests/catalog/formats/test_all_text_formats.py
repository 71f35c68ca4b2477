"""What every format without a map must do: hold what it says, twice the same, notice damage."""

from __future__ import annotations

import importlib
import zipfile
from types import ModuleType

import pytest
import yaml

from catalog.certify import certify
from catalog.formats import formats

WHOLE = ["csv", "tsv", "json", "jsonl", "xml", "parquet", "nt", "ttl", "rdf", "jsonld",
         "csv_gz", "sqlite"]  # fmt: skip
NAMES = [*WHOLE, "csv_bom", "xlsx", "ods"]


def module(name: str) -> ModuleType:
    return importlib.import_module(f"catalog.formats.{name}")


@pytest.fixture(params=NAMES)
def form(request) -> ModuleType:
    return module(request.param)


def test_every_type_comes_back_as_the_format_holds_it(everything, form) -> None:
    path, _ = everything.write(form)
    read = everything.check(form, path)
    certificate = certify(everything.table, form, path)
    assert certificate.ok
    assert certificate.rows == 5
    assert read["people"].to_pylist()[0] == 2**62 + 1
    assert read["opens_at"][2].as_py().microsecond == 999_999


@pytest.mark.parametrize("name", WHOLE)
def test_formats_that_say_so_lose_nothing_at_all(everything, name) -> None:
    path, problems = everything.write(module(name))
    assert problems == ()
    assert everything.check(module(name), path).equals(everything.table.head(9).combine_chunks())
    assert certify(everything.table, module(name), path).losses == ()


def test_the_same_table_gives_the_same_bytes(everything, form) -> None:
    one, _ = everything.write(form, "one")
    other, _ = everything.write(form, "other")
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("rows", [[], [["4801", "นครพนม", "12"]], [[None, None, None]] * 3])
def test_tables_of_no_row_one_row_and_empty_rows_hold(made, form, rows) -> None:
    table = made({"code": "string", "name": "string", "people": "integer"}, rows)
    read = table.round_trip(form)
    assert read.num_rows == len(rows)


def test_a_table_of_one_column_keeps_its_empty_rows(made, form) -> None:
    table = made({"name": "string"}, [["ก"], [None], ["ข"], [None]])
    assert table.round_trip(form)["name"].to_pylist() == ["ก", None, "ข", None]


def test_damage_to_one_byte_is_noticed(everything, form) -> None:
    path, _ = everything.write(form)
    assert certify(everything.table, form, path).ok
    whole = bytearray(path.read_bytes())
    whole[_place(form, path, bytes(whole))] ^= 1
    path.write_bytes(bytes(whole))
    assert not certify(everything.table, form, path).ok


def _place(form: ModuleType, path, whole: bytes) -> int:
    """A byte that carries data."""
    if form.FORMAT.extension in ("xlsx", "ods"):
        name = "content.xml" if form.FORMAT.extension == "ods" else "xl/worksheets/sheet1.xml"
        with zipfile.ZipFile(path) as package:
            entry = package.getinfo(name)
        return entry.header_offset + 30 + len(name) + entry.compress_size // 2
    if form.FORMAT.extension == "csv.gz":
        return len(whole) // 2
    if form.FORMAT.extension == "sqlite":
        return whole.rindex((2**62 + 1).to_bytes(8, "big")) + 3
    if form.FORMAT.extension == "parquet":
        import pyarrow.parquet as pq

        column = pq.read_metadata(path).row_group(0).column(1)
        return column.data_page_offset + column.total_compressed_size // 2
    return whole.index(b"4611686018427387905") + 10


def test_a_file_cut_short_is_noticed(everything, form) -> None:
    path, _ = everything.write(form)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * 0.6)])
    certificate = certify(everything.table, form, path)
    assert not certificate.ok
    assert certificate.rows < 5 or certificate.differences


def test_metadata_is_taken_from_the_closed_lists(shared) -> None:
    profile = yaml.safe_load((shared / "gdcatalog" / "profile.yaml").read_text("utf-8"))
    fields = {field["name"]: field for field in profile["dataset_fields"]}
    types = (shared / "conformance/eu-vocabularies/filetypes-skos.rdf").read_text("utf-8")
    for name in NAMES:
        known = formats()[name]
        assert known.gdcatalog in fields["data_format"]["choices"]
        assert known.name == name
        if known.eu_file_type:
            assert f'file-type/{known.eu_file_type}"' in types


def test_machine_readable_and_proprietary_are_as_mqa_has_them(shared) -> None:
    lists = shared / "conformance" / "mqa"
    readable = (lists / "edp-machine-readable-format.rdf").read_text("utf-8")
    free = (lists / "edp-non-proprietary-format.rdf").read_text("utf-8")
    for name in NAMES:
        known = formats()[name]
        concept = f'file-type/{known.eu_file_type}"'
        assert known.machine_readable == (concept in readable), name
        if known.eu_file_type:
            assert known.proprietary == (concept not in free) or name == "nt"


def test_nectec_stars_are_what_its_scorer_gives_for_the_extension() -> None:
    given = {name: formats()[name].stars_nectec for name in NAMES}
    assert given == {
        "csv": 3, "csv_bom": 3, "tsv": 0, "json": 3, "jsonl": 0, "xml": 3, "xlsx": 2, "ods": 0,
        "parquet": 0, "nt": 0, "ttl": 0, "rdf": 5, "jsonld": 0, "csv_gz": 0, "sqlite": 0,
    }  # fmt: skip
