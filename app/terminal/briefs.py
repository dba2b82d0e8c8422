"""Agendas on paper: a sheet for each person, in plain text."""

from collections.abc import Iterable, Iterator
from textwrap import wrap

from app.briefs.plain_text import name_for
from schemas.agenda import Agenda

WIDTH = 88
PAGE = "\f"
"""Between sheets, so that a printer starts a new page."""


def brief_sheets(agendas: Iterable[Agenda]) -> Iterator[str]:
    """The agendas in turn, each on a page of its own."""
    for k, agenda in enumerate(agendas):
        yield (PAGE if k else "") + brief_sheet(agenda)


def brief_sheet(agenda: Agenda) -> str:
    """One person's day."""
    title = " · ".join(filter(None, (name_for(agenda.attendee), agenda.event)))
    blocks = [title, *("\n".join(_lines(block.text)) for block in agenda.rounds)]
    return "\n\n".join(blocks) + "\n"


def _lines(text: str) -> Iterator[str]:
    """A round: its first line as it is, the rest set in below it."""
    head, *rest = text.split("\n")
    yield head
    for line in rest:
        yield from wrap(line, WIDTH, initial_indent="  ", subsequent_indent="    ")
