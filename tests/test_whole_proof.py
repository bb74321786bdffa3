"""Whole proofs by a chat model: formats, reading answers, repair, budgets, failures of servers."""

import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from chat_server import chat_server

from prover.errors import InputError, PolicyUnavailable, RequestRefused
from prover.evaluation.store.folder import RunFolder
from prover.lean.theorem import Theorem
from prover.policy.bounded import AnswerTooLarge
from prover.policy.chat.budget import TokenBudget
from prover.policy.chat.client import BudgetSpent, ChatClient
from prover.policy.chat.extraction import extract_code
from prover.policy.chat.formats import CHAT_FORMATS, chat_format
from prover.policy.chat.messages import ChatMessage, ChatRequest, ChatSampling, split_thinking
from prover.policy.chat.repair import ProofError, repair_prompt
from prover.whole_proof.assemble import NoProof, proof_of

pytestmark = pytest.mark.long

HEADER = "import Mathlib\nimport Aesop\n\nset_option maxHeartbeats 0\n\nopen BigOperators Real Nat Topology Rat\n\n"
THEOREM = Theorem(name="foo", statement="theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b", header=HEADER)
PLAIN = Theorem(name="foo", statement="theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b")
PLAN = (
    "\n\nBefore producing the Lean 4 code to formally prove the given theorem, provide a detailed proof plan outlining "
    "the main proof steps and strategies.\nThe plan should highlight key ideas, intermediate lemmas, and proof "
    "structures that will guide the construction of the final formal proof."
)
STATEMENT = f"{HEADER}theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b"
PROMPTS = {
    "goedel-v2": f"Complete the following Lean 4 code:\n\n```lean4\n{STATEMENT} := by\n  sorry```{PLAN}",
    "deepseek-v2": f"Complete the following Lean 4 code:\n\n```lean4\n{STATEMENT} := by\n  sorry\n```{PLAN}",
    "deepseek-v2-non-cot": f"Complete the following Lean 4 code:\n\n```lean4\n{STATEMENT} := by",
    "kimina-preview": (
        "Think about and solve the following problem step by step in Lean 4.\n# Problem:words\n# Formal statement:\n"
        f"```lean4\n{STATEMENT} := by\n```\n"
    ),
    "kimina-72b": (
        f"Think about and solve the following problems step by step in Lean 4.\n\n{STATEMENT} := by sorry"
    ),
    "kimina-rl": (
        "Think about and solve the following problems step by step in Lean 4.\n\n# Problem:\nwords\n\n"
        f"# Formal Statement:\n```lean4\n{STATEMENT} := by\n```\n"
    ),
    "stepfun": f"```lean4\n{STATEMENT} := by\n```",
}
SYSTEMS = {
    "kimina-preview": "You are an expert in mathematics and Lean 4.",
    "kimina-72b": (
        "You are an expert programmer and mathematician who helps formalizing mathematical problems in Lean 4."
    ),
    "kimina-rl": "You are an expert in mathematics and proving theorems in Lean 4.",
}
GOOD = "```lean4\ntheorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by\n  omega\n```"
WRONG = "```lean4\ntheorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by\n  rfl\n```"


@pytest.mark.parametrize("name", PROMPTS)
def test_a_format_asks_as_its_model_was_trained(name):
    form = CHAT_FORMATS[name]
    assert form.prompt(THEOREM, "words") == PROMPTS[name]
    messages = form.messages(THEOREM, "words")
    assert [each.role for each in messages] == (["system", "user"] if form.system else ["user"])
    if name in SYSTEMS:
        assert messages[0].content == SYSTEMS[name]


def test_the_format_is_told_from_the_models_name():
    models = {
        "Goedel-LM/Goedel-Prover-V2-8B": "goedel-v2",
        "deepseek-ai/DeepSeek-Prover-V2-7B": "deepseek-v2",
        "AI-MO/Kimina-Prover-Preview-Distill-7B": "kimina-preview",
        "AI-MO/Kimina-Prover-72B": "kimina-72b",
        "AI-MO/Kimina-Prover-RL-1.7B": "kimina-rl",
        "stepfun-ai/StepFun-Prover-Preview-32B": "stepfun",
        "gpt-99": "generic",
    }
    assert {model: chat_format("auto", model).name for model in models} == models


