"""An event diagnosed: where the graph, a trial solve and the words for it are joined."""

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from schemas.diagnosis import Diagnosis, Expected, Guest, GuestKind
from schemas.event import Event
from schemas.solve import Conflict
from solver.compatibility.evidence import USEFUL
from solver.compatibility.graph import Compatibility, build_graph
from solver.diagnosis.figures import Figures
from solver.diagnosis.findings import mask_counts, write_diagnosis
from solver.diagnosis.guests import CandidateGuest as Extra
from solver.diagnosis.guests import Guests
from solver.diagnosis.invitations import Invitation, find_invitations
from solver.diagnosis.trial import trial_schedule
from solver.errors import Infeasible, NoIncumbentError
from solver.instance import Instance, Matchings
from solver.meaning.similarity import Comparison
from solver.objective import SCALE, pairs_of, satisfactions_of
from solver.translate.conflicts import conflict_of
from solver.translate.prepare import instance_of

GUESTS_TOLD, OF_A_KIND = 10, 5
QUOTING = {"unmet_topics", "oversupplied_topics"}
"""Codes of findings that name topics by what people say."""
HALF = 500
"""Permille of a best day."""


def diagnose_graph(graph: Compatibility, comparison: Comparison | None = None) -> Diagnosis:
    """The diagnosis of a graph's event; without a trial if its rules contradict each other.

    ``comparison`` is the one that the graph was made with, if not ``Likeness``.
    """
    event = graph.event
    instance = instance_of(event, graph.columns, graph.refused)
    figures = Figures(graph, instance)
    matchings, conflict = _trial(event, instance)
    if matchings is None:
        return write_diagnosis(figures, None, conflict, ())
    guests = _ranked(try_guests(figures, matchings, comparison))
    return write_diagnosis(figures, _expected(instance, matchings), (), guests)


def why_few_meet(graph: Compatibility) -> str | None:
    """The first critical finding that quotes nobody, without a trial; None if nothing is."""
    event = graph.event
    figures = Figures(graph, instance_of(event, graph.columns, graph.refused))
    found = write_diagnosis(figures, None, (), ()).findings
    critical = (row for row in found if row.severity == "critical")
    return next((row.message for row in critical if row.code not in QUOTING), None)


def _trial(event: Event, instance: Instance) -> tuple[Matchings | None, Sequence[Conflict]]:
    """A schedule after little work, or the rules that leave none.

    What incidents made impossible since the event was published is no fault of its rules.
    """
    try:
        return trial_schedule(instance, waiving=event.published is not None), ()
    except Infeasible as contradiction:
        return None, conflict_of(event, contradiction.rules)
    except NoIncumbentError:
        return None, ()


def _expected(instance: Instance, matchings: Matchings) -> Expected:
    rated = sorted(s for s in satisfactions_of(instance, matchings) if s is not None)
    meetings = list(pairs_of(matchings))
    mutual = sum(instance.value(i, j) > 0 for i, j in meetings)
    gains = ((instance.benefits.get(i, j), instance.benefits.get(j, i)) for i, j in meetings)
    good = sum(min(both) >= USEFUL for both in gains)
    low, middle, high = (rated[k * len(rated) // 4] if rated else 0 for k in (1, 2, 3))
    return Expected(
        mean=_share(sum(rated), 1000 * len(rated)),
        below_half=_share(sum(s < HALF for s in rated), len(rated)),
        quartiles=(low / 1000, middle / 1000, high / 1000),
        rated=len(rated),
        unserved=instance.n - len(rated),
        meetings=len(meetings),
        mutual=_share(mutual, len(meetings)),
        good_meetings=round(2 * good / max(1, instance.present.any(axis=1).sum()), 1),
    )


def _share(part: int, whole: int) -> float:
    """A share in thousandths, rounded down; 0 of nothing."""
    return 1000 * part // max(1, whole) / 1000


class Tried(NamedTuple):
    """An invitation, the points it would add, and with how many people both would gain."""

    invitation: Invitation
    points: int
    partners: int


def try_guests(
    figures: Figures, matchings: Matchings, comparison: Comparison | None = None
) -> list[Tried]:
    """Every kind of guest worth a computation, by the rules that hold for everybody."""
    invited, event = find_invitations(figures), figures.graph.event
    if not invited or not figures.instance.open_rounds:
        return []
    people = (*event.attendees, *(invitation.guest for invitation in invited))
    wider = event.model_copy(update={"attendees": people})
    graph = build_graph(wider, comparison, before=figures.graph)
    guests = Guests(figures.instance, matchings)
    extras = [_extra(figures, graph, invitation) for invitation in invited]
    return [
        Tried(invitation, guests.added(extra), int((guests.values(extra) > 0).sum()))
        for invitation, extra in zip(invited, extras, strict=True)
    ]


def _ranked(tried: Sequence[Tried]) -> list[Guest]:
    """Those who would add most, not too many of a kind."""
    useful = [each for each in tried if each.points > 0]
    useful.sort(key=lambda each: (-each.points, -each.partners, *each.invitation[:2]))
    kinds = [each.invitation.kind for each in useful]
    chosen = (e for k, e in enumerate(useful) if kinds[:k].count(kinds[k]) < OF_A_KIND)
    return [_guest(each) for each in islice(chosen, GUESTS_TOLD)]


def _extra(figures: Figures, graph: Compatibility, invitation: Invitation) -> Extra:
    """What the guest gains from everybody and gives to them."""
    ids, guest = figures.graph.ids, invitation.guest.id
    gains = graph.gains[guest]
    refused = {v for pair in graph.refused if guest in pair for v in pair}
    return Extra(
        np.array([gains.get(v, 0) for v in ids], np.int64),
        np.array([graph.gains[v].get(guest, 0) for v in ids], np.int64),
        np.array([v not in refused for v in ids], np.bool_),
    )


def _guest(tried: Tried) -> Guest:
    invitation = tried.invitation
    return Guest(
        kind=invitation.kind,
        topic=invitation.topic,
        example=invitation.example,
        message=WORDS[invitation.kind].format(invitation.example),
        objective=tried.points / SCALE,
        partners=mask_counts(tried.partners),
    )


WORDS: dict[GuestKind, str] = {
    "offers": "somebody who can help with '{}'",
    "buys": "a buyer of '{}' who welcomes pitches",
    "mentor": "a mentor",
    "mentee": "somebody who looks for a mentor",
    "hiring": "somebody who hires",
    "job": "somebody who looks for a job",
    "investing": "an investor",
    "raising": "somebody who raises money",
    "teaching": "somebody who teaches",
    "learning": "somebody who wants to learn",
}
