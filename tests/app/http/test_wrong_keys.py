"""Wrong keys: an address that tries many is told to wait, and the table stays small."""

import pytest

from app.http.wrong_keys import MOST_ADDRESSES, WINDOW_SECONDS, WrongKeys


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("app.http.wrong_keys.time.monotonic", lambda: now[0])
    return now


def test_some_wrong_keys_are_nothing_strange_and_more_are(clock: list[float]) -> None:
    counted = WrongKeys(3)
    assert [counted.add("192.0.2.1") for _ in range(5)] == [False, False, False, True, True]
    assert not counted.add("192.0.2.2")


def test_after_a_minute_an_address_begins_anew(clock: list[float]) -> None:
    counted = WrongKeys(1)
    assert [counted.add("192.0.2.1") for _ in range(2)] == [False, True]
    clock[0] = WINDOW_SECONDS
    assert not counted.add("192.0.2.1")


def test_only_the_addresses_that_tried_last_are_remembered(clock: list[float]) -> None:
    counted = WrongKeys(1)
    counted.add("192.0.2.1")
    for number in range(MOST_ADDRESSES):
        counted.add(f"10.{number >> 8}.{number & 255}.1")
    assert not counted.add("192.0.2.1")
    assert counted.add("10.15.255.1")
