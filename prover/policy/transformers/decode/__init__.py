"""Decoding: continuous batching, sampling, beam search, the KV cache and prefix sharing."""
