"""Training: from the proofs of runs to models.

`data/` holds trajectories and tokenized examples, `objectives/` what is learned with which loss, `iteration/`
rounds of search, training and measurement (expert iteration). The training driver itself (`job.py`), model
loading, presets for new models and the model card stand here. May import `prover.evaluation`, `prover.policy`,
`prover.problems` and `prover.search`; torch, transformers and pyarrow only inside of functions or in modules that
only training imports.
"""
