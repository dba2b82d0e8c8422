"""A simulator of event days: the real service in one process, its clock, network and disk in hand.

`python -m tests.simulation SEED` prints one day. Everything that is left to chance comes from the
seed, so that a day which fails fails again.
"""
