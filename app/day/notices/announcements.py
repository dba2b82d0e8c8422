"""News of the day as watchers are told it: a version that was published, incidents reported."""

from datetime import datetime
from typing import Literal

from pydantic_core import from_json

from app.day.notices.difference import summary_of
from schemas.difference import Difference
from schemas.live import Announcement, LastChange
from schemas.schedule import Schedule
from schemas.words.catalogue import say
from schemas.words.message import message

MOST_TOLD = 2_000
"""People listed in one piece of news; more would be megabytes for every watcher."""
FIRST = message("The schedule is published: everybody has a new agenda")


def last_change(
    at: datetime, schedule: Schedule, change: Difference | None, language: str
) -> LastChange:
    """What the publication of ``schedule`` changed; all of it is new without a ``change``."""
    people = len(change.people if change else _expected(schedule))
    text = say(summary_of(change) if change else FIRST, language)
    return LastChange(version=schedule.version or 0, at=at, people=people, text=text)


def publication_notice(
    position: int, at: datetime, schedule: Schedule, change: Difference | None, language: str
) -> Announcement:
    """The news that a version was published."""
    last = last_change(at, schedule, change, language)
    listed = change if change and last.people <= MOST_TOLD else None
    return Announcement(
        position=position,
        kind="published",
        at=at,
        version=last.version,
        previous=change.from_version if change else None,
        told=last.people,
        text=last.text,
        people=listed.people if listed else (),
        tables=listed.tables if listed else (),
        starts=change.starts if change else (),
    )


def incidents_notice(position: int, at: datetime, document: str) -> Announcement:
    """The news that incidents were accepted; ``document`` is how they are kept."""
    incidents = from_json(document)["incidents"]
    return Announcement.model_validate(
        {"position": position, "kind": "incidents", "at": at, "incidents": tuple(incidents)}
    )


def plain_notice(position: int, at: datetime, kind: Literal["proposed", "ticks"]) -> Announcement:
    """The news that there is something of a kind; what it is, organisers are told elsewhere."""
    return Announcement(position=position, kind=kind, at=at)


def _expected(schedule: Schedule) -> set[str]:
    """Everybody who sits or stands by in some round."""
    seated = {v for block in schedule.rounds for m in block.meetings for v in m.attendees}
    return seated.union(*(block.byes for block in schedule.rounds))
