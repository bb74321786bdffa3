"""What vLLM's server loads from here: this folder is on its path, and holds nothing else."""
