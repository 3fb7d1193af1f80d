"""The report in a real browser: nothing is blocked or thrown, the map can be used by mouse, finger and keyboard.

Needs the package `playwright` and a Chromium (`apt-get install chromium`, or `playwright install chromium`); skipped
with a reason without them. The picture of the README is written by

    SELFSTUDY_GUARD_SCREENSHOT=docs/images/coverage-report.png pytest tests/test_report_browser.py
"""

import itertools
import os
import shutil
import struct
import zlib
from pathlib import Path

import pytest

from selfstudy_guard.coverage import write_report
from tests.support.report_sample import TEXT, sample

playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as running:
        own = running.chromium.executable_path
        found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
        if found is None and not Path(own).is_file():
            pytest.skip("no Chromium: apt-get install chromium, or playwright install chromium")
        try:
            launched = running.chromium.launch(executable_path=found or own, args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"Chromium does not start here: {str(error).splitlines()[0]}")
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return write_report(tmp_path_factory.mktemp("report") / "coverage.html", **sample())


class Seen:
    """A page, with all that went wrong on it."""

    def __init__(self, browser, path, **context):
        self.context = browser.new_context(reduced_motion="reduce", **context)
        self.page = self.context.new_page()
        self.wrong, self.requests = [], []
        self.page.on("console", lambda message: self.wrong.append(message.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.wrong.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())

    def __enter__(self):
        return self.page

    def __exit__(self, kind, *rest):
        requests = [url for url in self.requests if not url.startswith("file://")]
        self.context.close()
        if kind is None:
            assert self.wrong == []
            assert requests == []


@pytest.fixture
def open_page(browser):
    return lambda path, **context: Seen(browser, path, **context)


def shown(page):
    return [box.get_attribute("id") for box in page.locator("#panel section").all() if box.is_visible()]


def cell(page, text):
    return page.locator("a.t", has_text=text).first


def test_clicking_a_sentence_shows_its_questions(open_page, report):
    with open_page(report, viewport={"width": 1280, "height": 900}) as page:
        assert shown(page) == []
        assert page.locator("#hint").is_visible()
        first = cell(page, "draws its drinking water")
        count = int(first.get_attribute("data-n"))
        first.click()
        assert shown(page) == [first.get_attribute("href")[1:]]
        box = page.locator(first.get_attribute("href"))
        assert f"Asked {count} times" in box.inner_text()
        assert box.locator("li").count() == count
        assert first.get_attribute("aria-current") == "true"
        assert not page.locator("#hint").is_visible()
        other = cell(page, "Nitrate must stay below")
        other.click()
        assert shown(page) == [other.get_attribute("href")[1:]]
        assert page.locator("a.t[aria-current]").count() == 1
        assert page.evaluate("window.scrollX") == 0


def test_the_map_is_one_tab_stop_and_arrows_move_inside(open_page, report):
    with open_page(report) as page:
        assert page.locator("a.t[tabindex='0']").count() == 1
        cells = page.locator("a.t")
        cells.nth(0).focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.id") == cells.nth(2).get_attribute("id")
        assert shown(page) == [cells.nth(2).get_attribute("href")[1:]]
        page.keyboard.press("End")
        assert page.evaluate("document.activeElement.id") == cells.last.get_attribute("id")
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.id") == cells.last.get_attribute("id")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == cells.first.get_attribute("id")
        page.locator("#close").evaluate("button => button.click()")
        assert page.evaluate("document.activeElement.id") == cells.first.get_attribute("id")


def test_buttons_jump_to_gaps_and_to_what_is_asked_most(open_page, report):
    with open_page(report) as page:
        page.get_by_role("button", name="Next sentence never asked").click()
        chosen = page.locator("a.t[aria-current]")
        assert chosen.get_attribute("data-n") == "0"
        assert chosen.evaluate(
            "e => { const b = e.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight; }"
        )
        before = chosen.get_attribute("id")
        page.get_by_role("button", name="Next sentence never asked").click()
        assert chosen.get_attribute("id") != before
        page.get_by_role("button", name="Next most asked").click()
        most = max(int(n) for n in page.locator("a.t").evaluate_all("all => all.map(e => e.dataset.n)"))
        assert int(chosen.get_attribute("data-n")) == most
        page.get_by_role("button", name="Next hijacked question").click()
        assert "bad" in chosen.get_attribute("class")


def test_it_works_without_scripts(open_page, report):
    with open_page(report, java_script_enabled=False, viewport={"width": 1280, "height": 900}) as page:
        first = cell(page, "draws its drinking water")
        first.click()
        assert page.locator(first.get_attribute("href")).is_visible()
        assert page.locator("#panel section:visible").count() == 1


def test_on_a_phone_nothing_is_cut_off_and_questions_open_as_a_sheet(open_page, report):
    with open_page(report, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert not page.locator("#panel").is_visible()
        cell(page, "draws its drinking water").tap()
        box = page.locator("#panel").bounding_box()
        assert box["y"] + box["height"] == pytest.approx(740, abs=1)
        assert box["height"] <= 740 * 0.56
        assert page.locator("#close").bounding_box()["height"] >= 40
        page.locator("#close").tap()
        assert not page.locator("#panel").is_visible()
        for button in page.locator("button[data-jump]").all():
            assert button.bounding_box()["height"] >= 40


CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (text) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = ([r, g, b]) => {
    const f = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      if (c[3] === 255) return c;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || e.closest("svg, .vh, .skip") || !e.getClientRects().length) continue;
    const style = getComputedStyle(e);
    if (Number(style.opacity) < 1) continue;
    const [a, b] = [light(rgba(style.color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)} ${e.textContent.slice(0, 30)}`);
  }
  return low;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_contrast(open_page, report, scheme):
    with open_page(report, color_scheme=scheme, viewport={"width": 1280, "height": 900}) as page:
        cell(page, "draws its drinking water").click()
        assert page.evaluate(CONTRAST) == []
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(int(n) for n in paper[4:-1].split(",")) > 384) == (scheme == "light")


def test_screen_readers_get_names_for_everything(open_page, report):
    with open_page(report) as page:
        assert page.locator("h1").count() == 1
        levels = page.locator("h1, h2, h3").evaluate_all("all => all.map(e => Number(e.tagName[1]))")
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        for landmark in ("main", "navigation", "contentinfo", "banner", "complementary"):
            assert page.get_by_role(landmark).count() >= 1
        for picture in page.locator("svg").all():
            assert picture.get_attribute("aria-hidden") == "true" or picture.get_attribute("aria-label") or (
                picture.evaluate("e => Boolean(e.closest('[aria-hidden=true]'))")
            )  # fmt: skip
        names = page.locator("a.t").evaluate_all("all => all.map(e => e.textContent)")
        assert all("asked" in name for name in names)
        twice = page.evaluate("(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
                              "return ids.filter((id, place) => ids.indexOf(id) !== place); })()")  # fmt: skip
        assert twice == []
        links = page.locator("a[href^='#']")
        broken = links.evaluate_all("all => all.filter(e => !document.getElementById(e.hash.slice(1))).length")
        assert broken == 0


def test_it_prints(open_page, report):
    with open_page(report) as page:
        page.emulate_media(media="print")
        assert not page.locator("nav").is_visible()
        assert not page.locator("#panel").is_visible()
        pdf = page.pdf()
        assert pdf.startswith(b"%PDF")
        assert 2 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page>") + pdf.count(b"/Type /Page ") <= 40


HOSTILE = (
    "\n\n<script>window.owned = 1; alert(1)</script> <img src=x onerror=\"window.owned = 2\"> </textarea>"
    "</style></title><svg onload='window.owned = 3'></svg> <iframe src='javascript:window.owned = 4'></iframe> "
    "<a href='javascript:window.owned = 5'>x</a> <meta http-equiv='refresh' content='0;url=data:text/html,x'> "
    "\u202etxet desrever\u202c {{ 7 * 7 }} </a></div></main><h1>owned</h1> \" onmouseover=\"window.owned = 6 .\n"
)  # fmt: skip


def test_a_hostile_document_runs_nothing(open_page, tmp_path):
    parts = sample(text=TEXT + HOSTILE, name="<script>window.owned = 7</script>.md")
    parts["title"] = "</title><script>window.owned = 8</script>"
    path = write_report(tmp_path / "hostile.html", **parts)
    with open_page(path) as page:
        for one in page.locator("a.t").all()[-4:]:
            one.hover()
            one.click()
        assert page.evaluate("window.owned") is None
        assert page.locator("h1").count() == 1
        assert page.locator("iframe, img, form, object, embed, base").count() == 0
        assert page.evaluate("document.scripts.length") == 1
        assert "U+202E" in page.locator(".text").last.inner_text()


def test_the_policy_of_the_page_is_enforced(browser, report):
    with Seen(browser, report).context as context:
        page = context.pages[0]
        blocked = page.evaluate(
            """() => new Promise((done) => {
              const found = [];
              document.addEventListener("securitypolicyviolation", (e) => found.push(e.effectiveDirective));
              const script = document.createElement("script"); script.textContent = "window.owned = 1";
              const style = document.createElement("style"); style.textContent = "body { color: red }";
              const image = document.createElement("img"); image.src = "https://example.invalid/x.png";
              const button = document.createElement("button"); button.setAttribute("onclick", "window.owned = 2");
              document.body.append(script, style, image, button); button.click();
              setTimeout(() => done([found.sort(), window.owned || 0]), 300);
            })"""
        )
        assert blocked[1] == 0
        assert {"img-src", "script-src-attr", "script-src-elem", "style-src-elem"} <= set(blocked[0])


def test_pages_of_a_large_corpus_lead_to_each_other(open_page, tmp_path):
    parts = sample(text=TEXT * 60)
    path = write_report(tmp_path / "large report.html", **parts)
    with open_page(path) as page:
        page.get_by_role("link", name="water.md").click()
        assert page.url.endswith("large%20report_documents/00001.html")
        page.locator("a.t").nth(5).click()
        assert len(shown(page)) == 1
        page.get_by_role("link", name="Part 2").click()
        assert page.locator("a.t").count() >= 1
        page.get_by_role("link", name="Back to the report").click()
        assert page.url.endswith("large%20report.html")


def colours(png):
    """Different colours of a PNG with 8-bit RGB(A), every 997th pixel."""
    at, data, channels = 8, b"", 3
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind == b"IHDR":
            channels = {2: 3, 6: 4}[png[at + 17]]
        elif kind == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += size + 12
    raw = zlib.decompress(data)
    return len({raw[place : place + channels] for place in range(0, len(raw) - channels, 997)})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_of_the_page(open_page, report, tmp_path, scheme):
    with open_page(report, viewport={"width": 1280, "height": 1500}, color_scheme=scheme) as page:
        cell(page, "tapped").click()
        page.evaluate("window.scrollTo(0, 0)")
        page.wait_for_timeout(200)
        page.screenshot(
            path=tmp_path / "page.png", full_page=True, clip={"x": 0, "y": 0, "width": 1280, "height": 2080}
        )
    assert colours((tmp_path / "page.png").read_bytes()) > 20
    wanted = os.environ.get("SELFSTUDY_GUARD_SCREENSHOT")
    if wanted and scheme == "light":
        Path(wanted).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tmp_path / "page.png", wanted)


WIDTHS = (390, 768, 1280)


@pytest.fixture(scope="module")
def audit_page(tmp_path_factory):
    from selfstudy_guard.audit.audit_page import audit_html
    from tests.test_audit_results import audit, experiment

    model = f"gguf:/models/{'a-long-name-of-a-model-' * 4}0.5b.gguf"
    settings = {"documents": {f"page{number}.md": "0123456789abcdef" * 4 for number in range(9)}}
    path = tmp_path_factory.mktemp("audit") / "audit.html"
    path.write_text(audit_html(audit(experiment(model), settings=settings)), "utf-8")
    return path


@pytest.fixture(scope="module")
def long_report(tmp_path_factory):
    """Twelve documents in the formats that people have, with menus, orders and rejections, one question a target."""
    from selfstudy_guard import Document, generate
    from selfstudy_guard.testing.obedient import ObedientReader

    pages = sorted((Path(__file__).parent.parent / "examples" / "demo" / "pages").iterdir())
    kinds = {".html": "text/html", ".md": "text/markdown", ".rst": "text/x-rst", ".txt": "text/plain"}
    documents = [
        Document(
            id=f"{part}/{page.name}",
            text=f"{page.read_text('utf-8')}\n<!-- {part} -->\n",
            media_type=kinds[page.suffix],
        )
        for part in ("first", "second")
        for page in pages
    ]
    run = generate(documents, model=ObedientReader(), n=60, notify=lambda line: None)
    return run.report(tmp_path_factory.mktemp("long") / "coverage.html")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_and_twelve_documents_are_short(open_page, long_report, audit_page, width, scheme):
    size = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    for path in (long_report, audit_page):
        with open_page(path, **size) as page:
            wide, tall = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
            assert wide <= width
            assert tall <= 8000 or path == audit_page


def test_documents_are_folded_their_markup_is_hidden_and_both_open_on_demand(open_page, long_report):
    with open_page(long_report, viewport={"width": 1280, "height": 900}) as page:
        assert page.locator("details.doc").count() == 12
        assert page.locator("details.doc[open]").count() == 0
        page.get_by_role("button", name="Next sentence never asked").click()
        assert page.locator("details.doc[open]").count() == 1
        hidden = page.locator("details.doc[open] .src").first
        if hidden.count():
            assert not hidden.is_visible()
        page.get_by_role("button", name="Show source markup").click()
        assert page.get_by_role("button", name="Hide source markup").count() == 1
        page.locator("table a[href^='#t']").last.click()
        playwright.expect(page.locator("details.doc[open]")).to_have_count(2)
