"""Pages in a real browser: seen, read aloud, typed into, at a desk and on a phone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from .conftest import OFFICE
from .test_pages import PAGES, _in_english

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.browser

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SEEN = (
    "changes",
    "home",
    "nothing",
    "dataset",
    "points",
    "polygons",
    "wide table",
    "row",
    "missing",
)
FONTS = Path(__file__).parents[3] / "node_modules" / "@fontsource"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[sync_api.Browser]:
    """A real browser."""
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def page(browser, address) -> Iterator[sync_api.Page]:
    """A page that notes what the console says and which hosts are asked."""
    context = browser.new_context(base_url=address, accept_downloads=True)
    opened = context.new_page()
    opened.said = []
    opened.asked = []
    opened.on("console", lambda message: opened.said.append(message.text))
    opened.on("request", lambda request: opened.asked.append(request.url))
    yield opened
    context.close()


def _path(name: str, lang: str) -> str:
    return PAGES[name] if lang == "th" else _in_english(PAGES[name])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("lang", ["th", "en"])
def test_pages_have_no_accessibility_violations(page, lang, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    for name in SEEN:
        page.goto(_path(name, lang))
        for folded in page.locator("summary").all():
            folded.click()
        found = Axe().run(page, options=WCAG).response["violations"]
        told = [(item["id"], [node["html"][:120] for node in item["nodes"]]) for item in found]
        assert told == [], f"{name}: {json.dumps(told, ensure_ascii=False, indent=1)}"


@pytest.mark.parametrize("text", ["100%", "200%"])
@pytest.mark.parametrize("lang", ["th", "en"])
def test_nothing_sticks_out_of_a_phone(page, lang, text):
    page.set_viewport_size({"width": 360, "height": 640})
    for name in PAGES:
        page.goto(_path(name, lang))
        page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
        assert page.evaluate("document.documentElement.scrollWidth") == 360, name


def test_the_main_thing_to_do_is_in_sight_on_a_phone(page):
    page.set_viewport_size({"width": 360, "height": 640})
    for name, thing in (("home", "#q"), ("points", ".button"), ("table", ".button")):
        page.goto(PAGES[name])
        box = page.locator(thing).first.bounding_box()
        assert box["y"] + box["height"] <= 640, name


def test_a_search_is_typed_and_sent_with_enter(page):
    page.goto("/")
    page.get_by_role("searchbox").fill("ตลาด")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    assert unquote(page.url).endswith("/?q=ตลาด")
    assert page.get_by_role("searchbox").input_value() == "ตลาด"
    page.get_by_role("link", name="ตลาดชุมชน").click()
    assert page.get_by_role("heading", level=1).inner_text() == "ตลาดชุมชน"


def test_a_page_is_walked_by_keyboard_with_the_focus_in_sight(page):
    page.goto(PAGES["dataset"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px", page.evaluate("document.activeElement.outerHTML")


def test_a_download_brings_the_bytes_of_the_sealed_file(page, site):
    from catalog.names import DatasetId

    page.goto(PAGES["dataset"])
    with page.expect_download() as started:
        page.locator('a[href$="/latest/markets.csv"]').click()
    release = site.world.index.published(DatasetId(OFFICE, "markets"))
    sealed = site.world.store.path(release.id, release.version, "markets.csv")
    assert Path(started.value.path()).read_bytes() == sealed.read_bytes()
    assert started.value.suggested_filename.endswith(".csv")


@pytest.mark.parametrize("lang", ["th", "en"])
def test_pages_ask_nobody_else_and_the_console_stays_quiet(page, address, lang):
    for name in PAGES:
        if name != "missing":  # the browser itself reports a page's own 404
            page.goto(_path(name, lang), wait_until="networkidle")
    assert page.said == []
    assert [url for url in page.asked if not url.startswith((address, "data:"))] == []


def test_no_text_of_the_data_is_carried_out(page):
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    for name in ("points", "table", "row", "columns"):
        page.goto(PAGES[name], wait_until="networkidle")
    assert page.locator("main script, main img[src=x]").count() == 0


def test_the_first_view_is_light_and_its_fonts_are_our_own(browser, address):
    if not FONTS.is_dir() and not os.environ.get("CI"):
        pytest.skip("fonts are not installed: make setup")
    for path in ("/", PAGES["points"], _in_english(PAGES["wide"])):
        context = browser.new_context(viewport={"width": 360, "height": 640})
        opened = context.new_page()
        answers: list[sync_api.Response] = []
        opened.on("response", lambda answer, seen=answers: seen.append(answer))
        opened.goto(address + path, wait_until="networkidle")
        weights = {answer.url: len(answer.body()) for answer in answers}
        assert sum(weights.values()) <= 150_000, weights
        fonts = [answer for answer in answers if answer.url.endswith(".woff2")]
        assert len(fonts) >= 2
        assert {answer.status for answer in fonts} == {200}
        assert all(answer.url.startswith(f"{address}/fonts/") for answer in fonts)
        assert opened.evaluate("document.fonts.check('17px Sarabun', 'ก')")
        context.close()


def test_body_text_is_large_enough_and_its_lines_do_not_collide(page):
    page.goto(PAGES["dataset"])
    style = page.evaluate(
        "(({fontSize, lineHeight, letterSpacing}) => [fontSize, lineHeight, letterSpacing])"
        "(getComputedStyle(document.body))"
    )
    size, height = (float(text.removesuffix("px")) for text in style[:2])
    assert size >= 17
    assert height / size >= 1.7
    assert style[2] == "normal"


def test_a_printed_page_is_clean(page):
    page.goto(PAGES["dataset"])
    page.emulate_media(media="print")
    for hidden in (".top", ".actions", ".crumbs"):
        assert not page.locator(hidden).first.is_visible()
    assert page.get_by_role("heading", level=1).is_visible()


def test_pages_work_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(f"{address}{PAGES['table']}")
    opened.get_by_role("link", name="ถัดไป").click()
    assert "page=2" in opened.url
    context.close()
