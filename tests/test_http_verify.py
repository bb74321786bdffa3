"""`prover server`: whether a text proves given statements, and that no false one ever passes, whatever the route."""

import json
from concurrent.futures import ThreadPoolExecutor

import endless
import httpx
import pytest
from cheat_proofs import PROOFS
from service_http import serving
from test_cheats import HEADERS

pytest.importorskip("fastapi")

STATEMENT = "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by sorry"
CONTENT = "theorem foo (a b : Nat) (h : a < b) : a + 1 ≤ b := by omega"
FALSE = "theorem cheat : False"
AT_ONCE = 4


@pytest.fixture(scope="module")
def client():
    with serving(max_timeout=120) as server, httpx.Client(base_url=server.url, timeout=200) as client:
        yield client


def verify(client, statement, content, **options):
    body = {"formal_statement": statement, "content": content, **options}
    answer = client.post("/verify_proof", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_proof_is_okay_and_certified(client):
    answer = verify(client, STATEMENT, CONTENT)
    assert (answer["okay"], answer["failed_declarations"]) == (True, [])
    assert "a < b → a + 1 ≤ b" in answer["certificates"]["foo"]["type"]
    lemma = "theorem l (a b : Nat) (h : a < b) : a + 1 ≤ b := h\n\n"
    assert verify(client, STATEMENT, f"{lemma}{STATEMENT.replace('by sorry', 'l a b h')}")["okay"]
    reals = "import Mathlib\n\ntheorem r (x : ℝ) : 0 ≤ x ^ 2 := by "
    assert verify(client, reals + "sorry", reals + "positivity")["okay"]


def test_what_fails_is_said_in_axles_words(client):
    for content, said in (
        ("theorem bar : 1 = 1 := rfl", "Missing required declaration 'foo'"),
        (STATEMENT, "Declaration 'foo' is incomplete (uses 'sorry' or has errors)"),
        (
            f"axiom ax : ∀ p : Prop, p\n{STATEMENT.replace('by sorry', 'ax _')}",
            "In 'foo': Axiom 'ax' is not in the allowed set of standard axioms",
        ),
    ):
        answer = verify(client, STATEMENT, content)
        assert answer["okay"] is False
        assert answer["failed_declarations"] == ["foo"]
        assert any(said in each for each in answer["tool_messages"]["errors"]), answer
    weaker = "theorem foo (a b : Nat) (h : a < b) : a ≤ b := by omega"
    for same in (True, False):
        answer = verify(client, STATEMENT, weaker, use_def_eq=same)
        assert answer["okay"] is False
        assert "does not match expected signature" in answer["tool_messages"]["errors"][0]


def test_what_it_cannot_do_is_refused(client):
    for options, word in (
        ({"permitted_sorries": ["foo"]}, "permitted_sorries"),
        ({"formal_statement": "theorem foo : zork := by sorry"}, "zork"),
        ({"formal_statement": "#check Nat"}, "no theorem"),
        ({"unknown": 1}, "unknown"),
    ):
        body = {"formal_statement": STATEMENT, "content": CONTENT, **options}
        answer = client.post("/verify_proof", json=body)
        assert (answer.status_code, word in answer.json()["detail"]) == (422, True), answer.text


def test_the_shape_in_which_axles_client_asks(client):
    asked = {"formal_statement": STATEMENT, "content": CONTENT, "environment": "lean-4.28.0"}
    answer = client.post(
        "/api/v1/verify_proof", content=json.dumps(asked), headers={"Content-Type": "text/plain"}
    )
    assert answer.json()["okay"] is True
    assert client.post("/api/v1/verify_proof", content="{").status_code == 422


@pytest.mark.long
def test_a_time_out_is_no_verdict(client):
    asked = endless.TEXT.replace("decide +kernel", "sorry")
    answer = verify(client, asked, endless.TEXT, timeout_seconds=2)
    assert (answer["okay"], answer["error_type"]) == (False, "LeanTimeout")


def cheats():
    """Yield pairs of a statement that is false and a text that claims to prove it."""
    for proofs in PROOFS.values():
        for proof in proofs:
            yield f"{FALSE} := by sorry", f"{FALSE} := by\n  {proof}".replace("\n", "\n  ")
    for header, proof in HEADERS.values():
        text = f"{header}\n\n{FALSE} := by\n  " + proof.replace("\n", "\n  ")
        yield f"{FALSE} := by sorry", text
        yield f"{header}\n\n{FALSE} := by sorry", text


@pytest.mark.parametrize(
    "step", [pytest.param(12, marks=pytest.mark.long), pytest.param(1, marks=pytest.mark.slow)]
)
def test_no_cheat_is_okay(client, step):
    asked = list(cheats())[::step]

    def ask(each):
        body = {"formal_statement": each[0], "content": each[1], "timeout_seconds": 60}
        return client.post("/verify_proof", json=body)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for each, answer in zip(asked, threads.map(ask, asked), strict=True):
            assert answer.status_code in (200, 422), (each, answer.text)
            told = answer.json()
            assert not told.get("okay"), each
            assert told.get("certificates", {}) == {}, each


@pytest.mark.slow
def test_no_false_theorem_is_proved_by_any_route(client):
    for header, _ in HEADERS.values():
        theorem = f"{header}\n\n{FALSE}"
        for path, body in (
            ("/prove", {"theorem": theorem, "max_expansions": 2, "timeout": 20}),
            ("/fill", {"text": f"{theorem} := by\n  sorry\n", "max_expansions": 2, "timeout": 20}),
        ):
            answer = client.post(path, json=body)
            assert answer.status_code in (200, 422), answer.text
            told = answer.json()
            certified = [
                told.get("certificate"),
                *(each.get("certificate") for each in told.get("holes", [])),
            ]
            assert all(each["type"] == "False → False" for each in certified if each), (theorem, told)
