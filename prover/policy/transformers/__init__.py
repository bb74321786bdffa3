"""Language models on this machine, run by the transformers library in this process.

    generator = TransformersGenerator.load("path/to/folder")
    completions = await generator.generate([GenerationRequest(prompt=..., sampling=Sampling())])

The parts: :mod:`.loading` turns a folder or an id into a model, :mod:`.completing` requests into tasks;
:mod:`.continuous` works on all tasks there are, in the thread of :mod:`.stream`. It reads prompts with
:mod:`.decoding` and their :mod:`.cache`, lets :mod:`.judging` say how likely given completions are, and then keeps
rows in :mod:`.slots` until :mod:`.task` says that they are complete; :mod:`.sampling` and :mod:`.beam` decide
which tokens follow. :mod:`.scoring` is the model behind :mod:`prover.policy.value`, run by :mod:`.worker`.
Importing this package does not import torch, loading a model does.
"""

from prover.policy.transformers.generator import TransformersGenerator

__all__ = ["TransformersGenerator"]
