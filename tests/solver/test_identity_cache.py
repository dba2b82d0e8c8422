"""What was made of an object is known for that object, and for no copy of it."""

from collections.abc import Sequence

from solver.identity_cache import IdentityCache


class CountedWork:
    """Sums, and how often one was made."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, numbers: Sequence[int], factor: int = 1) -> int:
        self.made += 1
        return factor * sum(numbers)


def test_the_same_object_is_looked_at_once() -> None:
    counted, numbers = CountedWork(), [1, 2, 3]
    sums = IdentityCache[list[int], int](counted)
    assert [sums.of(numbers), sums.of(numbers), counted.made] == [6, 6, 1]


def test_an_equal_copy_is_another_object() -> None:
    counted, numbers = CountedWork(), [1, 2, 3]
    sums = IdentityCache[list[int], int](counted)
    assert [sums.of(numbers), sums.of(list(numbers)), counted.made] == [6, 6, 2]


def test_what_it_is_made_with_is_told_by_equality() -> None:
    counted, numbers = CountedWork(), [1, 2, 3]
    sums = IdentityCache[list[int], int](counted, kept=3)
    assert [sums.of(numbers, int("2")), sums.of(numbers, 3), sums.of(numbers, 2)] == [12, 18, 12]
    assert counted.made == 2


def test_only_the_last_are_kept() -> None:
    counted, lists = CountedWork(), ([1], [2], [3])
    sums = IdentityCache[list[int], int](counted, kept=2)
    for numbers in lists:
        sums.of(numbers)
    assert [sums.of(lists[2]), sums.of(lists[1]), counted.made] == [3, 2, 3]
    assert [sums.of(lists[0]), counted.made] == [1, 4]


def test_what_is_remembered_cannot_lose_its_place_to_another() -> None:
    counted = CountedWork()
    sums = IdentityCache[list[int], int](counted)
    assert sums.of([1]) == 1  # nobody else holds this list
    assert [sums.of([k]) for k in range(2, 50)] == list(range(2, 50))
