"""Exports: what schedules look like in other people's formats."""
