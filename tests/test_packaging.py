"""What is installed: the locks hold all that pyproject.toml asks for, and advice names commands that work."""

import itertools
import json
import re
import shlex
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from prover.util import distribution
from prover.util.distribution import NAME, install_command

REPOSITORY = Path(__file__).parent.parent
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = sorted((REPOSITORY / "locks").glob("*.txt"))
MADE_FOR = ("embedded", "native", "local", "train", "chat", "service", "cluster", "dev")


def asked_for():
    extras, groups = PROJECT["project"]["optional-dependencies"], PROJECT["dependency-groups"]
    lists = [PROJECT["project"]["dependencies"], groups["build"], *(extras[each] for each in MADE_FOR)]
    return [Requirement(each) for each in itertools.chain.from_iterable(lists)]


def locked(lock):
    lines = [line for line in lock.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_each_python_has_a_lock(version):
    assert f"{version}.txt" in [lock.name for lock in LOCKS]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_has_one_version_of_all_that_is_asked_for(lock):
    """If not, run `make lock`."""
    here = {"python_version": lock.stem, "python_full_version": f"{lock.stem}.0", "sys_platform": "linux"}
    versions = {}
    for each in locked(lock):
        [specifier] = each.specifier
        assert specifier.operator == "=="
        if each.marker is None or each.marker.evaluate(here):
            assert each.name not in versions
            versions[each.name] = specifier.version
    for each in asked_for():
        if each.name != NAME:
            assert each.specifier.contains(versions[each.name]), each


def test_locks_name_no_host_and_no_folder():
    for lock in LOCKS:
        assert not re.search(r"https?:|--|file:", "\n".join(lock.read_text("utf-8").splitlines()[2:]))


@pytest.mark.parametrize(
    ("recorded", "asked"),
    [
        (
            {"url": "file:///some/where/prover", "dir_info": {"editable": True}},
            ["-e", "/some/where/prover[local]"],
        ),
        ({"url": "file:///a%20b/prover", "dir_info": {}}, ["/a b/prover[local]"]),
        (
            {"url": "file:///x.whl", "archive_info": {}},
            [f"{NAME}[local] @ file:///x.whl"],
        ),
        (
            {"url": "ssh://host/p.git", "vcs_info": {"vcs": "git", "commit_id": "0a1b"}},
            [f"{NAME}[local] @ git+ssh://host/p.git@0a1b"],
        ),
        (None, [f"{NAME}[local]"]),
    ],
)
def test_an_extra_comes_from_where_prover_came_from(tmp_path, monkeypatch, recorded, asked):
    info = tmp_path / "lean_prover-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 0\n")
    if recorded:
        (info / "direct_url.json").write_text(json.dumps(recorded))
    monkeypatch.setattr(distribution, "distribution", lambda _: metadata.PathDistribution(info))
    assert shlex.split(install_command("local")) == [sys.executable, "-m", "pip", "install", *asked]


def test_a_checkout_that_was_not_installed_is_one_to_be_edited(monkeypatch):
    def absent(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(distribution, "distribution", absent)
    assert shlex.split(install_command("local"))[-2:] == ["-e", f"{REPOSITORY}[local]"]


def test_the_newest_versions_are_asked_for_by_name_alone():
    done = subprocess.run(
        [sys.executable, REPOSITORY / "scripts" / "newest.py"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == sorted(
        {each.name for each in asked_for()} - {NAME, "hatchling", "editables"}
    )
