"""Lean as a process: starting and restarting engines, their pool and leases, the wire, sessions of one goal."""