def test_a_format_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('user = "Prove {statement}!"\nending = ":= by"\nmax_tokens = 7\n')
    form = chat_format(str(path), "any")
    assert form.prompt(PLAIN) == "Prove theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by!"
    assert (form.name, form.sampling().max_tokens) == ("mine", 7)
    path.write_text('user = "Prove it!"\n')
    with pytest.raises(InputError, match=r"a prompt needs \{statement\}"):
        chat_format(str(path), "any")
    with pytest.raises(InputError, match="no format 'nonsense'"):
        chat_format("nonsense", "any")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("a plan\n```lean4\nfirst\n```\nbetter:\n```lean4\nsecond\n```\nthat is it", "second"),
        ("```lean4\nunclosed ones\n  end```", "unclosed ones\n  end"),
        ("```lean\nother word\n```", "other word\n"),
        ("```python\nno lean\n```", ""),
        ("no fence at all", ""),
        ("", ""),
    ],
)
def test_the_last_block_of_lean_counts(answer, code):
    assert extract_code(answer, CHAT_FORMATS["goedel-v2"]) == code


def test_kimina_wants_a_whole_file():
    whole = "import Mathlib\ntheorem foo : True := by\n  trivial"
    answer = f"```lean4\n{whole}\n```\nIn short:\n```lean4\n  trivial\n```"
    assert extract_code(answer, CHAT_FORMATS["kimina-rl"]) == whole


@pytest.mark.parametrize(
    ("code", "proof"),
    [
        ("theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by\n  intro x\n  omega", "intro x\nomega"),
        ("theorem foo : x := by omega", "omega"),
        ("theorem foo : x :=\n  by\n    omega", "omega"),
        ("theorem foo : x := h", "exact (\n  h)"),
        ("import Mathlib\nopen Nat\n\ntheorem foo : x := by\n  omega\n\n-- done", "omega"),
        ("theorem other : 1 = 2 := by\n  omega", "omega"),
        (
            "lemma aux (n : Nat) :\n    n = n := by\n  rfl\n\ntheorem foo : x := by\n  exact aux 1",
            "have aux (n : Nat) : n = n := by\n  rfl\nexact aux 1",
        ),
        (
            "lemma aux -- of n\n    (n : Nat) : n = n := by\n  rfl\n\ntheorem foo : x := by\n  exact aux 1",
            "have aux (n : Nat) : n = n := by\n  rfl\nexact aux 1",
        ),
        ("theorem foo : x := by\n  omega\naxiom cheat : False", "omega"),
        ("omega", "omega"),
    ],
)
def test_the_proof_is_taken_out_of_the_code(code, proof):
    assert proof_of(code, PLAIN) == proof


@pytest.mark.parametrize(
    "code",
    [
        "",
        "theorem foo : x := by",
        "theorem foo : x",
        "theorem foo : x := by\n  sorry",
        "theorem foo : x := by\n  native_decide",
        "theorem foo : Nat → Nat\n  | 0 => 1\n  | n + 1 => n",
    ],
)
def test_code_without_a_proof_that_may_be_tried(code):
    assert isinstance(proof_of(code, PLAIN), NoProof)


@pytest.mark.parametrize(
    ("raw", "text", "thinking"),
    [
        ("<think>hm</think>answer", "answer", "hm"),
        ("hm</think>answer", "answer", "hm"),
        ("<think>without end", "", "without end"),
        ("answer", "answer", ""),
    ],
)
def test_thinking_is_no_answer(raw, text, thinking):
    assert split_thinking(raw) == (text, thinking)


FILE = "import Mathlib\n\ntheorem foo : 1 = 2 := by\n  intro\n  norm_num\n"
ERROR = ProofError(line=5, column=2, end_line=5, end_column=10, message="linarith failed", goals="⊢ 1 = 2")


