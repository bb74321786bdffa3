"""A Lean that is kept open, with its engines, its verifier and the policies that were used: the asynchronous API."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, Unpack

from pydantic import ValidationError

from prover.api.elaborating import Elaboration, Framed, elaborate, framed
from prover.api.opening import LoggedProgress, engine_settings
from prover.api.reading import placed_errors, tactic_block
from prover.api.results import CheckedText, FilledFile, ProofResult, result_of
from prover.api.run_arguments import RunArguments
from prover.api.session import AsyncSession
from prover.attempt import TACTIC_LIMITS, Attempt, Disproof, attempt
from prover.disprove import disprove, prove_or_disprove
from prover.errors import InputError, UnsupportedError
from prover.filling.fill import Filling, Prover, fill
from prover.filling.search import HoleSearch
from prover.filling.text import SourceFile
from prover.filling.verify import FileVerifier
from prover.formalizing.checks import StatementChecks
from prover.lean.backend import LeanBackend, LeanPool
from prover.lean.backends import find_lean
from prover.lean.process.supervisor import EngineStats
from prover.lean.protocol import Ask
from prover.lean.reading.holes import read_holes
from prover.lean.reading.text import lean_text
from prover.lean.settings import DEFAULT_ENGINE, EngineSettings
from prover.lean.theorem import Theorem
from prover.lean.trust.lock import CheckedStatement, Lock, refused_words
from prover.lean.trust.verify import (
    Certificate,
    Rejection,
    Verifier,
    WholeFileVerifier,
    file_verdict,
    verdict,
)
from prover.policy.base import Critic
from prover.policy.open import OpenPolicies, open_critic, open_policies
from prover.policy.settings import PolicySettings
from prover.problems.problem import Problem
from prover.search.base import SearchOptions
from prover.search.budget import Budget
from prover.search.settings import SearchSettings
from prover.sketching.attempt import SketchAttempt, attempt_by_sketch
from prover.sketching.fill import SketchHoles
from prover.sketching.open import OpenPlanner, SketchChoice, sketch_options, sketch_tools
from prover.sketching.options import SketchOptions
from prover.sketching.planning import SketchTools
from prover.sketching.record import PlanTry
from prover.whole_proof.attempt import WholeProofAttempt, WholeProofOptions, attempt_whole_proof
from prover.whole_proof.elaborate import PROOF_TIMEOUT_S, Elaborator
from prover.whole_proof.open import OpenChat

if TYPE_CHECKING:
    from prover.api.evaluating import Evaluation
    from prover.evaluation.run.runner import Observer as RunObserver

P = ParamSpec("P")

GRACE_S = 10.0
"""Beyond its limit, until an engine that was told to stop has answered."""

FILE_WIDTH = 2
"""States that the search for one `sorry` of a file expands at the same time."""


@dataclass(slots=True)
class _Kept:
    """What is opened when it is first needed, and closed with the Lean."""

    stack: AsyncExitStack
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    verifier: Verifier | None = None
    policies: dict[PolicySettings, OpenPolicies] = field(default_factory=dict)
    critics: dict[tuple[str | None, str, str, bool], Critic | None] = field(default_factory=dict)


class AsyncLean:
    """A Lean with `engines` processes; an asynchronous context manager, made by :func:`prover.open_lean_async`.

    Engines, the verifier and policies are started when they are first needed, and kept until it is closed. Several
    coroutines may use it at the same time, all of one event loop.
    """

    def __init__(self, source: EngineSettings, lean: LeanBackend[Any], *, engines: int = 2) -> None:
        if engines < 1:
            raise InputError(f"at least one engine is needed, not {engines}")
        self._source = source
        self._lean = lean
        self._size = engines
        self._pool: LeanPool | None = None
        self._kept = _Kept(AsyncExitStack())
        self._closed = False

    @property
    def engine(self) -> str:
        """The name of the engine, such as ``embedded``."""
        return self._lean.name

    @property
    def version(self) -> str:
        """What is known of Lean's version."""
        return self._lean.version

    @property
    def engine_stats(self) -> list[EngineStats]:
        """What each engine has done so far; empty before any is started."""
        return [] if self._pool is None else self._pool.stats

    async def read(self, theorem: str, *, file: str | Path | None = None) -> Theorem:
        """Return the theorem that a text states: a declaration, with or without a proof, or a bare proposition.

        With `file`, the theorem of that name in the file, all that stands before it being its context.

        Raises:
            InputError: there is no such theorem; `StatementError` where Lean refuses it, `UnsupportedError` where it
                imports something that is not there.
            EngineError: Lean could not be kept alive.
        """
        pool = await self._engines()
        return await self._lean.read_theorem(pool, theorem, None if file is None else Path(file))

    async def open(self, theorem: str | Theorem, *, file: str | Path | None = None) -> AsyncSession:
        """Open a theorem, to run tactics on its states.

        Raises:
            InputError, EngineError: as for `read`.
        """
        goal = await self._theorem(theorem, file)
        with placed_errors(goal, file, self._lean.library):
            return AsyncSession(await (await self._engines()).open(goal))

    async def prove(
        self,
        theorem: str | Theorem,
        *,
        file: str | Path | None = None,
        policy: str | None = None,
        search: str | None = None,
        settings: SearchSettings | None = None,
        timeout: float | None = 60.0,
        max_expansions: int | None = None,
        seed: int = 0,
        disprove: bool = True,
    ) -> ProofResult:
        """Search for a proof, and have Lean's kernel check it in a new process.

        `policy` proposes tactics and `search` names the algorithm; they, and everything else that shapes the search,
        are in `settings`. The search may take `timeout` seconds and expand `max_expansions` states, None being no
        limit. `seed` is for what chooses at random. Unless `disprove` is False, a proof that the theorem is false is
        looked for, too.

        Raises:
            InputError: the theorem or a setting cannot be used.
            SetupError: a package, a device or a server is missing.
            PolicyError: the policy could not answer.
            EngineError: Lean could not be kept alive, or a proof could not be checked.
        """
        chosen = search_settings(settings, policy=policy, search=search)
        options = _options(timeout, max_expansions, width=self._size, seed=seed)
        return result_of(await self.attempt(theorem, chosen, options, file=file, disprove=disprove))

    async def attempt(
        self,
        theorem: str | Theorem,
        settings: SearchSettings,
        options: SearchOptions,
        *,
        file: str | Path | None = None,
        disprove: bool = True,
    ) -> Attempt:
        """Do what `prove` does, with options that can watch the search and interrupt it.

        The scoring rule and the critic are those of `settings`.

        Raises:
            InputError, SetupError, PolicyError, EngineError: as for `prove`.
        """
        pool, verifier = await self._engines(), await self._verifier()
        goal = await self._theorem(theorem, file)
        policies, critic = await self._policies(settings)
        with placed_errors(goal, file, self._lean.library):
            return await (prove_or_disprove if disprove else attempt)(
                goal,
                environment=pool,
                verifier=verifier,
                policy=policies.for_search(options.seed),
                algorithm=settings.algorithm,
                options=replace(options, scoring=settings.rule, critic=critic),
            )

    async def disprove(
        self, theorem: str | Theorem, settings: SearchSettings, options: SearchOptions
    ) -> Disproof | None:
        """Look for a proof that a theorem is false; None if there is none within the limits, or it cannot be denied.

        Raises:
            InputError, SetupError, EngineError: as for `prove`.
        """
        pool, verifier = await self._engines(), await self._verifier()
        goal = await self._theorem(theorem, None)
        policies, critic = await self._policies(settings)
        return await disprove(
            goal,
            environment=pool,
            verifier=verifier,
            policy=policies.for_search(options.seed),
            algorithm=settings.algorithm,
            options=replace(options, scoring=settings.rule, critic=critic),
        )

    async def attempt_whole_proof(
        self,
        theorem: str | Theorem,
        chat: OpenChat,
        options: WholeProofOptions,
        *,
        file: str | Path | None = None,
        problem: str = "",
    ) -> WholeProofAttempt:
        """Have a chat model write proofs of a theorem, which `problem` says in words, and repair those that fail.

        Raises:
            InputError, SetupError, EngineError: as for `prove`.
            PolicyError: the model's server does not answer.
        """
        pool, verifier = await self._engines(), await self._verifier()
        goal = await self._theorem(theorem, file)
        start = self._lean.file_tools(pool).ask
        async with Elaborator(start, goal, engines=self._size, timeout_s=PROOF_TIMEOUT_S) as elaborator:
            return await attempt_whole_proof(
                goal,
                chat=chat.client,
                prompt_format=chat.prompt_format,
                elaborator=elaborator,
                verifier=verifier,
                options=options,
                problem=problem,
            )

    async def attempt_sketch(
        self,
        theorem: str | Theorem,
        planner: OpenPlanner,
        chosen: SketchChoice,
        options: SearchOptions,
        *,
        file: str | Path | None = None,
        problem: str = "",
        disprove: bool = True,
        observe: Callable[[Sequence[PlanTry]], None] = lambda tries: None,
    ) -> SketchAttempt:
        """Have a chat model plan a proof of a theorem, which `problem` says in words, and prove the steps.

        The budget of `options` is for all of it, and that of `chosen` for each step.

        Raises:
            InputError, SetupError, PolicyError, EngineError: as for `prove`.
        """
        pool, verifier = await self._engines(), await self._verifier()
        goal = await self._theorem(theorem, file)
        tools, how = await self._sketch(planner, chosen, options, pool, verifier, disprove=disprove)
        with placed_errors(goal, file, self._lean.library):
            return await attempt_by_sketch(
                goal, tools=tools, options=replace(how, observe=observe), problem=problem
            )

    async def _sketch(
        self,
        planner: OpenPlanner,
        chosen: SketchChoice,
        options: SearchOptions,
        pool: LeanPool,
        verifier: Verifier,
        *,
        disprove: bool,
    ) -> tuple[SketchTools, SketchOptions]:
        policies, critic = await self._policies(chosen.searching)
        options = replace(options, scoring=chosen.searching.rule, critic=critic)
        tools = sketch_tools(
            planner.planner,
            None if planner.filler is None else planner.filler.writer,
            self._lean.file_tools(pool),
            verifier,
            lambda: policies.for_search(options.seed),
            chosen.search,
            chosen.method,
            seed=options.seed,
        )
        return tools, sketch_options(chosen.sketch, chosen.method, options, disprove=disprove)

    async def statement_checks(self, settings: SearchSettings, options: SearchOptions) -> StatementChecks:
        """Return what looks at statements; each of its searches may use the budget of `options`.

        Raises:
            InputError, SetupError: as for `prove`.
        """
        pool, verifier = await self._engines(), await self._verifier()
        policies, critic = await self._policies(settings)
        return StatementChecks(
            environment=pool,
            verifier=verifier,
            policy=lambda: policies.for_search(options.seed),
            algorithm=settings.algorithm,
            options=replace(options, scoring=settings.rule, critic=critic),
        )

    def state(self, problem: Problem) -> Theorem:
        """Return the theorem that this Lean opens for a problem, with what it has in the place of Mathlib.

        Raises:
            InputError: the problem is unusable.
        """
        read = replace(problem, header=self._lean.with_header(problem.header))
        core = self._lean.reads_as_core(read.header)
        return read.theorem(core=core, pocket=self._lean.library == "pocket")

    async def verify(
        self, theorem: str | Theorem, proof: str, *, file: str | Path | None = None
    ) -> Certificate | Rejection:
        """Have Lean's kernel check a proof in a new process: a tactic block, with ``by`` before it or without.

        Raises:
            InputError: as for `read`.
            SetupError, EngineError: the check could not be carried out, which says nothing about the proof.
        """
        goal = await self._theorem(theorem, file)
        return await verdict(await self._verifier(), goal, tactic_block(proof))

    async def check(self, text: str, *, timeout: float = 60.0, fresh: bool = False) -> CheckedText:
        """Elaborate a text, a whole file with its imports, and return what Lean says of it.

        It may take `timeout` seconds once an engine has begun. With `fresh`, that engine is as new. Positions count in
        the text. Whether a proof in it is one, only `verify` tells.

        Raises:
            InputError: it is no Lean text; `UnsupportedError` where it imports what is not there.
            EngineTimeout: it took longer.
            EngineError: Lean broke over it, or could not be kept alive.
        """
        read = lean_text(text, "the text")
        engines = self._lean.file_tools(await self._engines()).holes
        reply, usage = await engines.elaborate(read, timeout, fresh=fresh)
        return CheckedText(
            messages=tuple(reply.get("messages", [])),
            sorries=tuple(reply.get("sorries", [])),
            time_s=usage.seconds,
            memory_bytes=usage.rss_bytes,
        )

    async def elaborate(
        self, text: str | Framed, *, is_file: bool = False, timeout: float = 60.0
    ) -> Elaboration:
        """Return what a Lean that is as new says of a text, within `timeout` seconds.

        A text without imports is put under notation, or the pocket library, as a statement is; with `is_file` it is
        taken as it stands, and so is one that is framed already.

        Raises:
            InputError: it is no Lean text; `UnsupportedError` where it imports something that is not there.
            EngineError: Lean could not be kept alive.
        """
        if isinstance(text, Framed):
            given = text
        else:
            given = self.framed(text) if not is_file else Framed(lean_text(text, "the file"), 0, "")
        async with self.lend(timeout) as ask:
            return await elaborate(ask, given, timeout_s=timeout)

    def framed(self, text: str, *, like: str = "") -> Framed:
        """Return a text without a file under what this Lean puts before it; `like` is a text that goes with it.

        Raises:
            InputError: it is no Lean text.
        """
        return framed(text, self._lean.library, like=like)

    @asynccontextmanager
    async def lend(self, timeout: float) -> AsyncIterator[Ask]:
        """Yield a way to ask a Lean that is as new whatever docs/protocol.md says, each request for `timeout` seconds.

        Nothing that happens in it is seen by anything else.

        Raises:
            UnsupportedError: this engine proves single theorems only.
            EngineError: Lean could not be kept alive.
        """
        pool = await self._engines()
        async with self._lean.lend_new(pool, timeout + GRACE_S) as ask:
            yield ask

    async def check_file(
        self, lock: Lock, file: str, *, same_words: bool = True
    ) -> tuple[CheckedStatement, ...]:
        """Check that `file`, a text, proves every statement of `lock`, each judged in a new process.

        With `same_words` it has to state them in the lock's words, too.

        Raises:
            UnsupportedError: this engine checks no whole files.
            SetupError, EngineError: the check could not be carried out, which says nothing about the file.
        """
        verifier = await self._verifier()
        if not isinstance(verifier, WholeFileVerifier):
            raise UnsupportedError(f"--engine {self._lean.name} checks no whole files", advice="Use another.")
        file = lean_text(file, "the file")
        checked = []
        for name in lock.names:
            theorem = lock.theorem(name)
            refused = refused_words(lock, file, name) if same_words else None
            ruling = refused or await file_verdict(verifier, theorem, file)
            checked.append(CheckedStatement(theorem=theorem, ruling=ruling))
        return tuple(checked)

    async def fill(
        self,
        file: str | Path,
        *,
        policy: str | None = None,
        search: str | None = None,
        settings: SearchSettings | None = None,
        timeout: float | None = 60.0,
        max_expansions: int | None = None,
        seed: int = 0,
    ) -> FilledFile:
        """Search for a proof of every `sorry` of a .lean file; the arguments are those of `prove`, for each `sorry`.

        The file stays as it is until :meth:`FilledFile.write` is called.

        Raises:
            InputError: the file cannot be read, has no `sorry`, or an error before one; or a setting cannot be used.
            SetupError, PolicyError, EngineError: as for `prove`.
        """
        chosen = search_settings(settings, policy=policy, search=search)
        source = SourceFile.read(Path(file))
        options = _options(timeout, max_expansions, width=FILE_WIDTH, seed=seed)
        return FilledFile(source, await self.fill_source(source, chosen, options))

    async def fill_source(
        self,
        source: SourceFile,
        settings: SearchSettings,
        options: SearchOptions,
        *,
        observe: Callable[[int, int], None] = lambda done, total: None,
        planner: tuple[OpenPlanner, SketchChoice] | None = None,
    ) -> Filling:
        """Do what `fill` does, with options that can interrupt it; `observe` receives the numbers of done and of all.

        With `planner`, a chat model plans the proofs of what the search does not prove.

        Raises:
            InputError, SetupError, PolicyError, EngineError: as for `fill`.
        """
        pool = await self._engines()
        files = self._lean.file_tools(pool)
        async with files.ask() as ask:
            read = await read_holes(ask, source.text, str(source.path))
        if planner is not None:
            settings = planner[1].searching
        policies, critic = await self._policies(settings)
        options = replace(options, scoring=settings.rule, critic=critic)
        search: Prover = HoleSearch(environment=files.holes, algorithm=settings.algorithm, options=options)
        async with AsyncExitStack() as stack:
            if planner is not None:
                made = await self._sketch(*planner, options, pool, await self._verifier(), disprove=True)
                search = await stack.enter_async_context(SketchHoles(*made))
            return await fill(
                read,
                search,
                lambda: policies.for_search(options.seed),
                FileVerifier(ask=files.ask, open=self._lean.verifier),
                at_once=self._size,
                interrupt=options.interrupt or asyncio.Event(),
                observe=observe,
            )

    async def evaluate(
        self,
        problems: str | Path,
        *,
        out: str | Path,
        settings: SearchSettings | None = None,
        timeout: float | None = 60.0,
        max_expansions: int | None = None,
        resume: bool = False,
        observe: RunObserver = lambda progress: None,
        **run: Unpack[RunArguments],
    ) -> Evaluation:
        """Attempt every problem of a set, store all that happens in the folder `out`, and write its report.

        `problems` is a set's name or a file (docs/problems.md). When it is cancelled, what is finished is stored, and
        `resume` continues. `observe` receives the progress. `run` may have `passes`, 1 by default, and `seed`;
        `stop_at_proof`, the proofs after which no more passes are made at a problem; and `cluster` ("local", "auto",
        "HOST:PORT" or "ray://HOST:PORT"), on which `actors` make the attempts, each with as many engines as this object
        has (docs/cluster.md).

        Raises:
            InputError: the problems or a setting cannot be used, or the folder has a run already.
            SetupError: something is missing, or the folder cannot be written to.
        """
        from prover.api.evaluating import evaluate_problems  # others need neither reports nor databases

        self.require_open()
        chosen = search_settings(settings)
        cluster, actors = run.pop("cluster", None), run.pop("actors", None)
        limits = {"timeout_s": timeout, "max_expansions": max_expansions}
        asked = {**chosen.model_dump(), **limits, **run, "engines": self._size, "workers": self._size}
        return await evaluate_problems(
            str(problems),
            Path(out),
            self._source,
            self._lean,
            asked,
            resume=resume,
            cluster=cluster,
            actors=actors,
            observe=observe,
        )

    def require_open(self) -> None:
        """Raise `InputError` if it has been closed."""
        if self._closed:
            raise InputError("this Lean has been closed", advice="Open another one: prover.open_lean()")

    async def close(self) -> None:
        """End every process. Safe to call twice."""
        self._closed = True
        await self._kept.stack.aclose()

    async def __aenter__(self) -> Self:
        self.require_open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        closed = ", closed" if self._closed else ""
        return f"<{type(self).__name__} {self._lean.description}{closed}>"

    async def _theorem(self, theorem: str | Theorem, file: str | Path | None) -> Theorem:
        if isinstance(theorem, Theorem):
            self.require_open()
            return theorem
        return await self.read(theorem, file=file)

    async def _engines(self) -> LeanPool:
        self.require_open()
        async with self._kept.lock:
            if self._pool is None:
                engines = self._lean.open_pool(self._size, TACTIC_LIMITS)
                pool: LeanPool = await self._kept.stack.enter_async_context(engines)
                self._pool = pool
            return self._pool

    async def _verifier(self) -> Verifier:
        pool = await self._engines()
        async with self._kept.lock:
            if self._kept.verifier is None:
                verifier = self._lean.verifier_beside(pool)
                self._kept.verifier = await self._kept.stack.enter_async_context(verifier)
            return self._kept.verifier

    async def _policies(self, settings: SearchSettings) -> tuple[OpenPolicies, Critic | None]:
        kept, enter = self._kept, self._kept.stack.enter_async_context
        policy = PolicySettings(**settings.model_dump(include=set(PolicySettings.model_fields)))
        critic = (settings.critic, settings.device, settings.dtype, settings.trust_remote_code)
        async with kept.lock:
            self.require_open()
            if policy not in kept.policies:
                kept.policies[policy] = await enter(open_policies(policy))
            if critic not in kept.critics:
                kept.critics[critic] = await enter(open_critic(settings.critic, policy))
            return kept.policies[policy], kept.critics[critic]


