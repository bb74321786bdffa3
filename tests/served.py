"""`prover serve` with real vLLM, for tests."""

import socket
import subprocess
import sys

import psutil

CONTEXT = 256


def make_model(folder, *, seed=0, layers=2, tied=False):
    """Make a random Llama whose tokens are the characters of ASCII, so that those of a text are known.

    With `tied` its output layer has the embedding's weights.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    characters = [byte_level.pre_tokenize_str(chr(code))[0][0] for code in (10, *range(32, 127))]
    vocabulary = {token: number for number, token in enumerate(["</s>", *characters])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer, tokenizer.decoder = byte_level, decoders.ByteLevel()
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="</s>", pad_token="</s>")
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(wrapped),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        bos_token_id=None,
        eos_token_id=0,
        pad_token_id=0,
        tie_word_embeddings=tied,
    )
    network = LlamaForCausalLM(config)
    with torch.no_grad():
        network.lm_head.weight.mul_(4)
    network.save_pretrained(folder)
    wrapped.save_pretrained(folder)


class Served:
    """`prover serve` on a port of its own, started when it is first needed and after it ended."""

    def __init__(self, model, python, log):
        self.model, self.python, self.log = model, python, log
        self.process = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self, *options):
        arguments = [
            str(self.model),
            "--port",
            str(self.port),
            "--log",
            str(self.log),
            "--python",
            self.python,
        ]
        return subprocess.Popen(
            [sys.executable, "-m", "prover", "serve", *arguments, *options, "--", "--max-num-seqs", "64"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ensure(self):
        if self.process is None or self.process.poll() is not None:
            self.process = self.start("--dtype", "float32", "--max-model-len", str(CONTEXT))
            first, second = self.process.stdout.readline(), self.process.stdout.readline()
            assert self.url in first, self.process.stderr.read()
            assert second == f"--policy {self.url}#tiny\n"
        return self

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def wait(self):
        """Wait for the end; return the exit code and what was written to stderr."""
        _, errors = self.process.communicate(timeout=280)
        return self.process.returncode, errors

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            return self.wait()
        return None
