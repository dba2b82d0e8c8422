"""Slots tell the living workers from the dead ones, on files and on a server alike."""

from pathlib import Path

import pytest

from app.settings import Settings
from app.workers.slots import is_held, number_of, slots_of, take_lowest
from app.workers.worker import name_of
from tests.databases import settings_on


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return settings_on(database, tmp_path)


def test_a_slot_has_one_holder(settings: Settings) -> None:
    slot = slots_of(settings).take(3)
    assert slot is not None
    assert slot.held()
    assert slots_of(settings).take(3) is None
    slot.give_back()
    again = slots_of(settings).take(3)
    assert again is not None
    again.give_back()


def test_a_worker_takes_the_lowest_slot_that_is_free(settings: Settings) -> None:
    slots = [take_lowest(slots_of(settings)) for _ in range(3)]
    assert [number for number, _ in slots] == [1, 2, 3]
    slots[1][1].give_back()
    number, slot = take_lowest(slots_of(settings))
    assert number == 2
    for held in (slots[0][1], slot, slots[2][1]):
        held.give_back()


def test_who_asks_whether_a_slot_is_held_does_not_keep_it(settings: Settings) -> None:
    slots = slots_of(settings)
    assert not is_held(slots, 1)
    number, slot = take_lowest(slots)
    assert number == number_of(name_of(number)) == 1
    assert is_held(slots, 1)
    slot.give_back()
    assert not is_held(slots, 1)