def make_lean(
    engine: str = DEFAULT_ENGINE,
    *,
    project: str | Path | None = None,
    repl: str | Path | None = None,
    repo: str | None = None,
    commit: str | None = None,
    memory_gb: float | None = None,
    untrusted: bool = False,
    no_library: bool = False,
    engines: int = 2,
) -> AsyncLean:
    """Open a Lean, to be kept open for any number of theorems; `engines` processes of it work at the same time.

    ``embedded`` is prover's own Lean, which is installed if it is not there; the logger ``prover`` tells how far it is.
    ``native`` is the Lean of a Lake `project`, with a `repl` if not the one that ``prover lean setup`` built. ``dojo``
    is for theorems of a `repo` at a `commit` that LeanDojo has traced. An engine is replaced when it takes more memory
    than `memory_gb`; None is the engine's default. With `untrusted`, texts that run code while Lean elaborates them are
    refused. With `no_library`, the embedded Lean has no pocket library (docs/library.md).

    Raises:
        InputError: the choice is contradictory, or the project is none.
        SetupError: something that it needs is not there.
    """
    source = engine_settings(
        engine,
        project=project,
        repl=repl,
        repo=repo,
        commit=commit,
        memory_gb=memory_gb,
        untrusted=untrusted,
        no_library=no_library,
    )
    return AsyncLean(source, find_lean(source, LoggedProgress()), engines=engines)