def test_goedels_errors():
    code = "import Mathlib\n\ntheorem foo : 1 = 2 := by\n  intro\n  <error>norm_num</error>\n"
    assert repair_prompt(CHAT_FORMATS["goedel-v2"], FILE, [ERROR], failed_round=0) == (
        "The proof (Round 0) is not correct. Following is the compilation error message, where we use <error></error> "
        "to signal the position of the error.\n\n\nError 1:\n\nCorresponding Code:\n```lean4\n"
        f"{code}\n```\n\nError Message: linarith failed\n\n\n"
        "Before producing the Lean 4 code to formally prove the given theorem, provide a detailed analysis of the "
        "error message."
    )
    many = repair_prompt(CHAT_FORMATS["goedel-v2"], FILE, [ERROR] * 10, failed_round=1)
    assert many.count("Error Message:") == 8
    assert "\n... [Omitted 2 more errors] ...\n" in many


def test_kiminas_errors():
    assert repair_prompt(CHAT_FORMATS["kimina-rl"], FILE, [ERROR], failed_round=0) == (
        "# Error 1:\nGoals state before error position: \n⊢ 1 = 2\n\nError message: \nlinarith failed\n\n"
        "Lean 4 code snippet with error:\n```lean4\n002  | theorem foo : 1 = 2 := by\n003  |   intro\n"
        "004 >|   norm_num\n005  | \n```\n"
    )


def request(n=1):
    return ChatRequest(messages=(ChatMessage("user", "hi"),), n=n, sampling=ChatSampling(max_tokens=9))


async def ask(server, n=1, budget=None, model=None):
    budget = budget or TokenBudget()
    async with await ChatClient.connect([server.url], model, budget=budget) as client:
        return await client.ask(request(n)), budget


async def test_a_server_that_gives_one_answer_a_request_is_asked_as_often_as_need_be():
    for gives_n, requests in ((True, 1), (False, 3)):
        with chat_server(list("abcdefghi"), gives_n=gives_n) as server:
            answers, budget = await ask(server, 3)
        assert len(answers) == 3
        assert len(server.bodies) == requests
        assert (budget.prompt_tokens, budget.completion_tokens) == (10 * requests, 15)


async def test_reasoning_beside_the_answer():
    with chat_server([{"content": "answer", "reasoning_content": "hm", "finish_reason": "length"}]) as server:
        [answer], _ = await ask(server)
    assert (answer.text, answer.reasoning, answer.is_cut) == ("answer", "hm", True)


async def test_what_passes_is_asked_again_and_what_does_not_is_told():
    busy = ("status", 429, {"Retry-After": "0"}, {"error": {"message": "slow down"}})
    with chat_server(["fine"]) as server:
        server.failures.extend([busy, ("break",), ("status", 503, {"Retry-After": "0"}, "<html>no</html>")])
        [answer], _ = await ask(server)
    assert answer.text == "fine"
    with chat_server(["fine"]) as server:
        server.failures.append(("status", 400, {}, {"error": {"message": "context of 8 tokens"}}))
        with pytest.raises(RequestRefused, match="context of 8 tokens"):
            await ask(server)
    with chat_server(["fine"]) as server:
        server.failures.append(("status", 404, {}, {"error": {"message": "no such route"}}))
        with pytest.raises(PolicyUnavailable, match="no such route") as error:
            await ask(server)
    assert "chat endpoint" in error.value.advice
    with chat_server(["fine"]) as server:
        server.failures.append(("text", "<html>hello</html>"))
        with pytest.raises(PolicyUnavailable, match="no completion"):
            await ask(server)


ODD_ANSWERS = {
    "number": {"choices": [{"message": {"content": 5}}]},
    "tokens in words": {
        "choices": [{"message": {"content": "fine"}}],
        "usage": {"prompt_tokens": "a", "completion_tokens": 1},
    },
}


