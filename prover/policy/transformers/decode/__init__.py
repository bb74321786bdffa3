"""Decoding: continuous batching, sampling, beam search, the KV cache and prefix sharing.

Why it is not transformers' own continuous batching (`generate_batch`): measured on the same work with
`scripts/bench_batching.py --prompts 8 --rounds 1` (transformers 5.24, one thread, float32, log-probabilities
included), in tokens per second of processor time:

    parameters   this package   generate_batch   padded generate
    0.6 million          7186             1287              3481
    27 million            417              162               129

The library gives log-probabilities, prefix sharing and cancellation, but one seed for all requests, no stop strings
and no encoder-decoders. So this package stays, behind `Stream.generate` and `Stream.score`; measure again with a new
version.
"""
