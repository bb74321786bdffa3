"""A node that vanishes without a word: its network is cut, so that no connection to it is ever closed.

Nodes are network namespaces of this machine, which takes root and iproute2.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
from test_cluster import GB, attempts_of, evaluate, rows
from waiting import wait_until

from prover.evaluation.store.folder import RunFolder
from prover.evaluation.store.invariants import check_invariants

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("ip") is None or os.geteuid() != 0, reason="network namespaces need root and iproute2"
    ),
]
RAY = Path(sys.executable).with_name("ray")
PORT = 6399


def ip(*words, check=True):
    return subprocess.run(["ip", *words], check=check, capture_output=True, text=True).stdout


class Network:
    """Nodes of a cluster, each in a network of its own with one cable to the head, which is this machine."""

    def __init__(self, place):
        self.place = place
        self.nodes = []

    def start_head(self):
        self.ray(
            "--head",
            f"--port={PORT}",
            "--num-cpus=0",
            "--include-dashboard=false",
            f"--temp-dir={self.place}",
        )

    def ray(self, *options, address="10.213.0.1", prefix=()):
        command = [
            *prefix,
            str(RAY),
            "start",
            f"--node-ip-address={address}",
            "--disable-usage-stats",
            *options,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def cable(self, number):
        """Lay a cable to a new namespace; return the namespace's name."""
        name = f"prover{number}"
        ip("netns", "add", name)
        self.nodes.append(name)
        ip("link", "add", name, "type", "veth", "peer", "name", "cable", "netns", name)
        ip("link", "set", name, "up", "master", "proverbr")
        ip("-n", name, "addr", "add", f"10.213.0.{number + 1}/24", "dev", "cable")
        ip("-n", name, "link", "set", "cable", "up")
        ip("-n", name, "link", "set", "lo", "up")
        return name

    def start_node(self, number):
        name = self.cable(number)
        self.ray(
            f"--address=10.213.0.1:{PORT}",
            "--num-cpus=1",
            f"--memory={4 * GB}",
            address=f"10.213.0.{number + 1}",
            prefix=("ip", "netns", "exec", name),
        )

    def cut(self, number):
        """Lose every packet to and from a node, without closing anything."""
        ip("link", "set", f"prover{number}", "down")

    def close(self):
        for name in self.nodes:
            for pid in ip("netns", "pids", name, check=False).split():
                os.kill(int(pid), signal.SIGKILL)
            ip("netns", "del", name, check=False)
        for process in psutil.process_iter(["cmdline"]):
            words = " ".join(process.info["cmdline"] or ())
            if self.place in words or "10.213.0." in words:
                process.kill()
        ip("link", "del", "proverbr", check=False)
        shutil.rmtree(self.place, ignore_errors=True)


@pytest.fixture
def network(monkeypatch):
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    made = Network(tempfile.mkdtemp())  # a short path: Ray puts sockets into it
    ip("link", "add", "proverbr", "type", "bridge")
    ip("addr", "add", "10.213.0.1/24", "dev", "proverbr")
    ip("link", "set", "proverbr", "up")
    try:
        made.start_head()
        made.start_node(1)
        made.start_node(2)
        yield made
    finally:
        made.close()


def test_a_node_that_vanishes_loses_nothing(tmp_path, network):
    alone, run = tmp_path / "alone", tmp_path / "run"
    subprocess.run(evaluate(alone), check=True, timeout=600, capture_output=True)
    process = subprocess.Popen(
        evaluate(run, "--cluster", f"10.213.0.1:{PORT}"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        wait_until(lambda: process.poll() is not None or attempts_of(run) >= 1)
        assert process.poll() is None, process.communicate()
        network.cut(1)
        _, said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    check_invariants(RunFolder(run))
    assert rows(run) == rows(alone)
