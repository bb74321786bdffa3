"""Rewards: the statement is the data set's, the verifier decides, and what is not known is not a failure."""

import json
import subprocess
import sys

import pytest

from prover.errors import InputError
from prover.lean.theorem import Theorem
from prover.policy.formats import find_format
from prover.rewards import verl
from prover.rewards.curve import reward_curve
from prover.rewards.grpo import Question
from prover.rewards.grpo_steps import has_steps, step_questions
from prover.rewards.judge import BlockingJudge, Judge, Outcome, code_of
from prover.rewards.trl import ProofReward
from prover.training.data.dataset import write_trajectories
from prover.training.data.trajectories import ProofStep, Trajectories

LESS = "theorem less (a b : Nat) (h : a < b) : a + 1 ≤ b := by\n  sorry"
FALSE = "import Mathlib\n\ntheorem wrong : 2 + 2 = 5 := by"
SQUARES = "theorem squares (a b : ℝ) : 2 * a * b ≤ a ^ 2 + b ^ 2 := by sorry"


@pytest.fixture(scope="module")
def judge():
    judge = BlockingJudge(Judge(engines=1, timeout_s=60))
    yield judge
    judge.close()


def fenced(code):
    return f"<think>```lean4\ntheorem x : False := by simp\n```</think>So:\n\n```lean4\n{code}\n```\n"


GOOD = fenced("import Mathlib\n\ntheorem less (a b : Nat) (h : a < b) : a + 1 ≤ b := by\n  omega")
CHEATS = {
    "another statement": fenced("theorem wrong : 2 + 2 = 4 := by\n  rfl"),
    "sorry": fenced("theorem wrong : 2 + 2 = 5 := by\n  sorry"),
    "axiom": fenced("axiom no : False\ntheorem wrong : 2 + 2 = 5 := no.elim"),
    "a lemma by sorry": fenced("theorem no : False := by sorry\ntheorem wrong : 2 + 2 = 5 := no.elim"),
    "native": fenced("theorem wrong : 2 + 2 = 5 := by native_decide"),
    "notation": fenced('local notation "5" => 4\ntheorem wrong : 2 + 2 = 5 := by rfl'),
    "an end and another theorem": "rfl\n\ntheorem more : True := by trivial",
    "code": "run_tac do Lean.Elab.admitGoal (← Lean.Elab.Tactic.getMainGoal)",
    "nothing": "",
}


def test_the_code_of_a_completion_is_its_last_block_after_the_thinking():
    assert code_of(GOOD).startswith("import Mathlib")
    assert code_of("thinking </think>omega") == "omega"
    assert code_of("omega") == "omega"
    assert code_of("```lean4\na := b") == ""


def test_completions_are_judged_as_proofs_of_the_statement_in_the_data_set(judge):
    pairs = [
        (LESS, GOOD),
        (LESS, "omega"),
        (LESS, "  exact h"),
        (LESS, fenced("theorem other (x : Nat) : x = x := by\n  rfl")),
        (
            LESS,
            fenced("lemma low : 1 ≤ 2 := by decide\ntheorem less (a b : Nat) (h : a < b) : a + 1 ≤ b := h"),
        ),
        (LESS, "```lean4\nomega"),
        ("theorem bad : nothing.x = 1", "rfl"),
        *((FALSE, cheat) for cheat in CHEATS.values()),
    ]
    judged = judge.judge(*zip(*pairs, strict=True))
    assert [each.outcome for each in judged[:7]] == [
        *(Outcome.PROVED, Outcome.PROVED, Outcome.PROVED, Outcome.FAILED, Outcome.PROVED),
        *(Outcome.NO_PROOF, Outcome.BAD_STATEMENT),
    ]
    assert judged[0].proof == "omega"
    assert {each.outcome for each in judged[7:]} == {Outcome.FAILED, Outcome.NO_PROOF}
    assert all(each.message for each in judged if not each.proved)
    with pytest.raises(InputError, match="no statement can be used"):
        judge.judge(["What is 2 + 2?"], ["omega"])
    with pytest.raises(InputError, match="do not pair"):
        judge.judge([LESS], [])


@pytest.mark.long
def test_a_check_that_is_cut_short_is_no_failure():
    hurried = BlockingJudge(Judge(engines=1, timeout_s=0.001))
    try:
        (judged,) = hurried.judge([LESS], ["omega"])
        assert (judged.outcome, judged.undecided, judged.reward) == (Outcome.TIMEOUT, True, 0.0)
        left_out = ProofReward(lambda: hurried, undecided=None)
        assert left_out(["?"], ["omega"], formal_statement=[LESS]) == [None]
        usual = ProofReward(lambda: hurried)
        assert usual(["?"], ["omega"], formal_statement=[LESS]) == [0.0]
    finally:
        hurried.close()


