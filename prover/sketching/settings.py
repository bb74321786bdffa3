"""Settings of sketches: stored with every run, read from the command line."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from prover.search.budget import Budget

HEURISTIC = "heuristic"


class SketchSettings(BaseModel):
    """Who plans, who fills in, and how much of it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True, validate_default=True
    )

    planner: str | None = Field(default=None, json_schema_extra={"metavar": "URL"})
    """With --method sketch: the chat model that plans, as http://HOST:PORT/v1#MODEL; or heuristic, as without."""
    plan_format: str = Field(default="generic", json_schema_extra={"metavar": "NAME"})
    """How the planner is asked: generic (a proof with `sorry`s), bfs-planner (a list of `have`s, as BFS-Prover-V2's
    planner writes them), or a .toml file."""
    plan_tokens: int | None = Field(default=None, ge=1)
    """Tokens that one plan may have, its thinking included, in the place of the format's."""
    fill_by: Literal["search", "whole-proof"] = "search"
    """What proves the steps of a sketch: the search with --policy, or the chat model that --policy names."""
    plans: int = Field(default=4, ge=1)
    """Plans of a chat model for one statement: a first one, and others when steps are false or stay unproved."""
    depth: int = Field(default=2, ge=1)
    """How deep plans go: with 2, a step that stays unproved gets plans of its own."""
    hole_tactics: int = Field(default=300, ge=1)
    """Tactics that Lean may run in the search for one step."""
    hole_timeout_s: float = Field(
        default=20.0, gt=0, json_schema_extra={"option": "--hole-timeout", "metavar": "SECONDS"}
    )
    """Seconds that the search for one step may take."""

    @property
    def planned_by_chat(self) -> bool:
        """Whether a chat model plans, and not the heuristic."""
        return self.planner not in (None, HEURISTIC)

    @property
    def hole_budget(self) -> Budget:
        """What the search for one step may use."""
        return Budget(seconds=self.hole_timeout_s, tactics=self.hole_tactics)
