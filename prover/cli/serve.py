"""`prover serve`: vLLM's own server, with the flags that suit tactics."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path
from typing import Annotated

import typer

from prover.cli.interrupt import Interrupt
from prover.cli.progress import show_progress
from prover.serving.build import VllmBuild
from prover.serving.server import ServeSettings, VllmServer, choose_build
from prover.util.home import home
from prover.util.within import Stopped, within

STOP_S = 60.0
"""Seconds that vLLM's processes may take to end after SIGTERM."""


def serve(
    model: Annotated[str, typer.Argument(help="A model folder, or the id of a model on Hugging Face.")],
    extra: Annotated[
        list[str] | None, typer.Argument(help="After --: further arguments for vLLM, which come last.")
    ] = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    served_model_name: Annotated[
        str | None, typer.Option(help="What clients call the model; by default its folder's name or its id.")
    ] = None,
    dtype: Annotated[str, typer.Option(help="float32, bfloat16, float16, or auto.")] = "auto",
    max_model_len: Annotated[
        int | None, typer.Option(min=1, help="Tokens of a prompt and its answer together; less saves memory.")
    ] = None,
    gpu_memory_utilization: Annotated[
        float | None, typer.Option(min=0.01, max=1.0, help="The share of the memory that vLLM may take.")
    ] = None,
    tensor_parallel_size: Annotated[int, typer.Option(min=1, help="GPUs that share one model.")] = 1,
    replicas: Annotated[int, typer.Option(min=1, help="Copies of the model, behind the one address.")] = 1,
    python: Annotated[
        str | None,
        typer.Option(help="The Python that has vLLM, if not this one.", envvar="PROVER_VLLM_PYTHON"),
    ] = None,
    log: Annotated[Path | None, typer.Option(help="Where vLLM's own output goes.")] = None,
    start_timeout: Annotated[float, typer.Option(min=1, help="Seconds until it must be ready.")] = 1800.0,
) -> None:
    """Serve a model with vLLM until Ctrl-C, for --policy http://HOST:PORT/v1#NAME."""
    settings = ServeSettings(
        model=model,
        host=host,
        port=port,
        served_model_name=served_model_name,
        dtype=dtype,
        max_model_len=max_model_len,
        gpu_memory_utilization=gpu_memory_utilization,
        tensor_parallel_size=tensor_parallel_size,
        replicas=replicas,
        extra=tuple(extra or ()),
    )
    log_file = log or home() / "serve" / f"{port}.log"
    interrupt = Interrupt(orderly_s=STOP_S)
    served = interrupt.run(_serve(settings, choose_build(python), log_file, start_timeout, interrupt.event))
    if not served:
        interrupt.exit()


async def _serve(
    settings: ServeSettings,
    build: VllmBuild,
    log_file: Path,
    start_timeout_s: float,
    interrupted: asyncio.Event,
) -> bool:
    """Serve until told to stop; return whether it had come so far as to answer."""
    server = await VllmServer.start(settings, build, log_file)
    try:
        with show_progress() as progress:
            progress.step(f"starting vLLM, whose output goes to {log_file}")
            ready = server.wait_ready(start_timeout_s, progress.step)
            if await within(ready, seconds=None, interrupt=interrupted) is Stopped.INTERRUPTED:
                return False
        spec = f"{settings.url}#{settings.name}"
        typer.echo(f"ready at {settings.url}; stop with Ctrl-C")
        typer.echo(f"--policy {spec if shlex.quote(settings.name) == settings.name else shlex.quote(spec)}")
        await within(server.wait_end(), seconds=None, interrupt=interrupted)
        return True
    finally:
        await server.stop()
