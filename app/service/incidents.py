"""Incidents of a stored event: taken whole, once, and the repair they ask for.

An event has at most one unfinished repair. It works on the event as it stands when it starts, and
starts over if the event has moved on by its end, so that a burst of incidents costs few replans.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Any, NamedTuple

from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.day.incidents.apply import apply_incidents
from app.day.incidents.state import Seating
from app.errors import Defect, Invalid, StateConflict
from app.large_documents import in_child_if_large
from app.planning.document import outline_of
from app.service.erasure import returning_at
from app.store import events, incidents, schedules, solves, tombstones
from app.store.events import EventAfter, StoredEvent, day_json_of, read_event
from app.store.incidents import StoredIncident
from app.store.solves import StoredSolve
from schemas.day import DayState, Effect
from schemas.incident import Incident, Repair
from schemas.solve import SolveRequest

PENDING = Repair(version=None, status="pending")


async def accept_incidents(
    connection: AsyncConnection, stored: StoredEvent, batch: Sequence[Incident]
) -> str | None:
    """Apply a batch to the event, whose lock the caller holds; the id of the repair, if any.

    Incidents that came before change nothing: the repair is the one they asked for then. Raises
    Invalid, NotFound or StateConflict with a pointer into the batch, and has changed nothing then.
    """
    referred = {incident.id for incident in batch} | {i.incident for i in batch if i.incident}
    log = await incidents.known(connection, stored.id, sorted(referred))
    await _check_profiles(connection, stored, batch)
    _check_ids(batch, log)
    _check_day(stored, batch)
    fresh = [incident for incident in batch if incident.id not in log]
    if not fresh:
        return log[batch[-1].id].solve_id
    done = await in_child_if_large(
        len(stored.outline) + len(stored.day),
        _applied,
        stored.outline,
        stored.held_rounds,
        stored.day,
        tuple(batch),
        tuple(log.values()),
        await _published(connection, stored, batch),
    )
    await events.save_day(connection, stored, done.after)
    kinds = {incident.kind for incident in fresh}
    solve_id = await _repair(connection, stored, done, kinds)
    await incidents.append(connection, stored.id, fresh, done.effects, solve_id)
    return solve_id


async def _check_profiles(
    connection: AsyncConnection, stored: StoredEvent, batch: Sequence[Incident]
) -> None:
    """Nobody who was erased walks in again under the same id, or is wished for."""
    named = [
        (f"/incidents/{k}/{place}", who)
        for k, row in enumerate(batch)
        for place, who in _brought_in(row)
    ]
    erased = await tombstones.of_event(connection, stored.id) if named else set()
    back = [returning_at(place, who) for place, who in named if who in erased]
    if back:
        raise StateConflict(errors=back)


def _brought_in(incident: Incident) -> Iterator[tuple[str, str]]:
    """Whom an incident makes part of the event anew, and where it says so."""
    if incident.profile is not None:
        yield "profile", incident.profile.id
    if incident.kind == "wish":
        yield from ((f"pair/{place}", v) for place, v in enumerate(incident.pair or ()))


class _Done(NamedTuple):
    """The event after a batch, what each new incident did, and whether that bears on schedules.

    ``held``: other meetings of held rounds were missed, or others came to them; ``moved``: there
    are other rounds, or somebody is there in others.
    """

    after: EventAfter
    effects: Sequence[Effect]
    held: bool
    moved: bool


def _applied(
    outline: str,
    held_rounds: int,
    day: str,
    batch: Sequence[Incident],
    log: Sequence[StoredIncident],
    published: str | None,
) -> _Done:
    """What a batch makes of an event, of its day, and of the ``published`` rounds."""
    rounds = from_json(published)["rounds"] if published else ()
    _check_rounds(rounds, batch)
    seen = read_event(outline).model_copy(update={"held_rounds": held_rounds})
    before = DayState.model_validate_json(day)
    known = {row.id: row.logged() for row in log}
    now, state, effects = apply_incidents(
        seen, before, batch, seats=partial(_seats, rounds), log=known
    )
    return _Done(
        EventAfter(
            outline=outline_of(now),
            day=day_json_of(state),
            held_rounds=now.held_rounds,
            attendees=len(now.attendees),
            rounds=len(now.rounds),
        ),
        effects,
        held=(before.missed, before.arrivals) != (state.missed, state.arrivals),
        moved=seen.attendees != now.attendees or seen.rounds != now.rounds,
    )


def _check_ids(batch: Sequence[Incident], known: Mapping[str, StoredIncident]) -> None:
    """An id stands for one incident."""
    seen: set[str] = set()
    for place, incident in enumerate(batch):
        if incident.id in seen:
            message = "an incident before it has the same id"
            raise Invalid.at(f"/incidents/{place}/id", "duplicate_id", message)
        seen.add(incident.id)
        before = known.get(incident.id)
        if before is not None and before.document != incidents.document_of(incident):
            message = "this id was used for another incident"
            raise StateConflict.at(f"/incidents/{place}/id", "id_of_another_incident", message)


def _check_day(stored: StoredEvent, batch: Sequence[Incident]) -> None:
    """Rounds are held by a schedule."""
    if stored.published_version is not None:
        return
    for place, incident in enumerate(batch):
        if incident.kind in ("round_started", "round_finished"):
            message = "publish a schedule first: a round is held by it"
            raise StateConflict.at(f"/incidents/{place}/kind", "no_published", message)


SEATED = {"round_started", "no_show", "not_here", "left_early", "pause", "round_cancelled", "undo"}
"""The kinds that ask who sits where."""
LEAVING = {"drop_out", "left_early"}


async def _published(
    connection: AsyncConnection, stored: StoredEvent, batch: Sequence[Incident]
) -> str | None:
    """The published schedule, read only if the batch asks for its rounds."""
    if all(incident.kind not in SEATED for incident in batch):
        return None
    published = await schedules.published(connection, stored.id)
    return published.document if published else None


def _check_rounds(published: Sequence[Any], batch: Sequence[Incident]) -> None:
    """A round that is not in the published schedule cannot be held by it."""
    for place, incident in enumerate(batch):
        if incident.kind == "round_started" and (incident.round or 0) > len(published):
            message = "this round is not in the published schedule: solve and publish first"
            raise StateConflict.at(f"/incidents/{place}/round", "round_not_scheduled", message)


def _seats(published: Sequence[Any], number: int) -> Sequence[Seating]:
    """Who sits together in a round and counts."""
    if number > len(published):
        return ()
    meetings = published[number - 1]["meetings"]
    counted = (m for m in meetings if m["outcome"] != "missed")
    return [Seating(tuple(m["attendees"]), m["added"]) for m in counted]


async def _repair(
    connection: AsyncConnection, before: StoredEvent, done: _Done, kinds: Set[str]
) -> str | None:
    """The repair that the change asks for: none where nothing of the schedule can change.

    Who leaves twice has the answer of the last repair: the first time may be answered only now.
    """
    if before.published_version is None:
        return None
    if not done.held:
        held = done.after.held_rounds
        if not done.moved:
            again = kinds <= LEAVING and before.held_rounds == held
            return await solves.newest_repair(connection, before.id) if again else None
        if held == done.after.rounds:
            return None
    return (await find_or_add_repair(connection, before)).id


async def find_or_add_repair(connection: AsyncConnection, stored: StoredEvent) -> StoredSolve:
    """The event's unfinished repair; a new one if there is none. The caller holds the lock."""
    unfinished = await solves.open_of_event(connection, stored.id, "repair")
    if unfinished:
        return unfinished[0]
    return await solves.add(connection, stored.id, "repair", SolveRequest(), stored.revision)


def no_repair(published_version: int | None) -> Repair:
    """The answer to incidents that asked for no repair."""
    if published_version is None:
        return Repair(version=None, status="unscheduled")
    return Repair(version=published_version, status="published")


def repair_answer(solve: StoredSolve) -> Repair:
    """What a repair has come to; Refused if there is no schedule that keeps the rules."""
    if solve.repair is not None:
        return Repair.model_validate_json(solve.repair)
    if solve.state == "infeasible":
        title = "the incidents are recorded, but no schedule keeps all the rules now"
        raise StateConflict(title, conflict=solve.solve().conflict)
    if solve.state == "failed":
        raise Defect("the incidents are recorded, but the repair failed")
    return PENDING
