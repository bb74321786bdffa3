"""Best-first search grows the trees that it grew when they were recorded, see `golden_trees.py`."""

import json

import pytest
from golden_trees import FOLDER, RECORDED, RecordedPolicy, as_json, search


@pytest.mark.parametrize("name", [statement.split()[1] for _, statement, *_ in RECORDED])
async def test_the_same_tree(name, lean_pool):
    golden = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    result = await search(lean_pool, golden, RecordedPolicy(golden["nodes"]))
    result.tree.check_invariants()
    assert golden == golden | as_json(result)
