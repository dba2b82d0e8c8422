"""Measurements: generated and real events, what the optimiser reaches on them, and how long."""
