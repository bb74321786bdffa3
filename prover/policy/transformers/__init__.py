"""Language models on this machine, run by the transformers library in this process.

    generator = TransformersGenerator.load("path/to/folder")
    completions = await generator.generate([GenerationRequest(prompt=..., sampling=Sampling())])

:mod:`.loading` turns a folder or an id into a model, :mod:`.loaded_model` requests into tasks; :mod:`.decode` works on
the tasks of all searches in one batch, and :mod:`.score_completions` scores completions that the model has not
written. :mod:`.critic_head` is the model behind :mod:`prover.policy.value`, run by :mod:`.worker`. Importing this
package does not import torch, loading a model does.
"""

from prover.policy.transformers.generator import TransformersGenerator

__all__ = ["TransformersGenerator"]
