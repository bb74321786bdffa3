"""Critics: models that score how close a proof state is to being proved.

The search may weigh a state by its critic's score as InternLM2.5-StepProver does; scores of different critics
have no common scale. This module can be imported without torch; `TransformersCritic.load` imports it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from prover.policy.base import PolicyInput
from prover.policy.transformers.packages import require_packages
from prover.policy.transformers.worker import Worker

if TYPE_CHECKING:
    from prover.policy.transformers.critic_head import ValueModel


class TransformersCritic:
    """A transformers model with a scalar head, run in one thread; its score is the head's at the last token.

    Our own critics are plain sequence-classification folders with one label, and read `PolicyInput.pp`. See
    :class:`prover.policy.transformers.critic_head.ValueModel` for which others there are.
    """

    def __init__(self, model: ValueModel) -> None:
        self._model = model
        self._worker = Worker(self.name, model.loaded.configure_for_inference)

    @classmethod
    def load(
        cls,
        model: str,
        *,
        device: str = "auto",
        dtype: str = "auto",
        batch_states: int = 32,
        trust_remote_code: bool = False,
    ) -> TransformersCritic:
        """Load a folder or an id; `device`, `dtype` and `trust_remote_code` are as for TransformersGenerator.

        Raises:
            InputError: there is no such model, or it is not a critic.
            SetupError: torch, transformers or the device is missing.
        """
        require_packages()
        from prover.policy.transformers.critic_head import ValueModel

        return cls(
            ValueModel.load(
                model,
                device=device,
                dtype=dtype,
                batch_states=batch_states,
                trust_remote_code=trust_remote_code,
            )
        )

    @property
    def name(self) -> str:
        """The folder's name, or the id."""
        return self._model.loaded.name

    async def score(self, states: Sequence[PolicyInput]) -> list[float]:
        """Return a score for each state, see `Critic`; of one too long for the model, its end is read.

        Raises:
            PolicyError: the model failed, or this is closed.
        """
        texts = [state.pp for state in states]
        return await self._worker.run(lambda check: self._model.score(texts, check))

    async def close(self) -> None:
        """End the work that goes on or waits. Safe to call twice."""
        await self._worker.close()
