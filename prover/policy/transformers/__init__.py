"""Language models on this machine, run by the transformers library in this process.

    generator = TransformersGenerator.load("path/to/folder")
    completions = await generator.generate([GenerationRequest(prompt=..., sampling=Sampling())])

The parts: :mod:`.loading` turns a folder or an id into a model, :mod:`.decoding` holds a batch of rows and
their :mod:`.cache`, :mod:`.sampling` and :mod:`.beam` decide which tokens follow until :mod:`.task` says that
a row is complete, :mod:`.completing` cuts requests into batches, :mod:`.generator` does that in the thread of
:mod:`.worker`; :mod:`.scoring` is the model behind :mod:`prover.policy.value`. Importing this package does not
import torch, loading a model does.
"""

from prover.policy.transformers.generator import TransformersGenerator

__all__ = ["TransformersGenerator"]
