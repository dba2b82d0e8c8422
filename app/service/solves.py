"""Solves that are asked for: within the limits, and none twice."""

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Invalid, TooMany
from app.settings import Settings
from app.store import solves
from app.store.events import StoredEvent
from app.store.solves import StoredSolve
from schemas.solve import SolveRequest


def with_limits(
    request: SolveRequest, settings: Settings, pointer: str = "/seconds"
) -> SolveRequest:
    """The request with a budget; Invalid if it asks for more time than one may."""
    longest = settings.longest_solve_seconds
    if request.seconds is not None and request.seconds > longest:
        raise Invalid.at(pointer, "less_than_equal", f"at most {longest:g} seconds are given")
    if request.seconds is None and request.work is None:
        return request.model_copy(update={"seconds": min(settings.solve_seconds, longest)})
    return request


async def find_or_add_solve(
    connection: AsyncConnection, stored: StoredEvent, request: SolveRequest, settings: Settings
) -> StoredSolve:
    """An equal solve that is unfinished, or a new one.

    The caller holds the event's lock. Raises TooMany if as many solves of the event, or of its
    organisation, are unfinished as may be.
    """
    unfinished = await solves.open_of_event(connection, stored.id, "solve")
    for solve in unfinished:
        same_event = solve.revision == stored.revision and not solve.stop
        if same_event and solve.asked() == request:
            return solve
    if len(unfinished) >= settings.open_solves:
        raise TooMany("too many solves of this event are unfinished")
    organisation = await solves.count_open(connection, stored.organisation, "solve")
    if organisation >= settings.organisation_solves:
        raise TooMany("too many solves of your organisation are unfinished")
    return await solves.add(connection, stored.id, "solve", request, stored.revision)
