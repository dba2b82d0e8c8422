"""Schedules that obey every rule, and ever better ones: local search by compiled moves."""
