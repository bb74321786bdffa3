import base64
import contextlib
import dataclasses
import hashlib
import json
import re
import zlib

import pytest
from pages import watched_pages
from stored_runs import create, finished
from synthetic_run import Attempt, Problem, varied_problems, write_run
from typer import Typer
from typer.testing import CliRunner

from prover.cli.report import report
from prover.errors import InputError
from prover.evaluation.report import write_report
from prover.evaluation.store.rows import TreeRows, TryRow

HOSTILE = '</script><script>document.title = "broken into"</script><img src=x onerror=alert(1)>'


def chunks(page):
    """Return what is packed in the page, by name."""
    found = re.findall(r'<script type="text/plain" id="([\w-]+)">([\w+/=]*)</script>', page)
    return {name: json.loads(zlib.decompress(base64.b64decode(packed))) for name, packed in found}


def hostile_problems():
    step = (0, None, HOSTILE, -1.0, "error", HOSTILE, False)
    return [
        Problem(
            f"h{HOSTILE}",
            HOSTILE,
            statement=f"theorem h : 0 = 0 /- {HOSTILE} -/",
            attempts=[
                Attempt("proved", proof=f"exact rfl -- {HOSTILE}", steps=[step]),
                Attempt("engine error"),
            ],
        ),
        Problem("tame", attempts=[Attempt()]),
    ]


def test_the_report_has_everything_and_loads_nothing(tmp_path):
    problems = varied_problems(30, nodes=20)
    page = write_report(write_run(tmp_path, problems)).page.read_text(encoding="utf-8")
    packed = chunks(page)
    assert [each["name"] for each in packed["page"]["problems"]] == [each.name for each in problems]
    assert {f"problem-{i}" for i in range(30)} < set(packed)
    trees = [name for name in packed if name.startswith("tree-")]
    assert len(trees) == sum(len(each.attempts) for each in problems)
    markup = re.sub(r"<script.*?</script>|<style>.*?</style>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)=\"(?!#|data:,)", markup)
    assert "url(" not in page
    assert "default-src 'none'" in markup


def test_the_policy_of_the_page_allows_its_own_code_and_no_other(tmp_path):
    page = write_report(write_run(tmp_path, varied_problems(3, nodes=5))).page.read_text(encoding="utf-8")
    code = re.search(r'<script type="module">(.*?)</script>', page, re.DOTALL)[1]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    for text in (code, style):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in page
    assert "unsafe" not in page
    assert "innerHTML" not in code


def test_text_from_the_run_cannot_be_markup(tmp_path):
    page = write_report(write_run(tmp_path, hostile_problems(), set_name=HOSTILE)).page.read_text(
        encoding="utf-8"
    )
    assert HOSTILE not in page
    assert "broken into" not in page.replace("&quot;broken into&quot;", "")
    packed = chunks(page)
    assert packed["page"]["run"]["set"] == HOSTILE
    assert HOSTILE in packed["tree-0"]["texts"]


def test_the_summary_says_what_the_report_says(tmp_path):
    problems = [
        Problem("a", closers=("omega",), attempts=[Attempt("proved")]),
        Problem("b|c", "x|y", attempts=[Attempt("proved")]),
        Problem("d", attempts=[Attempt("policy error")]),
        Problem("e", support="unsupported"),
    ]
    write_report(write_run(tmp_path, problems, set_name="set_of_|four|"))
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "set\\_of\\_\\|four\\|: 2 of 3 proved" in summary
    assert "66.7% [20.8, 93.9] of the 3 supported problems, 50.0% [15.0, 85.0] of all 4" in summary
    assert "already closes 1 of the 3 problems" in summary
    assert "the search proves 1 of these and 1 that automation does not close" in summary
    for row in (
        "| policy error | 1 |",
        "| unsupported | 1 |",
        "| **total** | **4** |",
        "| x\\|y | 1 | 1 | 0 | 1 |",
    ):
        assert row in summary


def test_a_run_without_attempts_or_problems_has_a_report(tmp_path):
    for name, problems in (("empty", []), ("begun", [Problem("a", support="unchecked")])):
        page = write_report(write_run(tmp_path / name, problems)).page.read_text(encoding="utf-8")
        assert chunks(page)["page"]["numbers"]["proved_all"]["count"] == 0


def test_long_texts_are_cut_and_say_so(tmp_path):
    problem = Problem("a", attempts=[Attempt(steps=[(0, None, "simp", -1.0, "error", "x" * 5000, False)])])
    page = write_report(write_run(tmp_path, [problem])).page.read_text(encoding="utf-8")
    (text,) = [text for text in chunks(page)["tree-0"]["texts"] if text.startswith("xxx")]
    assert text == "x" * 1200 + " … (3,800 more characters)"


