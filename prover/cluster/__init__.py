"""Runs on a Ray cluster: one driver with the store, and actors with engines on the cluster's nodes (docs/cluster.md).

Only this package imports Ray, and only when a cluster is asked for.
"""
