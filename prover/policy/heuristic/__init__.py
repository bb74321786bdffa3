"""The heuristic policy: tactics proposed by rules on the goal's text, without a model.

`policy` orders what the `moves` propose; `terms`, `arithmetic`, `goal_shape` and `declared` read goals for them.
"""
