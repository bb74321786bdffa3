"""The page of `prover server`, in Chromium: a search is started, watched, stopped, found again, its proof copied."""

import pytest
from pages import watched_pages
from service_http import serving

pytest.importorskip("fastapi")
pytestmark = pytest.mark.slow

TRUE = "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b"
HARD = "theorem hard (f : Nat → Nat) (n : Nat) : f (f n) = f n ∧ f 3 = f n"
HOSTILE = "</script><img src=x onerror=alert(1)>"
TOKEN = "a token that nobody guesses"


@pytest.fixture(scope="module")
def server():
    with serving() as running:
        yield running


@pytest.fixture
def open_page(chromium):
    """Open a server's page; fail at the end if a script failed or anything else was asked for."""
    with watched_pages(chromium) as opened:

        def open_server(url, *, fragment="", **settings):
            return opened(f"{url}/{fragment}", own=url, **settings)

        yield open_server


def ask(page, theorem):
    page.fill("#theorem", theorem)
    page.get_by_role("button", name="Prove", exact=True).click()


def test_a_theorem_is_proved_and_its_proof_copied(open_page, server):
    page = open_page(server.url, permissions=["clipboard-read", "clipboard-write"])
    ask(page, TRUE)
    page.wait_for_selector(".standing.proved")
    assert page.locator("pre.proof").inner_text().startswith(f"{TRUE} := by\n  ")
    assert "Checked by Lean's kernel" in page.locator("#outcome").inner_text()
    assert page.locator(".ending").count() == 1
    page.get_by_role("button", name="Copy").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(TRUE)
    page.reload()
    page.wait_for_selector(".standing.proved")
    assert page.input_value("#theorem") == TRUE


def test_a_search_grows_before_ones_eyes_and_can_be_stopped(open_page, server):
    page = open_page(server.url)
    page.uncheck("#disprove")
    ask(page, HARD)
    page.wait_for_selector(".standing.running")
    page.wait_for_selector(".tree-canvas svg")
    page.locator(".state").nth(5).wait_for()
    assert page.locator("pre.goal").count() >= 1
    page.locator(".state").nth(2).locator(".frame").click()
    chosen = page.locator(".tree-panel h4").inner_text()
    while page.locator(".state").count() > 1:
        page.locator(".more").first.click()
    drawn = page.locator(".tree-tools .dim").inner_text()
    page.wait_for_function(
        "drawn => document.querySelector('.tree-tools .dim').innerText !== drawn", arg=drawn
    )
    assert page.locator(".state").count() == 1, "what was closed stays so while the tree grows"
    page.locator(".more").first.click()
    page.locator(".state").nth(2).locator(".frame").click()
    chosen = page.locator(".tree-panel h4").inner_text()
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector(".standing.interrupted")
    assert page.locator(".tree-panel h4").inner_text() == chosen
    assert page.locator(".state").count() >= 3
    assert not page.get_by_role("button", name="Stop").is_visible()


def test_false_and_wrong_theorems_say_so(open_page, server):
    page = open_page(server.url)
    ask(page, "theorem wrong (n : Nat) : n < 5")
    page.wait_for_selector(".standing.disproved")
    assert "n = 5" in page.locator("#outcome").inner_text()
    ask(page, "theorem odd (n : Nat) : n + = n")
    page.wait_for_selector(".standing.error")
    assert "1:27" in page.locator("#outcome").inner_text()
    page.locator(".jobs button", has_text="wrong").first.click()
    page.wait_for_selector(".standing.disproved")


def test_hostile_text_is_shown_as_it_is(open_page, server):
    page = open_page(server.url)
    ask(page, f"theorem t : 1 = 1 /- {HOSTILE} -/")
    page.wait_for_selector(".standing.proved, .standing.error")
    assert page.locator("img").count() == 0
    assert HOSTILE in page.locator(".jobs").inner_text() + page.locator("#outcome").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_need_not_scroll_sideways(open_page, server, scheme):
    page = open_page(server.url, viewport={"width": 375, "height": 800}, color_scheme=scheme)
    ask(page, TRUE)
    page.wait_for_selector(".standing.proved")
    page.wait_for_selector(".tree-canvas svg")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == ("rgb(247, 246, 242)" if scheme == "light" else "rgb(22, 24, 27)")


def test_it_asks_for_the_token(open_page):
    with serving(token=TOKEN) as server:
        page = open_page(server.url, allowed=["401"])
        assert page.locator("#key").is_visible()
        page.fill("#token", TOKEN)
        page.get_by_role("button", name="Go on").click()
        page.wait_for_selector("#key", state="hidden")
        ask(page, TRUE)
        page.wait_for_selector(".standing.proved")