def test_the_command_prints_the_path(tmp_path):
    app = Typer()
    app.command()(report)
    run = write_run(tmp_path / "run", [Problem("a", attempts=[Attempt()])])
    assert CliRunner().invoke(app, [str(run)]).output.strip() == str(run / "report.html")
    assert (run / "summary.md").is_file()
    with pytest.raises(InputError, match="is not a run"):
        write_report(tmp_path)


@pytest.fixture
def open_page(chromium):
    """Open a report; whatever the console says, and every request but for the file itself, fails the test."""
    with watched_pages(chromium) as opened:

        def open_report(path, *, fragment="", **settings):
            return opened(path.as_uri() + fragment, own="file:", **settings)

        yield open_report


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    folder = write_run(
        tmp_path_factory.mktemp("run"), varied_problems(60, nodes=60), set_name="a set of sixty"
    )
    write_report(folder)
    return folder


def names(page):
    return page.locator("table.problems tbody .name").all_inner_texts()


@pytest.mark.slow
def test_it_renders(open_page, run_folder):
    page = open_page(run_folder / "report.html")
    assert page.locator("h1").inner_text() == "a set of sixty"
    assert page.locator(".count").inner_text().split() == ["40", "of", "52"]
    assert page.locator("#plots svg").count() == 4
    assert page.locator("table.categories tbody tr").count() == 8
    assert len(names(page)) == 60


@pytest.mark.slow
def test_a_page_that_is_a_sample_says_so_where_something_is_missing(open_page, tmp_path):
    run = write_run(tmp_path, varied_problems(60, nodes=60))
    page = open_page(write_report(run, most_bytes=60_000).page)
    assert page.locator(".count").inner_text().split() == ["40", "of", "52"]
    notice = page.locator("#problems > .notice").inner_text()
    assert "So that this page stays below 20 MB" in notice
    shown = re.search(r"details of (\d+) of (\d+) problems", notice)
    assert 0 < int(shown[1]) < int(shown[2]) == len(names(page))
    seen = set()
    for name in names(page):
        page.locator("table.problems .name", has_text=re.compile(f"^{name}$")).click()
        page.wait_for_selector("#sheet[open]")
        seen.add(page.get_by_text("The details of this problem are left out").count())
        page.get_by_role("button", name="Close", exact=True).click()
    assert seen == {0, 1}


@pytest.mark.slow
def test_the_table_searches_sorts_and_filters(open_page, run_folder):
    page = open_page(run_folder / "report.html")
    everything = names(page)
    heading = page.locator("table.problems thead th", has_text="tactics")
    heading.locator("button").click()
    lengths = page.locator("table.problems tbody td:nth-child(6)").all_inner_texts()
    assert heading.get_attribute("aria-sort") == "ascending"
    known = [int(text) for text in lengths if text]
    assert known == sorted(known)
    assert lengths[: len(known)] == [str(length) for length in known]
    heading.locator("button").click()
    assert page.locator("table.problems tbody td:nth-child(6)").first.inner_text() == str(known[-1])
    heading.locator("button").click()
    assert names(page) == everything
    page.get_by_label("Search names and statements").fill("IMO p9")
    assert names(page) == [name for name in everything if "imo" in name and "p9" in name]
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Outcome").select_option("unsupported")
    assert set(page.locator("table.problems tbody .badge").all_inner_texts()) == {"unsupported"}
    page.get_by_label("Category").select_option("imo")
    assert all(name.startswith("imo_") for name in names(page))
    page.get_by_role("button", name="Clear").click()
    page.locator("table.categories").get_by_role("button", name="algebra", exact=True).click()
    assert names(page) == [name for name in everything if name.startswith("algebra_")]
    page.get_by_label("Search names and statements").fill("nothing like it")
    assert page.get_by_text("No problem matches.").is_visible()


