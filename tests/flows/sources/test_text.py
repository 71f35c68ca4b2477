from __future__ import annotations

import codecs
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.sources import _text
from flows.sources._text import survey

THAI = "จังหวัด,ประชากร\nนครพนม,717040\nเชียงใหม่,1789385\n"


@pytest.fixture(params=[7, 1 << 20], ids=["chunks of 7", "one chunk"])
def chunked(request, monkeypatch):
    """Letters are cut by chunks of 7 bytes, as large files' are by larger ones."""
    monkeypatch.setattr(_text, "CHUNK", request.param)


def texts(found):
    """A file's text, both ways it is given out."""
    with found.lines() as lines, found.utf8() as utf8:
        return lines.read(), utf8.read().decode("utf-8")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (THAI.encode(), None),
        (codecs.BOM_UTF8 + THAI.encode(), None),
        (THAI.encode("cp874"), "TIS-620"),
        ((THAI + "“อ้างอิง”…\n").encode("cp874"), "Windows-874 (cp874)"),
        (codecs.BOM_UTF16_LE + THAI.encode("utf-16-le"), "UTF-16-LE"),
        (codecs.BOM_UTF16_BE + THAI.encode("utf-16-be"), "UTF-16-BE"),
    ],
)
def test_encoding_is_found_and_told(pulled, chunked, data, told):
    found = survey(pulled(data).path, kind="CSV")

    assert [text.splitlines()[:3] for text in texts(found)] == [THAI.splitlines()] * 2
    assert [note.params["encoding"] for note in found.findings] == ([told] if told else [])


def test_letters_that_look_like_utf8_do_not_make_thai_mixed(pulled, chunked):
    # อเนก in TIS-620 is CD E0 B9 A1: three of its bytes are a letter of UTF-8.
    found = survey(pulled("ชื่อ\nอเนก\nสมชาย\n".encode("cp874")).path, kind="CSV")

    assert texts(found)[0] == "ชื่อ\nอเนก\nสมชาย\n"


def test_utf8_and_tis620_in_one_file_are_refused_with_the_place(pulled, refused, chunked):
    mixed = THAI.encode() + "ลำพูน,401139\n".encode("cp874")

    (problem,) = refused(lambda: survey(pulled(mixed).path, kind="CSV"))

    assert problem.code == "text-mixed"
    assert problem.row == 4
    assert problem.params["offset"] == f"{len(THAI.encode()):,}"
    assert problem.params["byte"] == "C5"


def test_mixture_that_cp874_does_not_have_is_refused_where_utf8_ends(pulled, refused):
    mixed = THAI.encode() + b"\xc5\xff\n"

    (problem,) = refused(lambda: survey(pulled(mixed).path, kind="CSV"))

    assert (problem.code, problem.row, problem.params["byte"]) == ("text-undecodable", 4, "C5")


def test_utf8_cut_inside_of_its_last_letter_is_not_called_a_mixture(pulled, refused):
    cut = THAI.encode() + "ลำพูน".encode()[:-1]

    (problem,) = refused(lambda: survey(pulled(cut).path, kind="CSV"))

    assert (problem.code, problem.row, problem.params["byte"]) == ("text-undecodable", 4, "E0")


def test_bytes_that_no_thai_encoding_has_are_refused_with_the_place(pulled, refused, chunked):
    data = "ก,ข\nค,ง\n".encode("cp874") + b"\xdb,x\n"

    (problem,) = refused(lambda: survey(pulled(data).path, kind="CSV"))

    assert (problem.code, problem.row) == ("text-undecodable", 3)
    assert (problem.params["offset"], problem.params["byte"]) == ("8", "DB")


def test_declared_encoding_is_taken_at_its_word_and_no_further(pulled, refused):
    path = pulled("é,ü\n".encode("cp1252")).path

    assert texts(survey(path, kind="CSV", encoding="cp1252"))[0] == "é,ü\n"
    (problem,) = refused(lambda: survey(path, kind="CSV", encoding="utf-8"))
    assert (problem.code, problem.params["offset"]) == ("text-undecodable", "0")


def test_utf16_without_mark_reads_where_declared(pulled):
    path = pulled(THAI.encode("utf-16-le")).path

    assert texts(survey(path, kind="CSV", encoding="utf-16"))[1] == THAI


@pytest.mark.parametrize(
    ("data", "offset", "line"),
    [
        (b"a,b\nc\0,d\n", "5", 2),
        (THAI.encode("utf-16-le"), "15", 1),
        ("ก\0".encode("cp874"), "1", 1),
    ],
)
def test_nul_bytes_are_refused_with_the_place(pulled, refused, data, offset, line):
    (problem,) = refused(lambda: survey(pulled(data).path, kind="CSV"))

    assert (problem.code, problem.params["offset"], problem.row) == ("text-nul", offset, line)


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, b" \r\n\n", gzip.compress(b"")])
def test_empty_file_is_refused(pulled, refused, data):
    assert [p.code for p in refused(lambda: survey(pulled(data).path, kind="CSV"))] == [
        "source-empty"
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><body>ไม่พบหน้าเว็บ</body></html>",
        "\n  <HTML lang='th'>",
        "<?xml version='1.0'?>\n<!-- x -->\n<!doctype HTML>",
    ],
)
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_web_page_is_not_taken_for_data(pulled, refused, page, mark):
    (problem,) = refused(lambda: survey(pulled(mark + page.encode()).path, kind="CSV"))

    assert problem.code == "source-html"
    assert "หน้าเว็บ" in problem.title("th")


@pytest.mark.parametrize(
    ("head", "found"), [(b"PK\x03\x04", "ZIP"), (b"%PDF-1.7", "PDF"), (b"<?xml ?><a/>", "XML")]
)
def test_other_kinds_are_named(pulled, refused, head, found):
    (problem,) = refused(lambda: survey(pulled(head + b"...").path, kind="CSV"))

    assert problem.code == "source-wrong-kind"
    assert problem.params["found"].startswith(found)


def test_packed_text_is_unpacked_on_the_way(pulled):
    found = survey(pulled(gzip.compress(THAI.encode("cp874"))).path, kind="CSV")

    assert texts(found) == (THAI, THAI)


def test_packed_text_is_bounded(pulled, refused):
    path = pulled(gzip.compress(b"a" * 100_000)).path

    (problem,) = refused(lambda: survey(path, kind="CSV", max_unpacked=99_999))

    assert problem.code == "source-unpacks"
    assert survey(path, kind="CSV", max_unpacked=100_000).size == 100_000


@pytest.mark.parametrize("cut", [5, 12, -3])
def test_packed_text_that_is_cut_short_is_refused(pulled, refused, cut):
    path = pulled(gzip.compress(THAI.encode())[:cut]).path

    (problem,) = refused(lambda: survey(path, kind="CSV"))

    assert problem.code == "source-packed-badly"


@given(st.text(st.characters(codec="cp874", exclude_characters="\0"), min_size=1))
def test_cp874_text_comes_through_whole(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("t") / "t"
    path.write_bytes(("ก" + text).encode("cp874"))

    assert texts(survey(path, kind="CSV", encoding="tis-620"))[1] == "ก" + text
