"""A Ray cluster for tests whose nodes are processes on this machine, and what runs on them."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from prover.util.ports import free_port

GB = 1_000_000_000
MARK = "PROVER_TEST_PROCESS"
"""Tells what these tests have started from what others have, on the same machine."""
os.environ[MARK] = str(os.getpid())


@contextlib.contextmanager
def ray_cluster():
    """Yield a cluster: a head without room for actors, and two nodes with room for one, which can be killed."""
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    def make():
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        try:
            for _ in range(2):
                made.add_node(num_cpus=1, memory=4 * GB)
        except RuntimeError:  # Ray waits for its processes for a fixed time, which a busy machine may need
            made.shutdown()
            raise
        return made

    for attempt in range(3):
        try:
            made = make()
            break
        except RuntimeError:
            if attempt == 2:
                raise
    yield made
    made.shutdown()


@contextlib.contextmanager
def head(*options, **environment):
    """Start a cluster of one node by Ray's command; yield its port."""
    place, port = tempfile.mkdtemp(), free_port("127.0.0.1")
    command = [str(Path(sys.executable).with_name("ray")), "start", "--head", "--include-dashboard=false"]
    command += ["--disable-usage-stats", "--min-worker-port=20000", "--max-worker-port=20999", *options]
    try:
        subprocess.run(
            [*command, f"--port={port}", f"--temp-dir={place}"],
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
            timeout=120,
        )
        yield port
    finally:
        for process in psutil.process_iter(["cmdline"]):
            if place in " ".join(process.info["cmdline"] or ()):
                process.kill()
        shutil.rmtree(place, ignore_errors=True)


def actor_processes():
    """Yield the processes that actors of clusters run in that these tests have started."""
    for process in psutil.process_iter(["cmdline"]):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            is_actor = (process.info["cmdline"] or [""])[0].startswith("ray::EvaluationActor")
            if is_actor and process.environ().get(MARK) == os.environ[MARK]:
                yield process


def kill_actor():
    """Kill one of the processes that actors run in; whether there was one."""
    for process in actor_processes():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
            return True
    return False
