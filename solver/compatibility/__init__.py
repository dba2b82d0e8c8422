"""Profiles to benefits: what attendees gain from each other, why, and who may not meet."""