@pytest.mark.slow
def test_a_problem_shows_its_proof_its_time_and_its_tree(open_page, run_folder):
    page = open_page(run_folder / "report.html", fragment="#problem=induction_9_p11")
    page.wait_for_selector(".tree-canvas svg")
    assert page.locator("#sheet-title").inner_text() == "induction_9_p11"
    proof = page.locator("pre.proof")
    assert proof.inner_text().startswith(
        "theorem induction_9_p11 (n : Nat) (h₀ : 0 < n) :\n  n ^ 2 % 4 < 2 := by\n  "
    )
    assert proof.locator(".lean-keyword", has_text="theorem").count() == 1
    assert page.locator(".attempt").count() == 2
    assert page.locator(".attempt .time-bar").first.get_attribute("aria-label").startswith("Lean ")
    path = page.locator(".state.on-proof")
    assert path.count() == 9
    assert page.locator(".ending").count() == 1
    path.nth(3).locator(".frame").click()
    panel = page.locator(".tree-panel")
    assert panel.locator("h4").inner_text() == "State 3"
    assert "⊢" in panel.locator("pre.goal").first.inner_text()
    assert panel.locator(".failures .message").count() >= 1
    page.get_by_role("button", name="Winning path").click()
    assert page.locator(".state").count() == 9
    page.locator(".state .more", has_text="+").first.click()
    assert page.locator(".state").count() > 9
    page.get_by_role("button", name="Most promising").click()
    assert page.locator(".state").count() > 9
    page.keyboard.press("Escape")
    assert not page.locator("#sheet").is_visible()
    assert "#" not in page.url


@pytest.mark.slow
def test_the_keyboard_is_enough(open_page, run_folder):
    page = open_page(run_folder / "report.html")
    page.locator(".name", has_text="induction_9_p11").focus()
    page.keyboard.press("Enter")
    page.locator(".tree-canvas").focus()
    selected = page.locator(".tree-panel h4")
    for key, state in (
        ("ArrowRight", "State 1"),
        ("ArrowRight", "State 2"),
        ("ArrowLeft", "State 1"),
        ("Home", "The statement"),
    ):
        page.keyboard.press(key)
        assert selected.inner_text() == state
    shown = page.locator(".state").count()
    page.keyboard.press("Enter")
    assert page.locator(".state").count() == 1 < shown
    page.get_by_role("button", name="Next problem").press("Enter")
    page.wait_for_function("document.getElementById('sheet-title').textContent === 'numbertheory_10_p21'")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_need_not_scroll_sideways(open_page, run_folder, scheme):
    page = open_page(run_folder / "report.html", viewport={"width": 375, "height": 800}, color_scheme=scheme)
    too_wide = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(too_wide) <= 0
    page.locator(".name", has_text="induction_9_p11").click()
    page.wait_for_selector(".tree-canvas svg")
    assert page.locator("#sheet").evaluate("sheet => sheet.scrollWidth - sheet.clientWidth") <= 0
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == ("rgb(247, 246, 242)" if scheme == "light" else "rgb(22, 24, 27)")


@pytest.mark.slow
def test_hostile_text_is_shown_as_it_is(open_page, tmp_path):
    page = open_page(write_report(write_run(tmp_path, hostile_problems(), set_name=HOSTILE)).page)
    assert page.locator("h1").inner_text() == HOSTILE
    assert page.title() == f"{HOSTILE}: prover report"
    page.locator(".name").first.click()
    page.wait_for_selector(".tree-canvas svg")
    assert HOSTILE in page.locator("pre.proof").inner_text()
    assert HOSTILE in page.locator(".failures").inner_text()
    assert page.locator("img").count() == 0
    page.reload()
    page.wait_for_selector(".tree-canvas svg")
    assert page.locator("#sheet-title").inner_text() == f"h{HOSTILE}"


@pytest.mark.slow
def test_empty_runs_render(open_page, tmp_path):
    for name, problems in (
        ("empty", []),
        ("begun", [Problem("a", support="unchecked"), Problem("b", attempts=[Attempt(nodes=0)])]),
    ):
        page = open_page(write_report(write_run(tmp_path / name, problems)).page)
        assert len(names(page)) == len(problems)


@pytest.mark.slow
def test_it_stays_usable_at_500_problems_and_100_000_nodes(open_page, tmp_path):
    problems = varied_problems(500, nodes=100)
    problems.append(Problem("giant", attempts=[Attempt("proved", nodes=20_000, length=30)]))
    short = 100_000 - sum(attempt.nodes for problem in problems for attempt in problem.attempts)
    problems.append(Problem("filler", attempts=[Attempt(nodes=max(short, 1000))]))
    path = write_report(write_run(tmp_path, problems)).page
    assert path.stat().st_size < 60e6
    page = open_page(path)
    assert page.evaluate("performance.getEntriesByType('navigation')[0].duration") < 10_000  # milliseconds
    assert len(names(page)) == 200
    page.get_by_role("button", name=re.compile("^Show 200 more of")).click()
    assert len(names(page)) == 400
    page.get_by_label("Search names and statements").fill("giant")
    page.locator(".name", has_text="giant").click()
    page.wait_for_selector(".tree-canvas svg", timeout=10_000)
    assert page.locator(".state").count() == 60
    assert page.locator(".state.on-proof").count() == 30
    for _ in range(3):
        page.get_by_role("button", name="More").click()
    assert page.locator(".state").count() == 2000


