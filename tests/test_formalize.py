"""Statements from words and words from statements, by a scripted chat model and the real Lean."""

import json
import subprocess
import sys

import pytest
from chat_server import chat_server

from prover.errors import InputError
from prover.formalizing.candidate import NoStatement, statement_of
from prover.formalizing.checks import implication
from prover.formalizing.sets import read_words
from prover.lean.theorem import Theorem
from prover.negation import NotNegated, contradiction
from prover.policy.chat.statements import FORMALIZERS, INFORMALIZERS, statement_format

pytestmark = pytest.mark.long

PROMPTS = {
    "kimina": (
        "Please autoformalize the following problem in Lean 4 with a header. Use the following theorem names: "
        "my_favorite_theorem.\n\nwords"
    ),
    "stepfun": (
        "Please autoformalize the following problem in Lean 4 with a header. Use the following theorem names: "
        "my_favorite_theorem.\n\nwords\n\nYour code should start with:\n```Lean4\nimport Mathlib\n```\n"
    ),
    "goedel": (
        "Please autoformalize the following natural language problem statement in Lean 4. Use the following theorem "
        "name: my_favorite_theorem\nThe natural language statement is: \nwordsThink before you provide the lean "
        "statement."
    ),
    "herald": (
        "You are an expert at Lean 4 and Mathematics.\n\nUser:Please translate the natural language statement to Lean4 "
        "code with the header\n**Name**\nmy_favorite_theorem\n**Informal statement**\nwords\n\n\nAssistant:"
    ),
}


@pytest.mark.parametrize("name", PROMPTS)
def test_a_format_asks_as_its_model_was_trained(name):
    form = FORMALIZERS[name]
    prompt = form.prompt(problem="words", name="my_favorite_theorem", header="import Mathlib")
    assert prompt == PROMPTS[name]
    systems = [each.content for each in form.messages(prompt) if each.role == "system"]
    assert systems == (
        ["You are an expert in mathematics and Lean 4."] if name in ("kimina", "stepfun") else []
    )


def test_the_format_is_told_from_the_models_name():
    models = {
        "AI-MO/Kimina-Autoformalizer-7B": "kimina",
        "stepfun-ai/StepFun-Formalizer-32B": "stepfun",
        "Goedel-LM/Goedel-Formalizer-V2-8B": "goedel",
        "FrenzyMath/Herald_translator": "herald",
        "gpt-99": "generic",
    }
    assert {model: statement_format("auto", model, FORMALIZERS).name for model in models} == models
    with pytest.raises(InputError, match="no format 'kimina' for statements"):
        statement_format("kimina", "any", INFORMALIZERS)


def test_the_statement_of_an_answer():
    found = statement_of(
        "so\n```lean4\nimport Mathlib\n\ndef two := 2\n\ntheorem foo (n : ℕ) : n < two := by sorry\n```", "p1"
    )
    assert (found.name, found.full_name, found.statement) == ("p1", "foo", "theorem foo (n : ℕ) : n < two")
    assert found.header == "import Mathlib\n\ndef two := 2\n\n"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "words",
        "```lean4\ndef x := 1\n```",
        "```lean4\ntheorem a : 1 = 2 := sorry\ntheorem b : 1 = 1 := sorry\n```",
    ],
)
def test_an_answer_without_a_statement(answer):
    assert isinstance(statement_of(answer, "p1"), NoStatement)


def test_theorems_about_statements():
    first = Theorem(name="a", statement="theorem a (n : Nat) (h : n < n) : n = 1", header="open Nat\n")
    second = Theorem(name="b", statement="theorem b : 1 = 1")
    assert contradiction(first).statement == "theorem a_contradictory (n : Nat) (h : n < n) : False"
    assert isinstance(contradiction(second), NotNegated)
    made = implication(first, second)
    assert made.statement == (
        "theorem prover_follows (h : type_of% @prover_first.a) : type_of% @prover_second.b"
    )
    assert "namespace prover_first\nopen Nat\ntheorem a" in made.header


def prover(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "prover", *map(str, arguments)], capture_output=True, text=True, timeout=800
    )
    assert "Traceback" not in done.stderr
    return done


def answer(statement):
    return f"```lean4\nimport Mathlib\n\n{statement} := by sorry\n```"


