"""Slots tell the living workers from the dead ones, on files and on a server alike."""

from pathlib import Path

import pytest

from app.settings import Settings
from app.workers.slots import slots_of, take_lowest
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
