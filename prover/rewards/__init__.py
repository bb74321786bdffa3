"""Rewards for reinforcement learning on whole proofs: prover's verifier in the forms that training loops call.

`judge` decides; `trl`, `verl` and `http` (OpenRLHF, NeMo-Gym) are its forms. The statement comes from the data set,
never from the completion, and a proof counts if the verifier accepts it, axioms included: "no error message" is no
reward.

Nothing here imports a training library. The layer stands on the Python API.
"""
