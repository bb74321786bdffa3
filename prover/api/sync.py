"""The API without `await`: each method of the asynchronous one, run in a thread that has an event loop.

So it also works where an event loop is running already, as in notebooks. Methods, arguments and errors are those of
:mod:`prover.api.lean` and :mod:`prover.api.session`; they may be called from several threads at the same time.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import queue
import threading
import weakref
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from prover.api.lean import AsyncLean, make_lean
from prover.api.session import AsyncSession
from prover.lean.environment import TacticState
from prover.lean.theorem import Theorem

P = ParamSpec("P")
T = TypeVar("T")


class LoopThread:
    """An event loop in a thread of its own, until `stop`."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._stopped = (
            False  # Thread.is_alive will not do: Ctrl-C in it makes CPython 3.11 believe the thread dead
        )
        self._thread = threading.Thread(target=self._loop.run_forever, name="prover", daemon=True)
        self._thread.start()

    @property
    def is_current(self) -> bool:
        """Whether the caller is in this thread."""
        return threading.current_thread() is self._thread

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what `work` returns. Ctrl-C cancels it, and is raised when it has ended; a second one, at once.

        The threads meet in locks and queues written in C alone: CPython may raise Ctrl-C's exception inside a
        `threading.Condition`, and so inside a `Future`, and leave its lock held for ever.
        """
        if self._stopped:
            work.close()
            raise RuntimeError("the event loop has been stopped")
        started = threading.Lock()
        ended = queue.SimpleQueue[asyncio.Task[T]]()
        cancelled = queue.SimpleQueue[asyncio.Task[T]]()
        tasks: list[asyncio.Task[T]] = []

        def begin() -> None:
            if started.acquire(blocking=False):
                tasks.append(self._loop.create_task(work))
                tasks[0].add_done_callback(ended.put)

        def cancel() -> None:
            tasks[0].cancel()
            tasks[0].add_done_callback(cancelled.put)

        try:
            self._loop.call_soon_threadsafe(begin)
            return ended.get().result()
        except KeyboardInterrupt:
            if started.acquire(blocking=False):
                work.close()
            else:
                self._loop.call_soon_threadsafe(cancel)
                cancelled.get()
            raise

    def stop(self) -> None:
        """End the thread. Safe to call twice."""
        if not self._stopped:
            self.run(self._loop.shutdown_default_executor())
            self._stopped = True
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


def _on_lean(
    method: Callable[Concatenate[AsyncLean, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Lean, P], T]:
    """Return the method of `Lean` that does what this one of `AsyncLean` does."""

    @functools.wraps(method)
    def call(self: Lean, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._run(method(self._lean, *args, **kwargs))

    return call


def _on_session(
    method: Callable[Concatenate[AsyncSession, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Session, P], T]:
    """Return the method of `Session` that does what this one of `AsyncSession` does."""

    @functools.wraps(method)
    def call(self: Session, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._lean._run(method(self._session, *args, **kwargs))

    return call


class Session:
    """A theorem opened by :meth:`prover.Lean.open`; a context manager, which closes it.

    `state` is the state before any tactic. Every state stays usable, so several tactics can be tried on one.
    """

    def __init__(self, lean: Lean, session: AsyncSession) -> None:
        self._lean = lean
        self._session = session

    run_tac = _on_session(AsyncSession.run_tac)
    run_tacs = _on_session(AsyncSession.run_tacs)

    @property
    def theorem(self) -> Theorem:
        """The theorem that is open."""
        return self._session.theorem

    @property
    def state(self) -> TacticState:
        """The state before any tactic."""
        return self._session.state

    def close(self) -> None:
        """Release all states. Safe to call twice, and after the Lean has been closed."""
        if not self._lean.closed:
            self._lean._run(self._session.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._session).replace("AsyncSession", "Session", 1)

    def _repr_html_(self) -> str:
        return self.state._repr_html_()


class Lean:
    """A Lean that is kept open, made by :func:`prover.open_lean`; a context manager, which closes it.

    Engines, the verifier and policies are started when they are first needed, and kept until it is closed, or until
    Python ends.
    """

    def __init__(self, lean: AsyncLean) -> None:
        self._lean = lean
        self._thread = LoopThread()
        self._end = weakref.finalize(self, _end, self._thread, lean)

    read = _on_lean(AsyncLean.read)
    prove = _on_lean(AsyncLean.prove)
    verify = _on_lean(AsyncLean.verify)
    check = _on_lean(AsyncLean.check)
    fill = _on_lean(AsyncLean.fill)
    evaluate = _on_lean(AsyncLean.evaluate)
    _open = _on_lean(AsyncLean.open)

    @property
    def version(self) -> str:
        """What is known of Lean's version."""
        return self._lean.version

    @property
    def closed(self) -> bool:
        """Whether it has been closed."""
        return not self._end.alive

    def open(self, theorem: str | Theorem, *, file: str | Path | None = None) -> Session:
        """Open a theorem, to run tactics on its states.

        Raises:
            InputError, EngineError: as for `read`.
        """
        return Session(self, self._open(theorem, file=file))

    def close(self) -> None:
        """End every process. Safe to call twice."""
        self._end()

    def __enter__(self) -> Self:
        self._lean.require_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._lean).replace("AsyncLean", "Lean", 1)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self.closed:
            work.close()
            self._lean.require_open()
        return self._thread.run(work)


def _end(thread: LoopThread, lean: AsyncLean) -> None:
    if thread.is_current:  # where Python may collect a Lean that was never closed
        threading.Thread(target=_end, args=[thread, lean]).start()
        return
    try:
        thread.run(lean.close())
    finally:
        thread.stop()


def _keep_open(make: Callable[P, AsyncLean]) -> Callable[P, Lean]:
    """Return a function that does what `make` does, without `await`."""

    def open_lean(*args: P.args, **kwargs: P.kwargs) -> Lean:
        return Lean(make(*args, **kwargs))

    open_lean.__doc__ = make.__doc__
    signature = inspect.signature(make).replace(return_annotation="Lean")
    open_lean.__signature__ = signature  # type: ignore[attr-defined]
    return open_lean


open_lean = _keep_open(make_lean)


def _with_own_lean(
    method: Callable[Concatenate[AsyncLean, P], Coroutine[Any, Any, T]],
) -> Callable[P, T]:
    """Return a function that does what the method does, with an embedded Lean that is opened and closed for it."""

    @functools.wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        with open_lean() as lean:
            return lean._run(method(lean._lean, *args, **kwargs))

    own = inspect.signature(method)
    call.__signature__ = own.replace(parameters=[*own.parameters.values()][1:])  # type: ignore[attr-defined]
    return call


prove = _with_own_lean(AsyncLean.prove)
verify = _with_own_lean(AsyncLean.verify)
fill = _with_own_lean(AsyncLean.fill)
evaluate = _with_own_lean(AsyncLean.evaluate)