@pytest.mark.parametrize(
    "body", [*map(json.dumps, ODD_ANSWERS.values()), "[" * 200_000], ids=[*ODD_ANSWERS, "deep"]
)
async def test_odd_answers_are_no_completions(body):
    with chat_server(["fine"]) as server:
        server.failures.append(("json", body))
        with pytest.raises(PolicyUnavailable, match=f"{server.url}: .*no completion"):
            await ask(server)


async def test_an_answer_without_end_is_given_up():
    with chat_server(["fine"]) as server:
        server.failures.append(("endless",))
        with pytest.raises(AnswerTooLarge, match=f"{server.url}/chat/completions: .*more than 128 MiB"):
            await ask(server)
        assert len(server.bodies) == 1
        server.failures.append(("endless", b" ", 0.1))
        client = await ChatClient.connect([server.url], None, budget=TokenBudget(), timeout_s=2.0)
        async with client:
            with pytest.raises(PolicyUnavailable, match="did not end in 2 s"):
                await client.ask(request())
    with chat_server(["fine"]) as server:
        server.failures.append(("endless",))
        several = [server.url, server.url.replace("127.0.0.1", "localhost")]
        async with await ChatClient.connect(several, None, budget=TokenBudget()) as client:
            [answer] = await client.ask(request())
    assert answer.text == "fine"


async def test_half_characters_are_replaced():
    with chat_server(["fine"]) as server:
        server.failures.append(("json", '{"choices": [{"message": {"content": "a\\ud800b"}}]}'))
        [answer], _ = await ask(server)
    assert answer.text == "a?b"


async def test_a_budget_of_tokens():
    budget = TokenBudget(max_tokens=20, price_input=1.0, price_output=2.0)
    with chat_server(["a", "b", "c"], counts_tokens=True) as server:
        async with await ChatClient.connect([server.url], None, budget=budget) as client:
            await client.ask(request())
            await client.ask(request())
            with pytest.raises(BudgetSpent):
                await client.ask(request())
    assert len(server.bodies) == 2
    assert budget.cost == pytest.approx((20 * 1.0 + 10 * 2.0) / 1e6)
    with chat_server(["abcdefgh"], counts_tokens=False) as server:
        _, budget = await ask(server)
    assert budget.estimated
    assert budget.completion_tokens == 2


async def test_several_models_have_to_be_told_apart():
    with chat_server(["a"], models=("one", "two")) as server:
        with pytest.raises(InputError, match="more than one model"):
            await ask(server)
        [answer], _ = await ask(server, model="two")
    assert answer.text == "a"
    assert server.bodies[0]["model"] == "two"