def _made_in_a_thread(
    make: Callable[P, AsyncLean],
) -> Callable[P, AbstractAsyncContextManager[AsyncLean]]:
    """Return an asynchronous context manager for what `make` returns, which may take long to find."""

    @asynccontextmanager
    async def open_lean_async(*args: P.args, **kwargs: P.kwargs) -> AsyncIterator[AsyncLean]:
        async with await asyncio.to_thread(make, *args, **kwargs) as lean:
            yield lean

    open_lean_async.__doc__ = make.__doc__
    open_lean_async.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]
    return open_lean_async


open_lean_async = _made_in_a_thread(make_lean)


def search_settings(
    settings: SearchSettings | None, *, policy: str | None = None, search: str | None = None
) -> SearchSettings:
    """Return the settings, or the usual ones, with what else is named.

    Raises:
        InputError: there is no such policy or algorithm.
    """
    named = {key: value for key, value in (("policy", policy), ("search", search)) if value is not None}
    given = {} if settings is None else settings.model_dump()
    try:
        return SearchSettings(**given | named)
    except ValidationError as error:
        raise InputError(f"a setting cannot be used: {error.errors()[0]['msg']}") from error


def _options(timeout: float | None, max_expansions: int | None, *, width: int, seed: int) -> SearchOptions:
    try:
        budget = Budget(seconds=timeout, expansions=max_expansions)
    except ValueError as error:
        raise InputError(str(error), advice="None is no limit.") from error
    return SearchOptions(budget=budget, width=width, seed=seed)
