"""`prover lean setup` and `prover lean doctor --project`, with the real lean-interact package.

`lake` and the REPL are stand-ins over the embedded Lean; the REPL's repository is a local one with the tags that
lean-interact looks for.
"""

import json
import os
import signal
import subprocess
import sys

import pytest
from processes import children_running
from standins import make_home, make_project, path_with, put
from waiting import wait_until

from prover.errors import InputError, SetupError
from prover.lean.native.doctor import examine_project
from prover.lean.native.manifest import mathlib, require_packages
from prover.lean.native.project import find_project
from prover.util.distribution import install_command

pytest.importorskip("lean_interact")

pytestmark = pytest.mark.long

TOOLCHAIN = "leanprover/lean4:v4.28.0"


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A git repository of the REPL, for Lean 4.28.0 and nothing else."""
    folder = tmp_path_factory.mktemp("git") / "community" / "repl"
    folder.mkdir(parents=True)
    (folder / "lakefile.toml").write_text('name = "REPL"\n', encoding="utf-8")
    (folder / "lean-toolchain").write_text(f"{TOOLCHAIN}\n", encoding="utf-8")
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for command in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "."),
        (*identity, "commit", "--quiet", "--message=the REPL"),
        ("tag", "v9.9.9_lean-toolchain-v4.28.0"),
    ):
        subprocess.run(("git", *command), cwd=folder, check=True)
    return folder


@pytest.fixture
def machine(tmp_path, engine_command):
    put(tmp_path / "bin", "lake")
    make_project(tmp_path / "project")
    make_home(tmp_path / "home")
    return tmp_path


@pytest.fixture
def environment(machine):
    variables = {
        "PATH": path_with(machine / "bin"),
        "PROVER_HOME": str(machine / "home"),
        "ELAN_HOME": "/absent",
    }
    return {**os.environ, **variables}


@pytest.fixture
def prover(environment):
    def prover(*arguments, **variables):
        return subprocess.run(
            [sys.executable, "-m", "prover", *map(str, arguments)],
            env={**environment, **variables},
            capture_output=True,
            text=True,
            timeout=240,
        )

    return prover


@pytest.fixture
def doctor(environment, monkeypatch):
    for name in ("PATH", "PROVER_HOME", "ELAN_HOME"):
        monkeypatch.setenv(name, environment[name])
    return lambda project, repl=None: {check.name: check for check in examine_project(project, repl)}


def test_lean_interact_builds_the_repl_and_a_theorem_is_proved_with_it(
    machine, repository, prover, environment, no_strays
):
    project = machine / "project"
    before = prover("prove", "--engine", "native", "--project", project, "--theorem", "1 + 1 = 2")
    assert before.returncode == 2
    [line] = before.stderr.splitlines()
    assert line.startswith(
        f"error: there is no REPL for {TOOLCHAIN} yet: prover lean setup --project {project}"
    )
    done = prover(
        *("lean", "setup", "--project", project),
        *("--repl-git", repository, "--repl-revision", "v9.9.9"),
        STANDIN_LAKE_LOG=str(machine / "log"),
    )
    assert done.returncode == 0, done.stderr
    assert "building the REPL for Lean v4.28.0" in done.stderr
    program = done.stdout.strip().partition("its REPL: ")[2]
    assert program.endswith("repl_v9.9.9_lean-toolchain-v4.28.0/.lake/build/bin/repl")
    assert program.startswith(str(machine / "home" / "repl"))
    assert (machine / "log").read_text(encoding="utf-8") == "build\n--version\nbuild\n"
    checked = prover("lean", "doctor", "--project", project, "--json")
    assert checked.returncode == 0, checked.stdout
    shown = json.loads(checked.stdout)
    assert shown["works"] is True
    details = {check["name"]: check["detail"] for check in shown["checks"]}
    assert details["repl"] == program
    assert details["engine"].startswith("Lean 4.28.0 proves with omega")
    script = "\n".join(
        [
            "import asyncio, pathlib, sys",
            "from prover.attempt import TACTIC_LIMITS",
            "from prover.util.progress import Quiet",
            "from prover.lean.backends import find_lean",
            "from prover.lean.settings import EngineSettings",
            "from prover.lean.environment import run_tac",
            "from prover.lean.theorem import Theorem",
            "async def main():",
            "    lean = find_lean(EngineSettings(engine='native', project=pathlib.Path(sys.argv[1])), Quiet())",
            "    async with lean.open_pool(1, TACTIC_LIMITS) as pool:",
            "        session = await pool.open(Theorem(name='t', statement='theorem t (n : Nat) : n + 0 = n'))",
            "        print(await run_tac(session, session.root, 'rfl'))",
            "asyncio.run(main())",
        ]
    )
    proved = subprocess.run(
        [sys.executable, "-c", script, str(project)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert proved.stdout == "ProofFinished(messages=())\n", proved.stderr


def test_a_repl_that_cannot_be_had_is_one_line(machine, repository, prover):
    setup = ("lean", "setup", "--project", machine / "project")
    offline = prover(*setup, "--repl-git", machine / "nowhere" / "repl")
    assert offline.returncode == 2
    assert "error: the REPL cannot be built: " in offline.stderr
    assert "does not exist" in offline.stderr
    assert "Traceback" not in offline.stderr
    (machine / "lean_interact.py").write_text("raise ImportError('not here')\n", encoding="utf-8")
    bare = prover(*setup, PYTHONPATH=str(machine))
    assert bare.returncode == 2
    assert "error: the REPL cannot be built: lean-interact is not installed (not here)\n" in bare.stderr
    assert install_command("native") in bare.stderr
    other = prover(*setup, "--repl-git", repository, "--repl-revision", "v0.0.1")
    assert other.returncode == 2
    assert "error: the REPL cannot be built: " in other.stderr
    assert "`v0.0.1` is not available" in other.stderr
    assert "Traceback" not in other.stderr


def test_a_lake_that_fails_or_hangs_is_one_line_and_leaves_nothing_behind(machine, environment, prover):
    failing = prover("lean", "setup", "--project", machine / "project", STANDIN_LAKE="fail")
    assert failing.returncode == 2
    assert "error: lake build failed: error: ./lakefile.toml: something is wrong in it" in failing.stderr
    (machine / "home" / "repl").mkdir()
    repl = ("--repl", put(machine / "programs", "repl") / "repl")
    native = ("prove", "--engine", "native", "--project", machine / "project", *repl, "--theorem", "True")
    reading = prover(*native, STANDIN_LAKE="fail")
    assert reading.returncode == 2
    assert reading.stderr.startswith(
        f"error: `lake env` in {machine / 'project'} failed: error: ./lakefile.toml: "
    )
    with subprocess.Popen(
        [sys.executable, "-m", "prover", "lean", "setup", "--project", str(machine / "project")],
        env={**environment, "STANDIN_LAKE": "hang"},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as hanging:
        assert hanging.stderr is not None
        assert hanging.stderr.readline().startswith("lake build, in ")
        try:
            wait_until(lambda: children_running(" build", of=hanging.pid))
            [lake] = children_running(" build", of=hanging.pid)
            hanging.send_signal(signal.SIGINT)
            assert hanging.wait(250) == 130
        finally:
            hanging.kill()
    assert not lake.is_running()


def test_a_long_silence_is_ended(tmp_path):
    from prover.lean.native.running import run_watched

    command = ("/bin/sh", "-c", "echo cloning; exec sleep 3600")
    with pytest.raises(SetupError, match=r"lake build was ended after 3 s; its last words: cloning"):
        run_watched(command, cwd=tmp_path, env={}, timeout_s=3, what="lake build")


def test_setup_gets_mathlibs_cache_first(tmp_path, machine, prover):
    project = make_project(tmp_path / "with_mathlib", packages=("mathlib", "batteries"))
    log = machine / "log"
    done = prover("lean", "setup", "--project", project, "--no-repl", STANDIN_LAKE_LOG=str(log))
    assert done.returncode == 0, done.stderr
    assert log.read_text(encoding="utf-8").splitlines() == ["exe cache get", "build"]
    assert "Completed successfully!" in done.stderr


def test_the_doctor_says_in_one_line_what_is_missing(prover, machine):
    done = prover("lean", "doctor", "--project", machine / "project")
    assert done.returncode == 2
    shown = " ".join(done.stdout.split())
    assert f"problem setup there is no REPL for {TOOLCHAIN} yet: prover lean setup --project" in shown


def test_the_doctor_looks_at_everything(machine, doctor, tmp_path, monkeypatch):
    repl = put(machine / "programs", "repl") / "repl"
    project = machine / "project"
    with monkeypatch.context() as patched:
        patched.setenv("PATH", "/usr/bin:/bin")
        nothing = doctor(project)
        assert nothing["elan"].status == "note"
        assert "there is no lake" in nothing["setup"].detail
        assert "elan-init.sh" in nothing["setup"].detail
    assert "neither lakefile.lean nor" in doctor(tmp_path)["setup"].detail
    assert "there is no REPL at" in doctor(project, tmp_path / "absent")["setup"].detail
    assert doctor(project, put(machine / "broken", repl="lake") / "repl")["engine"].status == "problem"

    packaged = make_project(tmp_path / "packaged", packages=("mathlib", "batteries"))
    mathlib = packaged / ".lake" / "packages" / "mathlib"
    assert "names no toolchain" in doctor(packaged, repl)["mathlib"].detail
    (mathlib / "lean-toolchain").write_text("leanprover/lean4:v4.27.0\n", encoding="utf-8")
    assert "v4.27.0" in doctor(packaged, repl)["mathlib"].detail
    (mathlib / "lean-toolchain").write_text(TOOLCHAIN, encoding="utf-8")
    uncached = doctor(packaged, repl)
    assert "no Mathlib.olean" in uncached["mathlib"].detail
    assert uncached["mathlib"].advice == f"prover lean setup --project {packaged}"
    assert "engine" not in uncached
    (mathlib / ".lake" / "build" / "lib" / "lean").mkdir(parents=True)
    (mathlib / ".lake" / "build" / "lib" / "lean" / "Mathlib.olean").touch()
    cached = doctor(packaged, repl)
    assert cached["mathlib"].status == "ok"
    assert "unknown module prefix 'Mathlib'" in cached["engine"].detail
    (packaged / ".lake" / "packages" / "batteries" / "lakefile.toml").unlink()
    assert doctor(packaged)["packages"].detail == "missing: batteries"


def test_a_repl_for_another_lean_is_told_apart(machine, doctor):
    checkout = machine / "checkout"
    put(checkout / ".lake" / "build" / "bin", "repl")
    (checkout / "lean-toolchain").write_text("leanprover/lean4:v4.20.0\n", encoding="utf-8")
    checks = doctor(machine / "project", checkout)
    assert "was built for leanprover/lean4:v4.20.0" in checks["repl"].detail
    (machine / "project" / "lean-toolchain").write_text("leanprover/lean4:v4.20.0\n", encoding="utf-8")
    checks = doctor(machine / "project", checkout)
    assert "the REPL runs Lean 4.28.0, the project has leanprover/lean4:v4.20.0" in checks["engine"].detail


def test_a_toolchain_that_elan_lacks_is_not_downloaded_unasked(machine, monkeypatch):
    put(machine / "bin", elan="lake")
    monkeypatch.setenv("PATH", path_with(machine / "bin"))
    monkeypatch.setenv("ELAN_HOME", str(machine / "elan"))
    with pytest.raises(
        SetupError, match=r"is not installed: elan toolchain install leanprover/lean4:v4\.28\.0$"
    ):
        find_project(machine / "project")
    (machine / "elan" / "toolchains" / "leanprover--lean4---v4.28.0").mkdir(parents=True)
    assert find_project(machine / "project").version == "v4.28.0"


def test_what_a_project_needs_is_in_its_manifest(machine, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", path_with(machine / "bin"))
    project = find_project(machine / "project")
    assert require_packages(project) == []
    assert mathlib(project) is None
    packaged = find_project(make_project(tmp_path / "packaged", packages=("mathlib", "aesop")))
    assert [each.name for each in require_packages(packaged)] == ["mathlib", "aesop"]
    assert mathlib(packaged) == packaged.root / ".lake" / "packages" / "mathlib"
    (packaged.root / ".lake" / "packages" / "aesop" / "lakefile.toml").unlink()
    with pytest.raises(SetupError, match=r"lacks aesop: prover lean setup --project "):
        require_packages(packaged)
    (packaged.root / "lake-manifest.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(InputError, match="is no manifest of Lake"):
        require_packages(packaged)
    (packaged.root / "lake-manifest.json").unlink()
    assert require_packages(packaged) == []
    (packaged.root / "lakefile.toml").write_text('[[require]]\nname = "mathlib"\n', encoding="utf-8")
    with pytest.raises(SetupError, match=r"are not here: prover lean setup"):
        require_packages(packaged)