def prove(server, *options, theorem="theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b"):
    done = subprocess.run(
        [
            sys.executable, "-m", "prover", "prove", theorem, "--method", "whole-proof", "--policy", server.url,
            "--json", *options,
        ],
        capture_output=True, text=True, timeout=300, env={**os.environ, "PROVER_API_KEY": "secret-key"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "secret-key" not in done.stdout + done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_first_answer_proves():
    with chat_server([GOOD]) as server:
        code, shown = prove(server, "--samples", "1")
    assert (code, shown["outcome"], shown["proof"]) == (0, "proved", "omega")
    sent = {name.lower(): value for name, value in server.headers_seen[0].items()}
    assert sent["authorization"] == "Bearer secret-key"
    assert [each["outcome"] for each in shown["answers"]] == ["proved"]
    assert shown["spent"] == {"prompt": 10, "completion": 5, "estimated": False, "cost": None}


def test_a_proof_is_repaired_with_leans_message():
    def script(body):
        if len(body["messages"]) == 1:
            return [WRONG]
        assert body["messages"][1] == {"role": "assistant", "content": WRONG}
        assert "<error>rfl</error>" in body["messages"][2]["content"]
        return [GOOD]

    with chat_server(script) as server:
        code, shown = prove(server, "--samples", "1", "--format", "goedel-v2")
    assert code == 0
    assert [(each["round"], each["parent"], each["outcome"]) for each in shown["answers"]] == [
        (0, None, "errors"),
        (1, 0, "proved"),
    ]


OTHER_STATEMENT = "```lean4\ntheorem foo (a b : Nat) (h : a < b) : True := by\n  exact True.intro\n```"
REDEFINED = (
    "```lean4\ndef Nat.lt' := 1\naxiom foo' : False\ntheorem foo : 1 = 2 := by\n  exact foo'.elim\n```"
)
BAD_ANSWERS = {
    "empty": ["", "<think>only thoughts"],
    "no proof": ["no code", "```lean4\ntheorem foo : x := by\n  sorry\n```", "```lean4\nimport Lean\n```"],
    "cut": [{"content": "```lean4\ntheorem foo", "finish_reason": "length"}],
    "errors": [OTHER_STATEMENT, REDEFINED, "```lean4\ntheorem foo : x := by\n" + "  skip\n" * 1000 + "```"],
}


@pytest.mark.parametrize("outcome", BAD_ANSWERS)
def test_answers_that_prove_nothing(outcome):
    answers = BAD_ANSWERS[outcome]
    with chat_server([*answers]) as server:
        code, shown = prove(server, "--samples", str(len(answers)), "--rounds", "0")
    assert (code, shown["outcome"], shown["verified"]) == (1, "not proved", False)
    assert [each["outcome"] for each in shown["answers"]] == [outcome] * len(answers)
    assert shown["stopped_by"] == "rounds"


def test_a_spent_budget_ends_the_attempt():
    with chat_server([WRONG] * 10) as server:
        code, shown = prove(server, "--samples", "1", "--rounds", "5", "--max-tokens-total", "30")
    assert (code, shown["stopped_by"]) == (1, "tokens")
    assert len(server.bodies) == 2


def test_bad_input_is_one_clear_line():
    with chat_server([]) as server:
        for options, said in (
            (["--policy", "heuristic"], "needs a chat model"),
            (["--format", "reprover"], "no format 'reprover' for whole proofs"),
            (["--price-input", "1"], "go together"),
            (["--max-tokens-total", "0"], "--max-tokens-total"),
            (["--show-tree"], "has no tree to show"),
        ):
            code, shown = prove(server, *options)
            assert code == 2
            assert said in shown["error"]["message"]
    code, shown = prove(server)
    assert (code, shown["error"]["code"]) == (2, "setup")


def test_a_model_that_checks_sketches_while_it_writes():
    def script(body):
        last = body["messages"][-1]
        if last["role"] == "user":
            return [
                "I try\n<sketch>\n```lean4\ntheorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by\n  rfl\n```\n"
            ]
        assert body["continue_final_message"]
        assert re.search(r"</sketch>\n<REPL>line \d+: ", last["content"])
        return [f"so\n{GOOD}"]

    with chat_server(script) as server:
        code, shown = prove(server, "--samples", "1", "--format", "stepfun")
    assert (code, shown["proof"]) == (0, "omega")
    assert server.bodies[0]["stop"] == ["</sketch>"]


def evaluate(server, tmp_path, *options):
    problems = tmp_path / "set.jsonl"
    heads = ["theorem t0 (a b : Nat) (h : a < b) : a + 1 ≤ b", "theorem t1 (n : Nat) : n ≤ n * n"]
    lines = [{"name": f"t{number}", "statement": head} for number, head in enumerate(heads)]
    problems.write_text("".join(json.dumps(line) + "\n" for line in lines))
    command = [
        sys.executable, "-m", "prover", "evaluate", problems, "--method", "whole-proof", "--policy", server.url,
        "--out", tmp_path / "run", "--no-automation", "--samples", "1", *options,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert "Traceback" not in done.stderr
    return done


PROOFS = {"t0": "omega", "t1": "exact Nat.le_mul_self n"}


def repairing(body):
    """Answer wrongly first, and rightly when Lean's messages have come."""
    asked = body["messages"][1]["content"]
    name = re.search("theorem (t[01])", asked)[1]
    proof = PROOFS[name] if len(body["messages"]) > 2 else "rfl"
    return [f"```lean4\ntheorem {name} : x := by\n  {proof}\n```"] * body.get("n", 1)


def test_a_run_by_a_chat_model(tmp_path):
    with chat_server(repairing) as server:
        done = evaluate(server, tmp_path)
        assert "2 proved" in done.stdout, done.stdout + done.stderr
        asked = len(server.bodies)
        evaluate(server, tmp_path, "--resume")
        assert len(server.bodies) == asked == 4
    with contextlib.closing(sqlite3.connect(RunFolder(tmp_path / "run").database)) as database:
        tries = database.execute(
            "SELECT attempt_id, round, outcome, tokens FROM try ORDER BY 1, 2"
        ).fetchall()
        assert [each[1:] for each in tries] == [(0, "errors", 5), (1, "proved", 5)] * 2
        assert database.execute("SELECT policy_tokens FROM attempt").fetchall() == [(10,)] * 2
    again = subprocess.run(
        [sys.executable, "-m", "prover", "verify", tmp_path / "run"], capture_output=True, text=True
    )
    assert again.returncode == 0, again.stdout + again.stderr


def test_no_answer_is_paid_for_twice(tmp_path):
    with chat_server(repairing) as server:
        done = evaluate(server, tmp_path, "--max-tokens-total", "40", "--workers", "1")
        assert done.returncode == 2
        assert "budget of 40 tokens is spent" in done.stderr
        paid = len(server.bodies)
        assert paid == 3
        done = evaluate(server, tmp_path, "--max-tokens-total", "100", "--workers", "1", "--resume")
        assert "2 proved" in done.stdout, done.stdout + done.stderr
        assert len(server.bodies) == 4


def test_an_answer_that_was_paid_for_outlives_the_failure_of_another(tmp_path):
    down = ("status", 503, {"Retry-After": "0"}, {"error": {"message": "down"}})
    asked = []

    def one_fails(body):
        asked.append(body["seed"])
        return down if body["seed"] == max(asked) and len(set(asked)) == 3 else [WRONG]

    options = ["--limit", "1", "--samples", "3", "--rounds", "0"]
    with chat_server(one_fails, gives_n=False) as server:
        done = evaluate(server, tmp_path, *options)
        assert "1 policy error" in done.stdout, done.stdout + done.stderr
        server.script = lambda body: [GOOD]
        paid = len(server.bodies)
        done = evaluate(server, tmp_path, *options, "--resume", "--retry-errors")
        assert "1 proved" in done.stdout, done.stdout + done.stderr
        assert len(server.bodies) == paid + 1
    with contextlib.closing(sqlite3.connect(RunFolder(tmp_path / "run").database)) as database:
        assert [each[0] for each in database.execute("SELECT raw FROM answer ORDER BY number")].count(
            WRONG
        ) == 2


async def test_an_answer_counts_though_another_is_refused():
    refused = ("status", 400, {}, {"error": {"message": "no"}})
    heard = []
    with chat_server(lambda body: refused if body["seed"] == 1 else ["a"], gives_n=False) as server:
        async with await ChatClient.connect([server.url], None, budget=TokenBudget()) as client:
            with pytest.raises(RequestRefused):
                await client.ask(request(3), lambda number, answer: heard.append((number, answer.text)))
    assert sorted(heard) == [(0, "a"), (2, "a")]


def test_equal_answers_are_each_repaired(tmp_path):
    def script(body):
        return [WRONG] * 2 if len(body["messages"]) == 2 else [WRONG.replace("rfl", "exact rfl")]

    with chat_server(script) as server:
        done = evaluate(server, tmp_path, "--limit", "1", "--samples", "2", "--rounds", "1")
    assert "1 failed" in done.stdout, done.stdout + done.stderr
    assert len({body["seed"] for body in server.bodies}) == len(server.bodies) == 3


MORE = {
    "more1 (a b c : Nat) (h : a ≤ b) : a ≤ b + c": "omega",
    "more2 (n : Nat) : n < n + 1": "omega",
    "more3 (p q : Prop) (hp : p) (hq : q) : q ∧ p": "exact ⟨hq, hp⟩",
    "more4 (f : Nat → Nat) (h : ∀ n, f n = n) : f 3 = 3": "exact h 3",
    "more5 : ∃ n : Nat, n * n = 144": "exact ⟨12, rfl⟩",
    "more6 (x : Int) (h : 2 * x = 10) : x = 5": "omega",
    "more7 (xs : List Nat) : (xs ++ []).length = xs.length": "simp",
    "more8 (n : Nat) (h : n % 2 = 1) : (n + 1) % 2 = 0": "omega",
    "more9 (a b : Nat) : a * b = b * a": "exact Nat.mul_comm a b",
    "more10 (p : Prop) : ¬ (p ∧ ¬ p)": "intro h\nexact h.2 h.1",
}
REPAIRED = {head.split()[0]: proof for head, proof in MORE.items()} | {
    "sum_to": "induction n <;> grind [sumTo]",
    "succ_le_of_lt": "omega",
    "and_or_distrib": "grind",
    "square_mod_four": "have h : n % 4 = 0 ∨ n % 4 = 1 ∨ n % 4 = 2 ∨ n % 4 = 3 := by omega\n"
    "rcases h with h | h | h | h <;> simp [Nat.pow_succ, Nat.mul_mod, h]",
    "exists_mod": "exact ⟨n / 6, by omega⟩",
    "not_forall_of_exists": "grind",
    "reverse_twice": "grind",
    "length_append_comm": "grind",
    "mirror_mirror": "induction t <;> grind [mirror]",
    "size_mirror": "induction t <;> grind [mirror, size]",
}


@pytest.mark.slow
def test_twenty_theorems_that_no_first_answer_proves(tmp_path):
    """Those of lean_project's Core.lean, which have a file's definitions before them, and ten more."""
    examples = Path(__file__).parents[1] / "lean_project" / "Examples" / "Core.lean"
    more = "".join(f"\ntheorem {head} := by\n  sorry\n" for head in MORE)
    problems = tmp_path / "Set.lean"
    problems.write_text(examples.read_text() + more)

    def script(body):
        name = re.findall(r"^theorem (\S+)", body["messages"][1]["content"], re.MULTILINE)[-1]
        repairs = len(body["messages"]) > 2
        proof = REPAIRED[name] if repairs else f"exact {name}_by_magic"
        assert not repairs or f"{name}_by_magic" in body["messages"][3]["content"]
        lines = "".join(f"\n  {line}" for line in proof.split("\n"))
        return [f"```lean4\ntheorem {name} : x := by{lines}\n```"]

    with chat_server(script) as server:
        done = subprocess.run(
            [
                sys.executable, "-m", "prover", "evaluate", problems, "--method", "whole-proof", "--policy", server.url,
                "--out", tmp_path / "run", "--no-automation", "--samples", "1", "--rounds", "1", "--timeout", "500",
            ],
            capture_output=True, text=True, timeout=800,
        )  # fmt: skip
    assert "20 proved" in done.stdout, done.stdout + done.stderr
    with contextlib.closing(sqlite3.connect(RunFolder(tmp_path / "run").database)) as database:
        tries = database.execute("SELECT round, outcome, COUNT(*) FROM try GROUP BY 1, 2").fetchall()
    assert tries == [(0, "errors", 20), (1, "proved", 20)]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("```lean4\nomega -- not ```lean4\n  norm_num\n```", "omega -- not ```lean4\n  norm_num"),
        ("```lean4\nomega\n```" * 100_000, "omega"),
        ("so\n" * 700_000, ""),
        ("x" * 2_000_000 + "\n```lean4\nomega\n```", "omega"),
    ],
)
def test_long_answers_and_fences_in_comments(answer, code):
    assert extract_code(answer, CHAT_FORMATS["generic"]) in (code, f"{code}\n")