@pytest.mark.slow
def test_lean_is_coloured_and_not_changed(open_page, tmp_path):
    statement = (
        'theorem t.x₁ (a : ℕ) /- a /- b -/ "c -/ : "by \\" /-" = «by» ∧ 12.5 ≤ h2 -- by\n  ∧ sorry /- open'
    )
    page = open_page(
        write_report(write_run(tmp_path, [Problem("t", statement=statement)])).page, fragment="#problem=t"
    )
    code = page.locator(".sheet-proof pre code")
    assert code.inner_text() == statement
    coloured = {
        kind: code.locator(f".lean-{kind}").all_inner_texts()
        for kind in ("keyword", "type", "comment", "string", "number", "danger")
    }
    assert coloured == {
        "keyword": ["theorem"],
        "type": ["ℕ"],
        "comment": ['/- a /- b -/ "c -/', "-- by", "/- open"],
        "string": ['"by \\" /-"'],
        "number": ["12.5"],
        "danger": ["sorry"],
    }


@pytest.fixture(scope="module")
def chat_run(tmp_path_factory):
    """A run by a chat model: an answer that is repaired twice, one that is cut, and a plan."""
    folder = tmp_path_factory.mktemp("chat") / "run"
    statement = "theorem foo (a b : Nat)\n    (h : a < b) : a + 1 ≤ b := by"
    header = "open Nat\n\n"

    def made(number, outcome, proof="", *, errors=(), **others):
        body = "".join(f"\n  {line}" for line in proof.split("\n"))
        given = {
            "parent": None, "round": 0, "reason": "", "tokens": 120 + number, "proof": proof,
            "file": f"{header}{statement}{body}\n" if proof else "",
            "answer": f"I try this:\n```lean4\n{statement}{body}\n```",
        }  # fmt: skip
        return TryRow(**(given | {"number": number, "outcome": outcome, "errors": tuple(errors)} | others))

    unknown = ["5:18: unknown identifier 'nonsense'", "6:2: unknown tactic\nwith a second line"]
    tries = [
        made(0, "errors", "have : a ≤ b := nonsense\nlinarith <b>", errors=unknown),
        made(1, "cut", answer="thinking about it", reason="the answer ended at the limit"),
        made(2, "errors", "simp", parent=0, round=1, errors=["3:0: unsolved goals\n⊢ a < b"]),
        made(3, "proved", "omega", parent=2, round=2),
    ]
    steps = ["5:0: proved: have h1 : a ≤ b (omega)", "7:0: open: ⊢ a + 1 ≤ b (ended)"]
    plan = [made(0, "open", "have h1 : a ≤ b := by\n  sorry\nsorry", errors=steps)]
    with contextlib.closing(create(folder, ["foo", "bar"])) as store:
        for problem, outcome, each in ((0, "proved", tries), (1, "failed", plan)):
            done = finished(store, problem, 0, outcome)
            row = dataclasses.replace(done.attempt, nodes=0)
            store.add_attempt(row, TreeRows(nodes=(), steps=()), done.proof_steps, tries=each)
    write_report(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("width", [1200, 375])
def test_rounds_stand_side_by_side_with_leans_messages_beside_the_lines(open_page, chat_run, width):
    page = open_page(
        chat_run / "report.html", fragment="#problem=foo", viewport={"width": width, "height": 900}
    )
    page.wait_for_selector(".answers")
    assert page.locator(".rounds").count() == 2
    first, repair, last = page.locator(".rounds").first.locator(".try").all()
    assert "errors" in first.locator("h5").inner_text()
    assert "round 2 · proved" in last.locator("h5").inner_text()
    noted = first.locator(".noted")
    assert noted.locator("code").all_inner_texts() == ["  have : a ≤ b := nonsense", "  linarith <b>"]
    assert noted.nth(1).locator(".line-note").inner_text() == "unknown tactic\nwith a second line"
    assert repair.locator(".noted code").inner_text() == "theorem foo (a b : Nat)"
    boxes = [each.bounding_box() for each in (first, repair)]
    if width > 1000:
        assert boxes[0]["y"] == boxes[1]["y"]
        assert boxes[0]["x"] < boxes[1]["x"]
    else:
        assert boxes[0]["y"] < boxes[1]["y"]
    assert page.locator("#sheet").evaluate("sheet => sheet.scrollWidth - sheet.clientWidth") <= 0
    assert not page.get_by_text("Search tree", exact=True).is_visible()
    page.get_by_role("button", name="Next problem").click()
    assert page.locator(".note-proved").inner_text() == "proved: have h1 : a ≤ b (omega)"
    assert page.locator(".note-open").count() == 1