EVEN = "theorem t (n : ℕ) (h : n % 2 = 0) : n * n % 4 = 0"
SAME = "theorem other (m : ℕ) (hm : ∃ k, m = 2 * k) : m * m % 4 = 0"
FALSE = "theorem t (n : ℕ) : n * n % 4 = 0"
EMPTY = "theorem t (n : ℕ) (h : n < n) : n * n % 4 = 0"
REFUSED = "theorem t (n : ℕ) : n * n % 4 = undefined_thing"


def test_candidates_are_corrected_checked_and_compared():
    first = [answer(each) for each in (EVEN, SAME, FALSE, EMPTY, REFUSED)] + ["no idea"]

    def script(body):
        if len(body["messages"]) == 2:
            return first
        assert (
            "undefined_thing" in body["messages"][3]["content"]
            or "no Lean code" in body["messages"][3]["content"]
        )
        return [answer(EVEN)]

    with chat_server(script) as server:
        done = prover(
            "formalize", "The square of an even number is divisible by four.", "--model", server.url, "--samples", 6,
            "--rounds", 1, "--check-timeout", 300, "--check-tactics", 60,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    found = shown["candidates"]
    assert [each["outcome"] for each in found] == ["elaborates"] * 4 + ["errors", "no statement"] + [
        "elaborates"
    ] * 2
    assert [each["parent"] for each in found[6:]] == [4, 5]
    assert [each["is_false"] for each in found[:4]] == [False, False, True, False]
    assert [each["hypotheses_contradict"] for each in found[:4]] == [False, False, False, True]
    assert found[0]["cluster"] == found[1]["cluster"] == found[6]["cluster"] != found[2]["cluster"]
    assert shown["statement"] == EVEN
    assert "faithful" not in done.stdout + done.stderr


def test_sets_in_sets_out_and_what_is_done_is_left_out(tmp_path):
    words, out = tmp_path / "words.jsonl", tmp_path / "out.jsonl"
    lines = [
        {"name": "p0", "informal": "The square of an even number ...", "statement": f"{SAME} := by sorry"},
        {"name": "p1", "informal": "One is one."},
    ]
    words.write_text("".join(json.dumps(line) + "\n" for line in lines[:1]))
    options = ["--samples", 1, "--rounds", 0, "--check-timeout", 300, "--check-tactics", 60, "--out", out]
    with chat_server(lambda body: [answer(EVEN)]) as server:
        done = prover("formalize", words, "--model", server.url, "--compare", *options)
        assert done.returncode == 0, done.stderr
        [line] = [json.loads(each) for each in out.read_text().splitlines()]
        assert (line["name"], line["statement"]) == ("p0", EVEN)
        assert line["candidates"][0]["follows_from_reference"]
        assert line["candidates"][0]["implies_reference"]
        words.write_text("".join(json.dumps(line) + "\n" for line in lines))
        out.write_text(out.read_text() + '{"name": "p1", "cut')
        done = prover("formalize", words, "--model", server.url, *options, "--resume")
        assert done.returncode == 0, done.stderr
        assert len(server.bodies) == 2
        assert [json.loads(each)["name"] for each in out.read_text().splitlines()] == ["p0", "p1"]
        done = prover("formalize", words, "--model", server.url, *options)
    assert (done.returncode, "is there already" in done.stderr) == (2, True)


def test_a_judge_compares_the_statement_in_words(tmp_path):
    def script(body):
        system, user = (each["content"] for each in body["messages"])
        if "same or different" in system:
            assert user.startswith("Problem 1:\nThe square of an even number")
            kind = "different" if "n * n % 4" in user.partition("Problem 2:")[2] else "same"
            return [f"The first says ||same||, but no. In the end: || {kind.upper()} ||"]
        if "Say in words" in user:
            return ["The square is n * n % 4." if "(h : n % 2 = 0)" in user else ""]
        return [answer(EVEN), answer(SAME)]

    with chat_server(script) as server:
        done = prover(
            "formalize", "The square of an even number is divisible by four.", "--model", server.url, "--samples", 2,
            "--judge", server.url, "--rounds", 0, "--check-timeout", 300, "--check-tactics", 60,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, second = json.loads(done.stdout)["candidates"]
    assert (first["judge"], first["back_translation"]) == ("different", "The square is n * n % 4.")
    assert first["judge_answer"].endswith("|| DIFFERENT ||")
    assert (second["judge"], second["back_translation"]) == ("none", "")


def test_words_for_statements(tmp_path):
    out = tmp_path / "out.jsonl"
    with chat_server(
        lambda body: [f"<think>hm</think>Words for {body['messages'][1]['content'][-60:]}"]
    ) as server:
        done = prover("informalize", f"{EVEN} := by sorry", "--model", server.url)
        assert json.loads(done.stdout)["informal"].startswith("Words for")
        source = tmp_path / "set.jsonl"
        source.write_text(json.dumps({"name": "p0", "statement": EVEN}) + "\n")
        done = prover("informalize", source, "--model", server.url, "--out", out)
        assert done.returncode == 0, done.stderr
    assert json.loads(out.read_text())["name"] == "p0"


@pytest.mark.slow
def test_problems_that_are_made_up_are_proved_or_thrown_away(tmp_path):
    out = tmp_path / "made.jsonl"
    own = "```lean4\nimport Mathlib\n\ntheorem x (a : ℕ) (h : a = 3) : a * a = 9 := by\n  subst h\n  rfl\n```"
    made = {
        0: f"**Problem:** A three\nsquared is nine.\n{own}",
        1: f"Problem: Its square.\n{answer(EVEN)}",
        2: f"Problem: Twice.\n{answer(EVEN)}",
        3: answer(EMPTY),
        4: answer(FALSE),
        5: answer(REFUSED),
    }
    pairs = []

    def script(body):
        first = body["messages"][1]["content"]
        number = int(first.partition("synthesized_7_")[2].partition(",")[0])
        if len(body["messages"]) == 2:
            pairs.append(first.partition("these two concepts: ")[2].partition(".")[0])
        else:
            assert "undefined_thing" in body["messages"][3]["content"]
        return [made[number]]

    options = [
        "--seed", 7, "--rounds", 1, "--check-timeout", 300, "--check-tactics", 60, "--out", out,
    ]  # fmt: skip
    with chat_server(script) as server:
        done = prover("problems", "synthesize", "--model", server.url, "--count", 4, *options)
        assert done.returncode == 0, done.stderr
        out.write_text(out.read_text() + '{"name": "synthesized_7_4", "cut')
        done = prover("problems", "synthesize", "--model", server.url, "--count", 6, *options, "--resume")
        assert done.returncode == 0, done.stderr
        assert len(server.bodies) == 7
    assert "1 not proved, 1 unusable" in done.stderr
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    outcomes = ["proved", "proved", "known", "contradictory", "not proved", "unusable"]
    assert [line["outcome"] for line in lines] == outcomes
    assert [bool(line["statement"]) for line in lines] == [True, True, False, False, False, False]
    assert (lines[0]["proof"], lines[0]["informal"]) == ("subst h\nrfl", "A three squared is nine.")
    assert "; ".join(lines[3]["concepts"]) == pairs[3]
    assert len(set(pairs)) == 6


def test_variants_of_problems(tmp_path):
    source, out = tmp_path / "set.jsonl", tmp_path / "made.jsonl"
    source.write_text(json.dumps({"name": "p0", "statement": EVEN}) + "\n")
    with chat_server(
        lambda body: [answer(EVEN if EVEN in body["messages"][1]["content"] else SAME)]
    ) as server:
        done = prover(
            "problems", "synthesize", "--model", server.url, "--count", 1, "--variants-of", source, "--out", out,
            "--rounds", 0,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert prover("problems", "synthesize", "--model", server.url, "--concepts", source).returncode == 2
    [line] = [json.loads(line) for line in out.read_text().splitlines()]
    assert (line["outcome"], line["variant_of"], line["concepts"]) == ("known", "p0", [])


def test_bad_input_is_one_clear_line(tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    wordless = tmp_path / "wordless.jsonl"
    wordless.write_text('{"name": "p0"}\n')
    with pytest.raises(InputError, match="has no problem"):
        read_words(empty, compare=False)
    with pytest.raises(InputError, match="no problem in words"):
        read_words(wordless, compare=False)
    with chat_server([]) as server:
        for arguments, said in (
            (["formalize", "words", "--model", "heuristic"], "needs a chat model"),
            (["formalize", "words", "--model", server.url, "--format", "nonsense"], "no format 'nonsense'"),
            (["formalize", "words", "--model", server.url, "--compare"], "--compare is for a file"),
            (["formalize", "words", "--model", server.url, "--resume"], "--resume goes on with a file"),
            (["formalize", tmp_path / "none.jsonl", "--model", server.url], "cannot read"),
        ):
            done = prover(*arguments)
            assert done.returncode == 2
            assert said in done.stderr
