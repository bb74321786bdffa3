"""The client, against an engine that misbehaves and then against the real one."""

import asyncio
import contextlib
import resource
import signal
import sys

import psutil
import pytest
from waiting import until

from prover.errors import EngineCrashed, EngineTimeout, SetupError
from prover.lean.process.command import EngineCommand
from prover.lean.process.repl import Repl

PATIENCE_S = 250.0

pytestmark = pytest.mark.usefixtures("no_strays")


@contextlib.asynccontextmanager
async def running(command):
    repl = await Repl.start(command, startup_timeout_s=PATIENCE_S)
    try:
        yield repl
    finally:
        await repl.close()


async def test_announcement_is_read(bad_engine):
    async with running(bad_engine()) as repl:
        assert repl.extensions == {"tactics", "limits", "drop", "export", "check"}
        assert repl.lean_version == "4.0.0"
        assert repl.rss_bytes > 1_000_000


async def test_an_engine_that_announces_nothing(bad_engine):
    async with running(bad_engine(start="silent", announces=False)) as repl:
        assert repl.extensions == frozenset()
        assert await repl.request({"do": "echo", "text": "hi"}, PATIENCE_S) == {"echo": "hi"}


async def test_text_survives_the_journey(bad_engine):
    text = 'a\n\nb "quoted" ⊢ ∀ 𝕜, λ\\n\r\n\t\u2028'
    async with running(bad_engine()) as repl:
        assert (await repl.request({"do": "echo", "text": text}, PATIENCE_S))["echo"] == text
        assert (await repl.request({"do": "pretty", "text": text}, PATIENCE_S))["echo"] == text


async def test_replies_of_many_megabytes(bad_engine):
    async with running(bad_engine()) as repl:
        assert len((await repl.request({"do": "huge", "size": 20_000_000}, PATIENCE_S))["huge"]) == 20_000_000
        text = "y" * 5_000_000
        assert (await repl.request({"do": "echo", "text": text}, PATIENCE_S))["echo"] == text


async def test_concurrent_requests_are_served_in_turn(bad_engine):
    async with running(bad_engine()) as repl:
        texts = [str(i) for i in range(50)]
        replies = await asyncio.gather(*(repl.request({"do": "echo", "text": t}, PATIENCE_S) for t in texts))
        assert [reply["echo"] for reply in replies] == texts


async def test_a_flood_on_stderr_blocks_nothing_and_its_end_is_reported(bad_engine):
    async with running(bad_engine()) as repl:
        assert await repl.request({"do": "flood", "lines": 500_000}, PATIENCE_S) == {}
        with pytest.raises(EngineCrashed, match="the last line"):
            await repl.request({"do": "kill"}, PATIENCE_S)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("half", "exit code 5\n  about to die"),
        ("kill", f"signal {int(signal.SIGKILL)}"),
        ("garbage", "no JSON object.*DEBUG"),
        ("number", "no JSON object"),
        ("mute", "ended"),
    ],
)
async def test_a_broken_engine_is_an_exception_that_says_how(bad_engine, what, told):
    async with running(bad_engine()) as repl:
        with pytest.raises(EngineCrashed, match=f"(?s){told}"):
            await repl.request({"do": what}, PATIENCE_S)
        assert not repl.alive
        assert repl.rss_bytes == 0
        with pytest.raises(EngineCrashed):
            await repl.request({"do": "echo", "text": ""}, PATIENCE_S)


async def test_a_reply_that_nobody_asked_for_is_not_taken_for_the_next(bad_engine):
    async with running(bad_engine()) as repl:
        assert await repl.request({"do": "twice"}, PATIENCE_S) == {"first": 1}
        with pytest.raises(EngineCrashed, match="a reply to no request"):
            await repl.request({"do": "echo", "text": "x"}, PATIENCE_S)


async def test_a_reply_counts_even_if_the_engine_ends_with_it(bad_engine):
    async with running(bad_engine()) as repl:
        assert await repl.request({"do": "last_words"}, PATIENCE_S) == {"last": "words"}
        with pytest.raises(EngineCrashed, match="exit code 0"):
            await repl.request({"do": "echo", "text": ""}, PATIENCE_S)


async def test_a_hanging_engine_is_killed(bad_engine):
    async with running(bad_engine()) as repl:
        with pytest.raises(EngineTimeout, match=r"0\.3 s"):
            await repl.request({"do": "hang"}, 0.3)
        assert not psutil.pid_exists(repl.pid)


async def test_cancelling_a_request_kills_the_engine(bad_engine):
    async with running(bad_engine()) as repl:
        task = asyncio.create_task(repl.request({"do": "hang"}, PATIENCE_S))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not psutil.pid_exists(repl.pid)


async def test_cancelling_the_start_leaves_nothing(bad_engine):
    task = asyncio.create_task(Repl.start(bad_engine(start="hang")))
    await until(lambda: psutil.Process().children())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_children_of_the_engine_end_with_it(bad_engine):
    async with running(bad_engine()) as repl:
        child = (await repl.request({"do": "child"}, PATIENCE_S))["child"]
        assert psutil.pid_exists(child)
        with pytest.raises(EngineCrashed):
            await repl.request({"do": "kill"}, PATIENCE_S)
    await until(
        lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
    )


async def test_closing_twice_and_at_once(bad_engine):
    repl = await Repl.start(bad_engine())
    await asyncio.gather(repl.close(), repl.close())
    await repl.close()
    assert not repl.alive


async def test_the_engine_ends_when_python_is_killed(bad_engine, tmp_path):
    script = (
        "import asyncio, os, signal, sys\n"
        "from prover.lean.process.command import EngineCommand\n"
        "from prover.lean.process.repl import Repl\n"
        "async def main():\n"
        f"    repl = await Repl.start(EngineCommand({bad_engine().argv!r}))\n"
        "    print(repl.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    pid = int((await process.communicate())[0])
    await until(lambda: not psutil.pid_exists(pid))


@pytest.mark.parametrize("start", ["die", "hang", "babble"])
async def test_an_engine_that_does_not_start(bad_engine, start):
    told = {"die": "no Lean today", "hang": "no answer", "babble": "did not begin by announcing"}[start]
    with pytest.raises((EngineCrashed, EngineTimeout), match=told):
        await Repl.start(bad_engine(start=start), startup_timeout_s=0.5 if start == "hang" else PATIENCE_S)


async def test_a_program_that_is_not_there():
    with pytest.raises(SetupError, match="cannot start nothing"):
        await Repl.start(EngineCommand(("/nonexistent/lean",), label="nothing"))


async def test_stack_and_environment_reach_the_engine(bad_engine):
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = 512 << 20
    async with running(bad_engine(stack_bytes=wanted, extra="yes")) as repl:
        reply = await repl.request({"do": "stack"}, PATIENCE_S)
    expected = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    assert reply == {"soft": expected, "env": "yes"}
    assert resource.getrlimit(resource.RLIMIT_STACK) == (soft, hard)


async def test_the_embedded_engine(engine_command):
    async with running(engine_command) as repl:
        assert {"tactics", "limits", "drop", "export", "check"} <= repl.extensions
        assert repl.lean_version is not None
        reply = await repl.request({"cmd": "theorem foo : 1 + 1 = 2 := by sorry"}, PATIENCE_S)
        assert reply["sorries"][0]["goal"] == "⊢ 1 + 1 = 2"
