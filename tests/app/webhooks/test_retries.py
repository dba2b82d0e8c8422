"""Tries go on for a day, each message at moments of its own that anybody can compute again."""

from datetime import UTC, datetime

from app.webhooks.retries import JITTER, PAUSES, next_try

NOW = datetime(2027, 3, 4, tzinfo=UTC)


def test_pauses_are_stretched_by_a_tenth_at_most() -> None:
    for tries, pause in enumerate(PAUSES, 1):
        at = next_try("m", tries, NOW)
        assert at is not None
        assert pause <= (at - NOW).total_seconds() <= pause * (1 + JITTER)
    assert sum(PAUSES) >= 24 * 3600


def test_after_the_last_try_there_is_none() -> None:
    assert next_try("m", len(PAUSES) + 1, NOW) is None


def test_a_message_has_the_same_moments_wherever_it_is_asked_and_others_have_others() -> None:
    assert next_try("m", 2, NOW) == next_try("m", 2, NOW)
    assert next_try("m", 2, NOW) != next_try("n", 2, NOW)
