"""Durable work: solves asked for, queued, taken up by workers and done by child processes."""