def test_trl_calls_it_as_a_reward_function(judge):
    metrics, extras = {}, {}
    reward = ProofReward(lambda: judge, statement_column="statement")
    talk = [{"role": "assistant", "content": GOOD}]
    given = reward(
        prompts=["?"] * 3,
        completions=[talk, "rfl", [{"role": "assistant", "content": None}]],
        completion_ids=[[1], [2], [3]],
        statement=[LESS] * 3,
        log_metric=metrics.__setitem__,
        log_extra=extras.__setitem__,
    )
    assert given == [1.0, 0.0, 0.0]
    assert reward.__name__ == "proof_reward"
    assert metrics["proof/proved"] == pytest.approx(1 / 3)
    assert extras["outcome"] == ["proved", "failed", "no proof"]
    with pytest.raises(InputError, match="no column statement"):
        reward(prompts=["?"], completions=["rfl"], answer=["4"])


def test_verl_calls_it_in_batches(judge, monkeypatch):
    monkeypatch.setattr(verl, "shared_judge", lambda: judge)
    extra = [{"formal_statement": LESS}, None, {}]
    given = (["lean"] * 3, [GOOD, "rfl", "```lean4"], ["", FALSE, LESS], extra)
    assert verl.reward(*given) == [1.0, 0.0, 0.0]
    told = verl.reward(*given, return_dict=True, more=1)
    assert [(each["score"], each["acc"], each["format_error"]) for each in told] == [
        *((1.0, True, False), (0.0, False, False), (0.0, False, True)),
    ]
    assert told[1]["tool_feedback"]
    with pytest.raises(InputError, match="sample 0 has no statement"):
        verl.reward(["lean"], ["rfl"], [None], [{}])


@pytest.mark.long
async def test_openrlhf_and_nemo_gym_ask_over_http():
    fastapi = pytest.importorskip("fastapi")
    from httpx import ASGITransport, AsyncClient

    from prover.rewards.http import router

    async with Judge(engines=1) as own:
        app = fastapi.FastAPI()
        app.include_router(router(own.judge), prefix="/rewards")
        async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
            asked = {
                "query": ["Prove it. omega", "Prove it. rfl"],
                "prompts": ["Prove it. "] * 2,
                "labels": [LESS] * 2,
            }
            answer = (await client.post("/rewards/get_reward", json=asked)).json()
            assert answer["rewards"] == answer["scores"] == [1.0, 0.0]
            del asked["labels"]
            refused = await client.post("/rewards/get_reward", json=asked)
            assert (refused.status_code, "--label_key" in refused.json()["detail"]) == (422, True)
            said = {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_text", "text": GOOD}],
            }
            sample = {
                "responses_create_params": {"input": []},
                "response": {"output": [{"type": "reasoning"}, said]},
                "header": "import Mathlib\n\n",
                "formal_statement": LESS.replace("  sorry", ""),
                "name": "less",
            }
            judged = (await client.post("/rewards/verify", json=sample)).json()
            assert (judged["reward"], judged["proof_status"], judged["name"]) == (1.0, "completed", "less")
            other = sample | {"formal_statement": "theorem less : 1 = 2 := by\n"}
            judged = (await client.post("/rewards/verify", json=other)).json()
            assert (judged["reward"], judged["proof_status"]) == (0.0, "failed")
            empty = await client.post("/rewards/verify", json=sample | {"response": {}})
            assert empty.status_code == 422
            bad = await client.post("/rewards/verify", json=sample | {"formal_statement": "What is 2 + 2?"})
            assert bad.status_code == 422


