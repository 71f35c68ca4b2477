"""Pages as a browser without scripts gets them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from .conftest import BREAKOUT, HOSTILE, OFFICE, REASON, WELLS, WIDE

DATASET = f"/dataset/{OFFICE}"
WELL_KEY = quote("บ/1", safe="")
PAGES = {
    "home": "/",
    "search": "/?q=ตลาด",
    "nothing": "/?q=ฟุตบอล",
    "dataset": f"{DATASET}/markets",
    "points": f"{DATASET}/wells",
    "polygons": f"{DATASET}/areas",
    "wide": f"{DATASET}/wide",
    "table": f"{DATASET}/wells/t/wells",
    "wide table": f"{DATASET}/wide/t/wide?columns=2",
    "columns": f"{DATASET}/wide/t/wide/columns",
    "changes": f"{DATASET}/markets/changes",
    "row": f"/id/{OFFICE}/wells/wells/{WELL_KEY}",
    "missing": f"{DATASET}/nowhere",
}


class Page(HTMLParser):
    """A page's elements: ``(tag, attributes)`` in order, and ids; unknown nesting is an error."""

    VOID = frozenset({"meta", "link", "input", "img", "br", "rect"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self) -> list[str]:
        return [a["href"] or "" for a in self.all("a")]


def _get(site, path: str, **headers: str):
    return site.client.get(path, headers={"accept": "text/html", **headers})


def _page(site, path: str, status: int = 200) -> Page:
    response = _get(site, path)
    assert response.status_code == status, path
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return Page(response.text)


def _in_english(path: str) -> str:
    return f"/en{path}".replace("/en/?", "/en?") if path != "/" else "/en"


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_whole_and_small_and_says_its_language(site, name, lang):
    path = PAGES[name] if lang == "th" else _in_english(PAGES[name])
    response = _get(site, path)
    assert response.status_code == (404 if name == "missing" else 200)
    assert len(response.content) <= 60_000, "bytes of HTML before compression"
    assert response.headers["content-language"] == lang
    page = Page(response.text)
    assert page.all("html") == [{"lang": lang}]
    assert len(page.all("h1")) == 1
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert not page.all("script"), "pages read and search without scripts"


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_the_language_switch_keeps_place_and_question(site, name, lang):
    path, other = PAGES[name], _in_english(PAGES[name])
    if lang == "en":
        path, other = other, path
    (switch,) = [a for a in _page(site, path, 404 if name == "missing" else 200).all("a")
                 if a.get("class") == "lang"]  # fmt: skip
    expected = _get(site, other)
    followed = _get(site, switch["href"])
    assert followed.status_code == expected.status_code
    assert followed.text == expected.text


@pytest.mark.parametrize("lang", ["", "/en"])
@pytest.mark.parametrize("name", ["dataset", "points", "table", "row", "columns", "home"])
def test_no_text_of_the_data_becomes_markup(site, name, lang):
    path = PAGES[name] if not lang else _in_english(PAGES[name])
    response = _get(site, path)
    assert HOSTILE not in response.text
    assert "<img src=x" not in response.text
    assert "onerror=alert(1)>" not in response.text.replace("onerror=alert(1)&gt;", "")


def test_hostile_titles_cells_and_questions_are_shown_as_they_are(site):
    page = _page(site, PAGES["points"])
    assert HOSTILE in page.text
    assert BREAKOUT in page.text
    asked = _page(site, f"/?q={quote(BREAKOUT + HOSTILE)}")
    (kept,) = [field for field in asked.all("input") if field.get("id") == "q"]
    assert kept["value"] == BREAKOUT + HOSTILE
    assert f"ไม่พบชุดข้อมูลที่ตรงกับ “{BREAKOUT + HOSTILE}”" in asked.text


@pytest.mark.parametrize("query", ["ตลาด", "ต\u200bลาด", "MARKETS", "จำนวนแผง", "แผง ตลาด"])
def test_a_search_forgives_case_and_invisible_marks(site, query):
    page = _page(site, f"/?q={quote(query)}")
    assert f"{DATASET}/markets" in page.links()
    assert "พบ 1 ชุดข้อมูล" in page.text or "พบ 2 ชุดข้อมูล" in page.text


def test_thai_digits_find_what_arabic_digits_find(site):
    found = [
        [link for link in _page(site, f"/?q={quote(query)}").links() if "/dataset/" in link]
        for query in ("จำนวนที่ 44", "จำนวนที่ ๔๔")
    ]
    assert found[0] == found[1] == [f"{DATASET}/wide"]


def test_a_search_without_an_answer_says_why_and_what_is_near(site):
    page = _page(site, f"/?q={quote('ตลาดชุมชล')}")
    assert "ไม่มีชุดข้อมูลใดมีคำว่า “ตลาดชุมชล”" in page.text
    assert f"{DATASET}/markets" in page.links()
    together = _page(site, f"/?q={quote('แผง บ่อ')}")
    assert "ไม่มีชุดใดมีครบทุกคำ" in together.text


def test_a_filter_that_hides_the_answer_is_named_and_can_be_taken_off(site):
    page = _page(site, f"/?q={quote('ตลาด')}&theme=environment")
    assert "มี 1 ชุดข้อมูลที่ตรงกับคำค้น แต่ถูกตัวกรองซ่อนไว้" in page.text
    assert f"/?q={quote('ตลาด')}" in page.links()


def test_facets_count_what_was_found_and_keep_the_question(site):
    page = _page(site, f"/?q={quote('สมมติ')}")
    assert "พบ 4 ชุดข้อมูล" in page.text
    facets = {link for link in page.links() if "theme=" in link}
    assert facets == {f"/?q={quote('สมมติ')}&theme={theme}" for theme in ("economy", "environment")}
    chosen = _page(site, f"/?q={quote('สมมติ')}&theme=economy")
    assert [a["href"] for a in chosen.all("a") if a.get("aria-current") == "true"] == [
        f"/?q={quote('สมมติ')}"
    ], "a chosen facet is taken off by pressing it again"


@pytest.mark.parametrize(
    "query", ["q=" + "ก" * 5000, "q=" + "ก+" * 3000, "q=%00", "q=%", "page=-1", "page=๒", "page=x",
              "page=99999999999999999999", "theme=none&office=..", "q=%27%22%25_%5C"],
)  # fmt: skip
def test_no_question_breaks_the_list(site, query):
    assert _get(site, f"/?{query}").status_code == 200


@pytest.mark.parametrize("name", ["dataset", "points", "table", "columns", "row"])
def test_a_demonstration_says_so_on_every_page_of_its_datasets(site, name):
    assert "ชุดสาธิตที่ไม่เป็นทางการ" in _page(site, PAGES[name]).text
    assert "An unofficial demonstration" in _page(site, _in_english(PAGES[name])).text


def test_a_dataset_says_first_what_its_figures_are(site):
    page = _page(site, PAGES["dataset"])
    assert "5 แถว 4 คอลัมน์ · ละเอียดถึงระดับตำบล" in page.text
    assert re.search(r"ตลาดเช้า\s+1,250\s+แผง", page.text)
    assert page.text.index("1,250") < page.text.index("ดาวน์โหลด Excel")


def test_a_dataset_says_who_approved_it_until_when_it_holds_and_what_it_is_worth(site):
    page = _page(site, PAGES["dataset"])
    assert "สำนักงานสาธิตของระบบนี้ (ไม่ใช่หน่วยงานจริง)" in page.text
    assert re.search(r"ตามคำสั่งอนุมัติล่วงหน้า ลำดับที่ \d+ ในสมุดบันทึก", page.text)
    assert "เผยแพร่ 22 พ.ย. 2569" in page.text
    assert "22 ธ.ค. 2569" in page.text, "thirty days after publication"
    assert {"role": "img", "class": "starline", "aria-label": "4 จาก 5 ดาว"} in page.all("span")
    without = _page(site, PAGES["points"])
    assert "ยังไม่ได้ดาว" in without.text
    assert "ต้นทางไม่ได้ระบุสัญญาอนุญาต" in without.text


def test_data_that_missed_its_day_is_called_late(site):
    from datetime import UTC, date, datetime

    from catalog.names import DatasetId
    from catalog.web.view import freshness

    release = site.world.index.published(DatasetId(OFFICE, "markets"))
    on_time = freshness(release, datetime(2026, 12, 22, 10, tzinfo=UTC))
    late = freshness(release, datetime(2026, 12, 22, 18, tzinfo=UTC))
    assert (on_time.due, on_time.late) == (date(2026, 12, 22), False)
    assert late.late, "it is the 23rd in Thailand"


def test_values_are_shown_in_words_of_the_page(site):
    thai, english = _page(site, PAGES["points"]), _page(site, _in_english(PAGES["points"]))
    assert "บ่อขุด" in thai.text
    assert "dug well" in english.text
    assert "ปีที่ขุด (พ.ศ.)" in thai.text
    assert "2567" in thai.text
    assert "2024" in english.text
    assert "29 ก.พ. 2567" in _page(site, PAGES["dataset"]).text


def test_runs_of_the_other_language_say_so(site):
    def languages(path):
        return {a["lang"] for tag, a in _page(site, path).elements if tag in ("td", "th", "dd")
                and "lang" in a}  # fmt: skip

    assert languages(PAGES["points"]) == {"en"}
    assert languages(_in_english(PAGES["points"])) == {"th"}
    assert languages(PAGES["row"]) == {"en"}


def test_numbers_stand_under_each_other_and_their_unit_in_the_heading(site):
    html = _get(site, PAGES["points"]).text
    assert '<th scope="col" class="n">ความลึก <small>(ม.)</small></th>' in html
    assert '<td class="n">2.5</td>' in html


def test_a_table_is_turned_page_by_page(site):
    page, numbers = PAGES["table"], []
    while page:
        found = _page(site, page)
        numbers += [a["aria-label"] for a in found.all("a") if "aria-label" in a]
        onward = [a["href"] for a in found.all("a") if a.get("rel") == "next"]
        page = f"{PAGES['table']}{onward[0]}" if onward else ""
    assert numbers == [f"แถวที่ {n}" for n in range(1, WELLS + 1)]


def test_a_wide_table_is_turned_sideways_with_its_key_on_each_page(site):
    seen: list[str] = []
    for sheet in (1, 2, 3):
        html = _get(site, f"{DATASET}/wide/t/wide?columns={sheet}").text
        heads = re.findall(r"จำนวนที่ (\d+)", html.split("</thead>")[0])
        assert "เลขที่" in html
        seen += heads
    assert list(dict.fromkeys(seen)) == [str(n) for n in range(1, WIDE)]


def test_what_changed_is_counted_and_shown_value_by_value(site):
    english = Page(site.client.get(f"/en{DATASET}/markets/changes").text)
    assert "rows added: 2, removed: 0, changed: 1" in english.text
    assert "compared with version" in english.text
    thai = Page(site.client.get(f"{DATASET}/markets/changes").text)
    assert re.search(r"ม03\s*จำนวนแผง\s*8\s*9\s", thai.text), "the key, the column, was and is"
    assert re.search(r"ม05\s*ตลาดกลาง\s*1 ก.พ. 2562\s*45\s", thai.text), "พ.ศ. on Thai pages"
    dataset = site.client.get(f"{DATASET}/markets").text
    assert f'href="{DATASET}/markets/v/' in dataset
    assert '/changes">ดูแถวที่เปลี่ยน' in dataset


def test_a_first_release_says_that_nothing_came_before(site):
    assert "first release" in site.client.get(f"/en{DATASET}/wells/changes").text


def test_a_long_dictionary_has_a_page_of_its_own(site):
    assert f"{DATASET}/wide/t/wide/columns" in _page(site, PAGES["wide"]).links()
    page = _page(site, PAGES["columns"])
    assert [f"c{n}" for n in range(1, WIDE)] == re.findall(r"\bc\d+\b", page.text)


def test_every_link_of_every_page_leads_somewhere(site):
    known: set[str] = set()
    for path in PAGES.values():
        for start in (path, _in_english(path)):
            page = _page(site, start, 404 if path == PAGES["missing"] else 200)
            known |= {link for link in page.links() if link.startswith("/")}
            known |= {image["src"] or "" for image in page.all("img")}
    assert len(known) > 100
    answers = {link: site.client.get(link).status_code for link in known}
    gone = f"{DATASET}/markets/v/{site.withdrawn_version}"
    expected = {gone: 410, PAGES["missing"]: 404}
    expected |= {_in_english(path): status for path, status in expected.items()}
    assert {link: status for link, status in answers.items() if status != 200} == expected


def test_a_download_is_the_sealed_file(site):
    from catalog.names import DatasetId

    release = site.world.index.published(DatasetId(OFFICE, "markets"))
    sealed = site.world.store.path(release.id, release.version, "markets.csv")
    (link,) = [a for a in _page(site, PAGES["dataset"]).all("a")
               if (a["href"] or "").endswith("/latest/markets.csv")]  # fmt: skip
    assert "download" in link
    assert site.client.get(link["href"]).content == sealed.read_bytes()


def test_a_row_has_its_name_its_values_and_a_permanent_address(site):
    page = _page(site, PAGES["row"])
    assert HOSTILE in page.text
    assert f"/id/{OFFICE}/wells/wells/{WELL_KEY}.ttl" in page.links()
    assert "http://testserver" + PAGES["row"] in page.text
    second = _page(site, f"/id/{OFFICE}/wells/wells/{quote('บ/2', safe='')}")
    assert re.search(r"<h1>บ่อน้ำบ้านเหนือ 2</h1>", _get(site, PAGES["row"][:-1] + "2").text)
    assert "North Village 2" in second.text


def test_a_map_is_drawn_on_the_outlines_of_the_provinces(site):
    response = site.client.get(f"{DATASET}/wells/t/wells/map.svg")
    assert response.headers["content-type"] == "image/svg+xml"
    assert b'<path class="b"' in response.content
    assert b"<script" not in response.content
    assert site.client.get(f"{DATASET}/markets/t/markets/map.svg").status_code == 404
    (image,) = _page(site, PAGES["points"]).all("img")
    assert image["width"]
    assert "120 รายการ" in image["alt"]


def test_an_old_version_says_so_and_leads_to_the_latest(site):
    path = f"{DATASET}/markets/v/{site.first_version}"
    page = _page(site, path)
    assert f"นี่คือรุ่นเก่า ({site.first_version})" in page.text
    assert f"{DATASET}/markets" in page.links()
    assert f"/files/{OFFICE}/markets/{site.first_version}/markets.xlsx" in page.links()
    assert not [link for link in page.links() if "/id/" in link], "rows are as they are now"
    table = _page(site, f"{path}/t/markets")
    assert "แถวที่ 1–3 จาก 3 แถว" in table.text
    assert "นี่คือรุ่นเก่า" not in _page(site, PAGES["dataset"]).text


def test_a_withdrawn_version_is_gone_with_its_reason(site):
    path = f"{DATASET}/markets/v/{site.withdrawn_version}"
    page = _page(site, path, 410)
    assert REASON in page.text
    assert f"{DATASET}/markets" in page.links()
    assert "mailto:data@si-sawat.example" in page.links()
    assert "This version was withdrawn" in _page(site, _in_english(path), 410).text
    assert REASON in _page(site, PAGES["dataset"]).text, "the list of versions says it too"


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        (f"{DATASET}/nowhere", "text/html", "text/html"),
        (f"{DATASET}/nowhere", "*/*", "text/html"),
        (f"{DATASET}/nowhere", "application/json", "application/json"),
        (f"/files/{OFFICE}/markets/latest/nothing.csv", "*/*", "application/json"),
        (f"/files/{OFFICE}/markets/latest/nothing.csv", "text/html,*/*;q=0.8", "text/html"),
        ("/api/3/nothing", "text/html", "application/json"),
        (f"{DATASET}/UPPER", "text/html", "text/html"),
        ("/dataset/../../etc/passwd", "text/html", "text/html"),
        (f"{DATASET}/markets/v/yesterday", "text/html", "text/html"),
        (f"{DATASET}/markets/t/nothing", "text/html", "text/html"),
        (f"{DATASET}/tax_shops", "text/html", "text/html"),
    ],
)
def test_people_are_told_in_a_page_and_machines_in_json(site, path, accept, kind):
    response = site.client.get(path, headers={"accept": accept})
    assert response.status_code == 404
    assert response.headers["content-type"].startswith(kind)
    if kind == "application/json":
        assert response.json() == {
            "success": False,
            "error": {"th": "ไม่พบหน้านี้", "en": "This page does not exist"},
        }


