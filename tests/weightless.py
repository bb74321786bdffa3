"""Folders of models whose weights are a number, for what stands in for vLLM (little_vllm.py)."""

import json


def note_reference(folder, logprob):
    """Have the training of a model say that each token has this log-probability."""
    noted = {"tokens": [3, 1, 4], "logprobs": [logprob, logprob]}
    (folder / "training.json").write_text(json.dumps({"reference": noted}))


def make_models(place):
    """Make folders of models that differ in their weights and notes alone, and one with another tokenizer."""
    folders = []
    for number in range(3):
        folder = place / "rounds" / f"{number:02}" / "model"
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps({"layers": 2, "_name_or_path": str(folder)}))
        (folder / "tokenizer.json").write_text("{}" if number < 2 else '{"vocabulary": []}')
        (folder / "model.safetensors").write_text(str(-1.0 - number))
        note_reference(folder, -1.0 - number)
        folders.append(folder)
    return folders