@pytest.mark.slow
def test_a_model_is_trained_on_its_own_proofs(tiny_model, tmp_path):
    pytest.importorskip("trl")
    problems = tmp_path / "easy.jsonl"
    heads = [
        "(p q : Prop) (h₁ : p) (h₂ : q) : p ∧ q",
        "(p q : Prop) (h : p) : q ∨ p",
        "(a b : ℕ) : a + b = b + a",
    ]
    records = [
        {"name": f"e{number}", "statement": f"theorem e{number} {head}"} for number, head in enumerate(heads)
    ]
    records.append({"name": "no", "statement": "theorem no : nothing.x = 1"})
    problems.write_text("\n".join(map(json.dumps, records)))
    out = tmp_path / "model"
    asked = [
        "grpo",
        problems,
        "--base",
        tiny_model,
        "--out",
        out,
        "--steps",
        2,
        "--max-tokens",
        24,
        "--engines",
        1,
    ]
    done = subprocess.run(
        [sys.executable, "-m", "prover", *map(str, asked)], capture_output=True, text=True, timeout=800
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{out}: 2 steps on 3 problems, mean reward 0.")
    assert "note: 1 problems cannot be stated here" in done.stderr
    assert "step 2 of 2: mean reward" in done.stderr
    rewards = json.loads((out / "rewards.json").read_text())
    assert len(rewards) == 2
    assert all(0 <= each <= 1 for each in rewards)
    assert json.loads((out / "config.json").read_text())["prover_format"] == "prover"
    again = subprocess.run(
        [sys.executable, "-m", "prover", *map(str, asked)], capture_output=True, text=True, timeout=800
    )
    assert (again.returncode, again.stderr.splitlines()[0]) == (2, f"error: {out} is there already")


def test_a_step_is_judged_with_what_came_before_it_and_after():
    theorem = Theorem(name="t", statement="theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q")
    first = Question(theorem, "", before=(), after=("exact hp", "exact hq"))
    assert first.proofs("constructor") == ["constructor", "constructor\nexact hp\nexact hq"]
    last = Question(theorem, "", before=("constructor", "exact hp"), after=())
    assert last.proofs("exact hq") == ["constructor\nexact hp\nexact hq"]
    assert Question(theorem, "").proofs("exact ⟨hp, hq⟩") == ["exact ⟨hp, hq⟩"]


def test_the_states_of_earlier_proofs_are_questions(tmp_path):
    tactics = ("constructor", "exact hp", "exact hq")
    where = {
        "problem": "t",
        "negated": False,
        "header": "",
        "run": "r",
        "round": 0,
        "proof": "x",
        "name": "t",
    }
    steps = [
        ProofStep(
            goals=(f"⊢ {tactic}",),
            tactic=tactic,
            remaining=3 - index,
            statement="theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q",
            before=tactics[:index],
            **where,
        )
        for index, tactic in enumerate(tactics)
    ]
    write_trajectories(Trajectories(steps=tuple(steps)), tmp_path)
    assert has_steps(str(tmp_path))
    asked = step_questions(str(tmp_path), find_format("prover"))
    assert [(each.before, each.after) for each in asked] == [
        (tactics[:index], tactics[index + 1 :]) for index in range(3)
    ]
    assert "⊢ exact hp" in asked[1].prompt


def test_the_curve_has_a_dot_for_each_step():
    picture = reward_curve([0.0, 0.5, 1.0])
    assert picture.count("<circle") == 3
    assert "step 3" in picture
    assert reward_curve([0.5]).count("<circle") == 1


@pytest.mark.slow
def test_training_on_steps_goes_on_where_it_was_killed(tiny_model, tmp_path):
    pytest.importorskip("trl")
    tactics = ("constructor", "exact h₁", "exact h₂")
    goals = ("p q : Prop\nh₁ : p\nh₂ : q\n⊢ p ∧ q",), ("h\n⊢ p", "⊢ q"), ("⊢ q",)
    where = {
        "problem": "t",
        "negated": False,
        "header": "",
        "run": "r",
        "round": 0,
        "proof": "x",
        "name": "t",
    }
    statement = "theorem t (p q : Prop) (h₁ : p) (h₂ : q) : p ∧ q"
    steps = [
        ProofStep(
            **{"goals": goals[i], "tactic": tactics[i], "before": tactics[:i], "remaining": 3 - i},
            **{**where, "statement": statement},
        )
        for i in range(3)
    ]
    data, out = tmp_path / "data", tmp_path / "model"
    write_trajectories(Trajectories(steps=tuple(steps)), data)
    asked = [sys.executable, "-m", "prover", "train", "grpo", data, "--base", tiny_model, "--out", out]
    asked += ["--steps", 4, "--max-tokens", 24, "--engines", 1, "--checkpoint-every", 1]
    asked = [str(each) for each in asked]
    with subprocess.Popen(asked, stderr=subprocess.PIPE, text=True) as first:
        for line in first.stderr:
            if line.startswith("step 3 of 4"):
                break
        first.kill()
    other = subprocess.run([*asked, "--resume", "--seed", "7"], capture_output=True, text=True, timeout=800)
    assert (other.returncode, "with other settings" in other.stderr) == (2, True)
    done = subprocess.run([*asked, "--resume"], capture_output=True, text=True, timeout=800)
    assert done.returncode == 0, done.stderr
    assert "step 1 of 4" not in done.stderr
    assert done.stdout.startswith(f"{out}: 4 steps on 3 states, mean reward")
    assert len(json.loads((out / "rewards.json").read_text())) == 4
    assert (out / "rewards.svg").read_text().count("<circle") == 4
    assert not list(out.glob("checkpoint-*"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_trl_trains_with_it(judge, tiny_model, tmp_path):
    trl = pytest.importorskip("trl")
    datasets = pytest.importorskip("datasets")
    rows = [{"prompt": LESS, "formal_statement": LESS}, {"prompt": SQUARES, "formal_statement": SQUARES}]
    seen = []

    class Counted(ProofReward):
        def __call__(self, *args, **kwargs):
            given = super().__call__(*args, **kwargs)
            seen.append(given)
            return given

    settings = trl.GRPOConfig(
        output_dir=str(tmp_path),
        max_steps=2,
        per_device_train_batch_size=8,
        num_generations=8,
        beta=0.0,
        max_completion_length=24,
        report_to=[],
        use_cpu=True,
        logging_steps=1,
        save_strategy="no",
    )
    trainer = trl.GRPOTrainer(
        model=str(tiny_model),
        reward_funcs=[Counted(lambda: judge)],
        args=settings,
        train_dataset=datasets.Dataset.from_list(rows),
    )
    trainer.train()
    assert [len(each) for each in seen] == [8, 8]
    logged = [each for each in trainer.state.log_history if "reward" in each]
    assert all("proof/failed" in " ".join(each) for each in logged)