def test_a_withdrawn_file_is_gone_for_machines_too(site):
    response = site.client.get(f"/files/{OFFICE}/markets/{site.withdrawn_version}/markets.csv")
    assert response.status_code == 410
    assert response.json()["error"]["en"] == "This version was withdrawn"


def test_a_mistyped_address_offers_the_nearest_datasets(site):
    assert f"{DATASET}/markets" in _page(site, f"{DATASET}/market", 404).links()


def test_trouble_is_told_without_a_traceback(site, monkeypatch):
    def broken(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("catalog.web.pages.dataset_view", broken)
    response = _get(site, PAGES["dataset"])
    assert response.status_code == 500
    assert "ระบบขัดข้อง" in response.text
    assert "secret detail" not in response.text


def test_an_unchanged_page_is_not_sent_again(site):
    first = _get(site, PAGES["dataset"])
    assert first.headers["cache-control"] == "public, no-cache"
    again = _get(site, PAGES["dataset"], **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = _get(site, _in_english(PAGES["dataset"]))
    assert other.headers["etag"] != first.headers["etag"]


def test_pages_are_compressed_only_for_those_who_read_it(site):
    plain = _get(site, PAGES["points"], **{"accept-encoding": "identity"})
    small = _get(site, PAGES["points"], **{"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < len(plain.content) / 3
    assert small.text == plain.text


def test_pages_answer_head_and_name_their_permanent_address(site):
    assert site.client.head(PAGES["dataset"]).status_code == 200
    page = _page(site, f"{PAGES['dataset']}/v/{site.first_version}")
    (canonical,) = [link["href"] for link in page.all("link") if link.get("rel") == "canonical"]
    assert canonical == f"http://testserver{PAGES['dataset']}"


def test_a_machine_that_asks_for_a_table_as_turtle_is_shown_the_file(site):
    response = site.client.get(
        PAGES["table"], headers={"accept": "text/turtle"}, follow_redirects=False
    )
    assert response.status_code == 303
    assert response.headers["location"].endswith("/wells.ttl")


def test_an_office_is_a_list_of_its_datasets(site):
    response = site.client.get(f"/en/office/{OFFICE}", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, f"/en?office={OFFICE}")
    page = _page(site, f"/?office={OFFICE}")
    assert "พบ 4 ชุดข้อมูล" in page.text
