"""Rooms with gold lists: sound lists, and what the graph may never say of them."""

import pytest

from bench.fit import training_rooms
from bench.rooms import GoldRoom, recognition, reliability
from solver.compatibility.reasons import CLIENT, CLIENT_LEAST

ROOMS = [GoldRoom(room["attendees"][0]["id"][:2], room) for room in training_rooms()]
KINDS = ("gold", "near", "never")


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_lists_name_texts_that_are_there_and_no_pair_twice(room: GoldRoom) -> None:
    said = {
        (kind, row["id"], text)
        for row in room.document["attendees"]
        for kind in ("needs", "offers")
        for text in row[kind]
    }
    pairs = [row for kind in KINDS for row in room.document[kind]]
    for row in pairs:
        assert {
            ("needs", row["needs"], row["need"]),
            ("offers", row["offers"], row["offer"]),
        } <= said
    assert len({(row["needs"], row["offers"]) for row in pairs}) == len(pairs)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_no_pitch_rests_on_a_need_that_is_not_truly_met(room: GoldRoom) -> None:
    """In no language: whoever may become a client is served by as much."""
    graph = room.graph
    clients = 0
    for source in graph.ids:
        for target in graph.ids:
            for reason in graph.reasons(source, target) if source != target else ():
                if reason.kind == "client" and not reason.refused:
                    clients += 1
                    assert reason.value >= CLIENT_LEAST * CLIENT // 1000
                    served = [r for r in graph.reasons(target, source) if r.kind == "served"]
                    assert max(r.value for r in served) >= CLIENT_LEAST
    assert clients


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_agreed_is_said_of_those_alone_who_told_what_they_welcome(room: GoldRoom) -> None:
    welcome = {a.id for a in room.event.attendees if a.welcomes_pitches}
    for source in room.graph.ids:
        for target in room.graph.ids:
            for reason in room.graph.reasons(source, target) if source != target else ():
                assert not reason.agreed or target in welcome


def test_most_gold_pairs_are_told_and_few_others() -> None:
    counts = [recognition(room) for room in ROOMS]
    gold, lures, others = (
        sum(row[kind][0] for row in counts) / sum(row[kind][1] for row in counts)
        for kind in ("gold", "lures", "unlisted")
    )
    assert gold > 0.6
    assert lures < 0.3
    assert others < 0.03


def test_tenths_hold_what_was_told() -> None:
    rows = reliability(ROOMS[:1])
    assert [round(mean * 10 - 0.5) for mean, _, _ in rows] == sorted(
        {int(m * 10) for m, _, _ in rows}
    )
    assert all(0 <= share <= 1 and many for _, share, many in rows)
