"""Prompt formats character by character, and how they are found."""

import pytest

from prover.errors import InputError
from prover.policy.base import PolicyInput
from prover.policy.formats import FORMATS, detect_format, find_format

STATE = PolicyInput(
    goals=("p q : Prop\nhp : p\n⊢ p", "case right\np q : Prop\n⊢ q"),
    name="Some.thm",
    statement="theorem Some.thm (p q : Prop) : p ∧ q",
    tactics=("intro hp", "constructor"),
)
GOALS = "p q : Prop\nhp : p\n⊢ p\n\ncase right\np q : Prop\n⊢ q"
PROMPTS = {
    "reprover": GOALS,
    "internlm2-step-prover": (
        f"<|im_start|>user\nDECL Some.thm\nGOAL {GOALS}\n<|im_end|>\n<|im_start|>assistant\n"
    ),
    "internlm2.5-step-prover": (
        "<|im_start|>user\n---\nNAME: Some.thm\n\n---\nPROOF_BEFORE: intro hp\nconstructor\n\n---\n"
        f"STATE_BEFORE: {GOALS}\n\n---\nTACTIC: <|im_end|>\n<|im_start|>assistant\n"
    ),
    "bfs-prover": f"{GOALS}:::",
    "leandojo-v2": (
        "### System:\n"
        "You are a Lean 4 tactic generator. Given a goal state, output exactly ONE Lean tactic that advances or "
        "solves the goal.\n"
        "Rules:\n"
        "- Output only the tactic text; no prose, quotes, or code fences.\n"
        "- Single line only; no `by` blocks.\n"
        "- Never use `sorry` or `admit`.\n"
        f"### User:\n{GOALS}\n\n### Assistant:\n"
    ),
    "llmstep": f"[GOAL]{GOALS}[PROOFSTEP]",
    "prover": f"{GOALS}\n[TACTIC]\n",
}
ANSWERS = [
    ("reprover", "rw [<a>Nat.add_comm</a>, <a>h</a>]", "rw [Nat.add_comm, h]"),
    ("internlm2-step-prover", "PROOFSTEP linarith", "linarith"),
    ("internlm2-step-prover", "linarith", "linarith"),
    ("internlm2.5-step-prover", " simp [h] ", "simp [h]"),
    ("bfs-prover", "norm_num\n", "norm_num"),
    ("leandojo-v2", "\nexact h\nand then some", "exact h"),
    ("llmstep", " induction n with\n| zero => simp", "induction n with"),
    ("prover", "induction n with\n| zero => simp\n", "induction n with\n| zero => simp"),
    ("prover", "   ", ""),
]
MODELS = {
    "kaiyuy/leandojo-lean4-tacgen-byt5-small": "reprover",
    "internlm/internlm2-step-prover": "internlm2-step-prover",
    "internlm/internlm2_5-step-prover": "internlm2.5-step-prover",
    "ByteDance-Seed/BFS-Prover-V1-7B": "bfs-prover",
    "ByteDance-Seed/BFS-Prover-V2-32B": "bfs-prover",
    "wellecks/llmstep-mathlib4-pythia2.8b": "llmstep",
}


def test_every_format_is_tested():
    assert PROMPTS.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", PROMPTS)
def test_prompt(name):
    assert find_format(name).prompt(STATE) == PROMPTS[name]


@pytest.mark.parametrize(("name", "answer", "tactic"), ANSWERS)
def test_answer(name, answer, tactic):
    assert find_format(name).tactic(answer) == tactic


@pytest.mark.parametrize("model", MODELS)
def test_a_public_model_is_known_by_its_name(model):
    assert detect_format(model, {}).name == MODELS[model]
    assert detect_format("/data/checkpoint-7", {"_name_or_path": model}).name == MODELS[model]


def test_a_model_of_ours_says_it_itself():
    assert detect_format("/data/bfs-prover", {"prover_format": "prover"}).name == "prover"


def test_a_model_nobody_knows():
    with pytest.raises(InputError, match="cannot tell which prompts gpt2") as caught:
        detect_format("gpt2", {})
    assert "--format" in caught.value.advice


def test_braces_of_a_state_stay(tmp_path):
    state = PolicyInput(goals=("s : {x // x = {name}}\n⊢ {state}",), name="N")
    assert find_format("bfs-prover").prompt(state) == "s : {x // x = {name}}\n⊢ {state}:::"


def test_a_format_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('template = "{name}|{tactics}|{state} {other}"\nstop = [";"]\nanswer_prefix = "T:"\n')
    mine = find_format(str(path))
    assert mine.name == "mine"
    assert mine.prompt(PolicyInput(goals=("⊢ p",), name="n")) == "n||⊢ p {other}"
    assert (mine.stop, mine.tactic("T: simp")) == ((";",), "simp")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("template = 3", "template"),
        ('template = "no place"', "needs {state}"),
        ('template = "{state}"\nsamples = 3', "samples"),
        ("template", "not TOML"),
        ("", "template: Field required"),
    ],
)
def test_a_file_that_is_no_format(tmp_path, text, complaint):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=complaint):
        find_format(str(path))


@pytest.mark.parametrize("name", ["nosuch", "nosuch.toml"])
def test_a_format_that_does_not_exist(name):
    with pytest.raises(InputError, match="nosuch"):
        find_format(name)
