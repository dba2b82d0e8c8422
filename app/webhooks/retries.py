"""When a message that did not come through is tried again: over a day, less and less often."""

from datetime import datetime, timedelta
from hashlib import blake2s

MINUTE, HOUR = 60, 3600
PAUSES = (5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR)
"""Seconds after each try that failed; after one more the webhook counts as failing."""
JITTER = 0.1
"""By how much of itself a pause is longer at most, so that not all are tried at once."""


def next_try(message_id: str, tries: int, now: datetime) -> datetime | None:
    """When to try again after so many ``tries``; None if it was the last.

    The same message waits equally long wherever this is asked.
    """
    if tries > len(PAUSES):
        return None
    digest = blake2s(f"{message_id}.{tries}".encode(), digest_size=4).digest()
    stretch = 1 + JITTER * int.from_bytes(digest) / 2**32
    return now + timedelta(seconds=PAUSES[tries - 1] * stretch)
