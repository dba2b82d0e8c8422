"""Counts, rounds and lists in the sentences of a diagnosis, and how severe a share is."""

from collections.abc import Iterable, Sequence

from schemas.diagnosis import Severity


def count_people(count: int, one: str, many: str) -> str:
    """So many people and what they do: a verb for one, and one for more."""
    return {0: f"nobody {one}", 1: f"1 person {one}"}.get(count, f"{count} people {many}")


def name_rounds(numbers: Sequence[int], of: int) -> str:
    """Rounds, from 1, of so many."""
    if len(numbers) == of:
        return "every round" if of > 1 else "the round"
    return f"round {', '.join(map(str, numbers))}"


def number_range(counts: Iterable[int]) -> str:
    """The least and the largest of some numbers."""
    found = [int(count) for count in counts]
    low, high = min(found), max(found)
    return str(low) if low == high else f"{low} to {high}"


def severity_by_share(count: int, people: int, severity: Severity) -> Severity:
    """What concerns one in ten or fewer is good to know; more of it is severe."""
    return severity if count * 10 > people else "ok"
