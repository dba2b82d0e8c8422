"""Who is connected: strangers give way first, and whoever holds the most loses it."""

from app.http.visitors import SILENT_SECONDS, Visitors


class FakeVisitor:
    """A connection that does as it is told."""

    def __init__(self, address: str = "a", since: float = 0, *, busy: bool = False) -> None:
        self.address, self.since, self.busy = address, since, busy
        self.key: bytes | None = None
        self.unread = 0
        self.gone = False

    def is_busy(self) -> bool:
        return self.busy

    def unread_bytes(self) -> int:
        return self.unread

    def abort(self) -> None:
        self.gone = True


def visitors(most: int = 4, of_address: int = 100, unread: int = 100) -> Visitors:
    return Visitors(most, of_address, unread)


def entered(
    table: Visitors, *guests: FakeVisitor, key: bytes | None = None
) -> tuple[FakeVisitor, ...]:
    for guest in guests:
        table.enter(guest)
        if key is not None:
            table.greet(guest, key)
    return guests


def gone(*guests: FakeVisitor) -> list[bool]:
    return [guest.gone for guest in guests]


def test_the_stranger_that_has_been_there_longest_gives_way() -> None:
    table = visitors()
    known = entered(table, FakeVisitor(), key=b"k")
    strangers = entered(table, FakeVisitor(), FakeVisitor(), FakeVisitor())
    entered(table, FakeVisitor(), FakeVisitor())
    assert gone(*known, *strangers) == [False, True, True, False]
    assert len(table) == 4


def test_a_stranger_that_is_being_answered_goes_after_those_that_are_not() -> None:
    table = visitors(most=2)
    busy, idle = entered(table, FakeVisitor(busy=True), FakeVisitor())
    (third,) = entered(table, FakeVisitor(busy=True))
    assert gone(busy, idle) == [False, True]
    entered(table, FakeVisitor())
    assert gone(busy, third) == [True, False]


def test_without_strangers_whoever_asked_longest_ago_gives_way() -> None:
    table = visitors(most=3)
    first, second, third = entered(table, FakeVisitor(), FakeVisitor(), FakeVisitor(), key=b"k")
    table.greet(first, b"k")
    third.busy = True
    entered(table, FakeVisitor())
    assert gone(first, second, third) == [False, True, False]


def test_whoever_has_not_read_all_goes_after_those_that_have() -> None:
    table = visitors(most=2)
    reader, idle = entered(table, FakeVisitor(), FakeVisitor(), key=b"k")
    table.hold(reader)
    entered(table, FakeVisitor())
    assert gone(reader, idle) == [False, True]


def test_nobody_who_is_being_answered_with_a_good_key_gives_way() -> None:
    table = visitors(most=2)
    guests = entered(table, FakeVisitor(busy=True), FakeVisitor(busy=True), key=b"k")
    entered(table, FakeVisitor())
    assert gone(*guests) == [False, False]


def test_strangers_of_one_address_are_few_once_they_have_had_time_to_ask() -> None:
    table = visitors(most=100, of_address=2)
    crowd = entered(table, *(FakeVisitor("a", since=0) for _ in range(9)))
    other = entered(table, FakeVisitor("b", since=0))
    assert not any(gone(*crowd)), "somebody who has just come may be about to ask"
    entered(table, FakeVisitor("a", since=SILENT_SECONDS))
    assert gone(*crowd) == [True] * 8 + [False]
    assert gone(*other) == [False]


def test_a_good_key_takes_a_connection_out_of_the_crowd() -> None:
    table = visitors(most=100, of_address=1)
    known = entered(table, *(FakeVisitor() for _ in range(9)), key=b"k")
    entered(table, FakeVisitor(since=9), FakeVisitor(since=99))
    assert not any(gone(*known))


def test_whoever_holds_the_most_unread_loses_what_has_lain_longest() -> None:
    table = visitors(most=100, unread=100)
    (honest,) = entered(table, FakeVisitor(), key=b"honest")
    greedy = entered(table, FakeVisitor(), FakeVisitor(), FakeVisitor(), key=b"greedy")
    for guest in (honest, *greedy):
        guest.unread = 30
        table.hold(guest)
    assert gone(honest, *greedy) == [False, True, False, False]


def test_what_was_read_is_no_longer_held() -> None:
    table = visitors(most=100, unread=100)
    first, second = entered(table, FakeVisitor(), FakeVisitor(), key=b"k")
    first.unread = second.unread = 60
    table.hold(first)
    table.release(first)
    table.hold(second)
    assert gone(first, second) == [False, False]


def test_one_answer_alone_may_be_larger_than_what_is_held_for_all() -> None:
    table = visitors(unread=100)
    (guest,) = entered(table, FakeVisitor())
    guest.unread = 1_000
    table.hold(guest)
    assert not guest.gone


def test_connections_of_a_revoked_key_are_closed() -> None:
    table = visitors(most=100)
    (stranger,) = entered(table, FakeVisitor())
    (good,) = entered(table, FakeVisitor(busy=True), key=b"good")
    (revoked,) = entered(table, FakeVisitor(busy=True), key=b"revoked")
    assert table.keys() == {b"good", b"revoked"}
    table.dismiss({b"revoked"})
    assert gone(stranger, good, revoked) == [False, False, True]


def test_whoever_has_left_is_forgotten() -> None:
    table = visitors()
    for guest in entered(table, FakeVisitor(), FakeVisitor(), FakeVisitor()):
        table.leave(guest)
        table.leave(guest)
        table.greet(guest, b"k")
    assert len(table) == 0
