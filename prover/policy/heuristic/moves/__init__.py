"""The moves of the model-free policy, by theme. Each module offers functions from a goal to moves."""
