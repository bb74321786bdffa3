"""A very small language model that really proves theorems, trained in seconds on the demonstrations below.

States are as Lean prints them behind the prelude, which has `ℕ` for `Nat`.

It has seen every theorem of `TINY_THEOREMS` proved, under these or other names, and nothing else: it tests
everything around a model, not how well models generalise.
"""

import itertools
from dataclasses import dataclass

from prover.policy.base import PolicyInput
from prover.policy.formats import find_format
from prover.training.create import create_model
from prover.training.data.examples import Example
from prover.training.job import train
from prover.training.objectives.sft import SFT, SftConfig
from prover.training.preset import ModelPreset

PRESET = ModelPreset(
    vocab_size=512, hidden_size=128, intermediate_size=256, layers=2, heads=2, kv_heads=2, context=512
)
TRAINING = SftConfig(
    epochs=20, batch_size=16, learning_rate=3e-3, warmup=0.1, checkpoint_every=None, device="cpu"
)
STEPS_AT_MOST = 6


@dataclass(frozen=True)
class Demonstration:
    """A theorem's head, and the states of a proof, each with the tactic that leads on."""

    head: str
    steps: tuple[tuple[str, str], ...]


def make_tiny_model(folder):
    """Train the model into `folder`, which must not exist; about 12 seconds of one core.

    One thread, so that the model is the same wherever its tests run.
    """
    import torch

    base = folder.parent / f"{folder.name}-untrained"
    examples = tiny_examples()
    create_model(PRESET, [example.prompt + example.answer for example in examples], base, seed=0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return train(base, examples, folder, TRAINING, SFT)
    finally:
        torch.set_num_threads(threads)


def tiny_examples():
    """Every step of every demonstration, once."""
    prompts = find_format("prover")
    pairs = dict.fromkeys(step for each in DEMONSTRATIONS for step in each.steps)
    return [Example(prompts.prompt(PolicyInput(goals=(state,))), tactic) for state, tactic in pairs]


def _demonstrations():
    for names in itertools.product(("p q", "a b", "P Q", "A B"), ("h₁ h₂", "hx hy", "h h'")):
        (p, q), (h, k) = (each.split() for each in names)
        yield from _logic(p, q, h, k)
    for (a, b), h in itertools.product(("ab", "mn", "xy"), ("h", "h₁")):
        yield from _arithmetic(a, b, h)
    for x, y in itertools.product(("xs", "l", "as"), ("ys", "m", "bs")):
        yield from _lists(x, y)


def _logic(p, q, h, k):
    props = f"{p} {q} : Prop"
    binders = f"theorem t ({props})"

    def one(hypotheses, goal, *tactics):
        context = "".join(f"\n{each}" for each in hypotheses)
        head = f"{binders}{''.join(f' ({each})' for each in hypotheses)} : {goal}"
        return Demonstration(head, tuple((f"{props}{context}\n⊢ {goal}", tactic) for tactic in tactics))

    yield one([f"{h} : {p}", f"{k} : {q}"], f"{p} ∧ {q}", f"exact ⟨{h}, {k}⟩")
    yield one([f"{h} : {p}", f"{k} : {q}"], f"{q} ∧ {p}", f"exact ⟨{k}, {h}⟩")
    yield one([f"{h} : {p}"], f"{p} ∨ {q}", f"exact Or.inl {h}")
    yield one([f"{h} : {p}"], f"{q} ∨ {p}", f"exact Or.inr {h}")
    yield one([f"{h} : {p} ∧ {q}"], q, f"exact {h}.2")
    yield one([f"{h} : {p} ∧ {q}"], f"{q} ∧ {p}", f"exact ⟨{h}.2, {h}.1⟩")
    yield one([f"{h} : {p} → {q}", f"{k} : {p}"], q, f"exact {h} {k}")
    yield one([f"{h} : {p}", f"{k} : ¬{p}"], q, f"exact absurd {h} {k}")
    yield Demonstration(
        f"{binders} : {p} → {q} → {p}",
        (
            (f"{props}\n⊢ {p} → {q} → {p}", f"intro {h} {k}"),
            (f"{props}\n{h} : {p}\n{k} : {q}\n⊢ {p}", f"exact {h}"),
        ),
    )
    yield Demonstration(
        f"{binders} ({h} : {p} ∨ {q}) : {q} ∨ {p}",
        (
            (f"{props}\n{h} : {p} ∨ {q}\n⊢ {q} ∨ {p}", f"rcases {h} with {h} | {h}"),
            (
                f"case inl\n{props}\n{h} : {p}\n⊢ {q} ∨ {p}\n\ncase inr\n{props}\n{h} : {q}\n⊢ {q} ∨ {p}",
                f"exact Or.inr {h}",
            ),
            (f"case inr\n{props}\n{h} : {q}\n⊢ {q} ∨ {p}", f"exact Or.inl {h}"),
        ),
    )
    there, back = f"{p} ∧ {q} → {q} ∧ {p}", f"{q} ∧ {p} → {p} ∧ {q}"
    last = f"case mpr\n{props}\n⊢ {back}"
    yield Demonstration(
        f"{binders} : {p} ∧ {q} ↔ {q} ∧ {p}",
        (
            (f"{props}\n⊢ {p} ∧ {q} ↔ {q} ∧ {p}", "constructor"),
            (f"case mp\n{props}\n⊢ {there}\n\n{last}", f"intro {h}"),
            (f"case mp\n{props}\n{h} : {p} ∧ {q}\n⊢ {q} ∧ {p}\n\n{last}", f"exact ⟨{h}.2, {h}.1⟩"),
            (last, f"intro {h}"),
            (f"case mpr\n{props}\n{h} : {q} ∧ {p}\n⊢ {p} ∧ {q}", f"exact ⟨{h}.2, {h}.1⟩"),
        ),
    )


def _arithmetic(a, b, h):
    def one(variables, hypotheses, goal, tactic):
        binders = "".join(f" ({each})" for each in [f"{variables} : ℕ", *hypotheses])
        context = "".join(f"{each}\n" for each in [f"{variables} : ℕ", *hypotheses])
        return Demonstration(f"theorem t{binders} : {goal}", ((f"{context}⊢ {goal}", tactic),))

    yield one(f"{a} {b}", [f"{h} : {a} < {b}"], f"{a} + 1 ≤ {b}", "omega")
    yield one(f"{a} {b}", [f"{h} : {a} ≤ {b}"], f"{a} < {b} + 2", "omega")
    yield one(f"{a} {b}", [f"{h} : {a} = {b}"], f"{b} = {a}", f"exact {h}.symm")
    yield one(f"{a} {b}", [], f"{a} + {b} = {b} + {a}", "omega")
    yield Demonstration(
        f"theorem t : ∀ {a} : ℕ, {a} + 0 = {a}",
        ((f"⊢ ∀ ({a} : ℕ), {a} + 0 = {a}", f"intro {a}"), (f"{a} : ℕ\n⊢ {a} + 0 = {a}", "simp")),
    )
    f = f"f : ℕ → ℕ\n{h} : ∀ ({a} : ℕ), f ({a} + 1) = f {a}"
    yield Demonstration(
        f"theorem t (f : ℕ → ℕ) ({h} : ∀ {a} : ℕ, f ({a} + 1) = f {a}) ({b} : ℕ) : f {b} = f 0",
        (
            (
                f"{f}\n{b} : ℕ\n⊢ f {b} = f 0",
                f"induction {b} with\n| zero => rfl\n| succ {b} ih => rw [{h}, ih]",
            ),
        ),
    )
    yield Demonstration(f"theorem t : ∃ {a} : ℕ, {a} > 5", ((f"⊢ ∃ {a}, {a} > 5", "exact ⟨6, by omega⟩"),))


def _lists(x, y):
    def one(variables, goal):
        return Demonstration(
            f"theorem t ({variables} : List ℕ) : {goal}", ((f"{variables} : List ℕ\n⊢ {goal}", "simp"),)
        )

    yield one(x, f"{x} ++ [] = {x}")
    yield one(x, f"{x}.reverse.reverse = {x}")
    yield one(f"{x} {y}", f"({x} ++ {y}).length = {x}.length + {y}.length")


DEMONSTRATIONS = tuple(_demonstrations())

TINY_THEOREMS = (
    "theorem t (p q : Prop) (hx : p) (hy : q) : p ∧ q",
    "theorem t (P Q : Prop) (h₁ : P) (h₂ : Q) : Q ∧ P",
    "theorem t (a b : Prop) (h : a) : a ∨ b",
    "theorem t (A B : Prop) (hx : A) : B ∨ A",
    "theorem t (p q : Prop) (h : p ∧ q) : q",
    "theorem t (P Q : Prop) (h₁ : P ∧ Q) : Q ∧ P",
    "theorem t (a b : Prop) (h : a → b) (h' : a) : b",
    "theorem t (p q : Prop) (h₁ : p) (h₂ : ¬p) : q",
    "theorem t (A B : Prop) : A → B → A",
    "theorem t (p q : Prop) (h : p ∨ q) : q ∨ p",
    "theorem t (P Q : Prop) : P ∧ Q ↔ Q ∧ P",
    "theorem t (a b : ℕ) (h : a < b) : a + 1 ≤ b",
    "theorem t (x y : ℕ) (h₁ : x ≤ y) : x < y + 2",
    "theorem t (m n : ℕ) (h : m = n) : n = m",
    "theorem t : ∀ m : ℕ, m + 0 = m",
    "theorem t (f : ℕ → ℕ) (h : ∀ a : ℕ, f (a + 1) = f a) (b : ℕ) : f b = f 0",
    "theorem t : ∃ x : ℕ, x > 5",
    "theorem t (xs : List ℕ) : xs.reverse.reverse = xs",
    "theorem t (as bs : List ℕ) : (as ++ bs).length = as.length + bs.length",
)
"""What the model proves; proofs have at most `STEPS_AT_MOST` tactics."""

TINY_FAILING = (
    "theorem t (p q : Prop) (h : p) : q",
    "theorem t (n : ℕ) : 2 ∣ n * (n + 1)",
    "theorem t : ∃ x : ℕ, x * x = 1764",
)
"""What it does not prove: the first is false, the others are beyond anything it has seen."""
