"""Event to Instance: ids become numbers, decimals become permille.

Attendees are numbered in the order of their ids, so that the order in a document plays no part.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from schemas.base import permille
from schemas.benefits import BenefitColumns
from schemas.event import USUAL_PRIORITY, Event
from schemas.schedule import Schedule, ScheduledRound
from solver.identity_cache import IdentityCache
from solver.instance import (
    Benefits,
    Companies,
    Edge,
    Flags,
    Instance,
    Ints,
    Matchings,
    Permissions,
    Prices,
    Window,
    breaks_needed,
    edge,
)
from solver.tables import RoundTables
from solver.translate.breaks import windows_by_number
from solver.translate.numbering import Numbering

BenefitRow = tuple[str, str, int]
Rows = Iterable[BenefitRow] | BenefitColumns


def explicit_rows(event: Event) -> Rows:
    """The event's own benefits as ``(source, target, permille)``, or by column."""
    if isinstance(event.benefits, BenefitColumns):
        return event.benefits
    return ((row.attendee, row.partner, permille(row.value)) for row in event.benefits)


def instance_of(event: Event, benefits: Rows, refused: Iterable[tuple[str, str]] = ()) -> Instance:
    """Prepare the problem: ``refused`` pairs have only refused reasons to meet."""
    names = Numbering.of(event)
    held = published_meetings(event)[: event.held_rounds]
    present, limit = _presence(event, names), _limit(event, names)
    windows = windows_by_number(event, names)
    return Instance(
        present=present,
        tables=tuple(room.count - len(room.closed) for room in round_tables(event)),
        benefits=_benefits(benefits, names),
        permissions=_permissions(event, names, refused),
        least=_least(event, names),
        most=_most(present, limit, windows),
        prices=_prices(event),
        fill=event.policy.idle == "fill",
        met=_earlier_meetings(event, names),
        held=held,
        seed=event.seed,
        limit=limit,
        priority=_priority(event, names),
        windows=windows,
        companies=_companies(event, names),
    )


def _benefits(rows: Rows, names: Numbering) -> Benefits:
    """The benefits in numbers; those by column stay what they are all day."""
    if isinstance(rows, BenefitColumns):
        return _BY_COLUMN.of(rows, names.ids)
    return Benefits.by_column(len(names.ids), *number_pairs(rows, names))


def _by_column(rows: BenefitColumns, ids: tuple[str, ...]) -> Benefits:
    return Benefits.by_column(len(ids), *number_pairs(rows, Numbering.of_sorted(ids)))


_BY_COLUMN = IdentityCache[BenefitColumns, Benefits](_by_column)


def number_pairs(rows: Rows, names: Numbering) -> tuple[Ints, Ints, Ints]:
    """Source, target and permille of every row as parallel arrays, in the order given."""
    number = names.number
    if not isinstance(rows, BenefitColumns):
        listed = [(number[i], number[j], b) for i, j, b in rows]
        i, j, b = np.array(listed, np.int64).reshape(-1, 3).T
        return i, j, b
    place = np.array([number[v] for v in rows.ids], np.int64)
    i, j, b = (np.asarray(column) for column in (rows.source, rows.target, rows.value))
    return place[i], place[j], b.astype(np.int64)


def round_tables(event: Event) -> list[RoundTables]:
    """The tables of every round; half as many as attendees where the event names none."""
    half = len(event.attendees) // 2
    counts = [half if r.tables is None else r.tables for r in event.rounds]
    return [
        RoundTables(count, frozenset(t for t in r.closed_tables if t <= count))
        for r, count in zip(event.rounds, counts, strict=True)
    ]


def _least(event: Event, names: Numbering) -> tuple[int, ...]:
    least = {attendee.id: attendee.min_meetings for attendee in event.attendees}
    return tuple(least[v] for v in names.ids)


def _limit(event: Event, names: Numbering) -> tuple[int, ...]:
    highest = {attendee.id: attendee.max_meetings for attendee in event.attendees}
    limits = (highest[v] for v in names.ids)
    return tuple(len(event.rounds) if limit is None else limit for limit in limits)


def _most(
    present: Flags, limit: tuple[int, ...], windows: tuple[tuple[Window, ...], ...]
) -> tuple[int, ...]:
    seats = present.sum(axis=1) - breaks_needed(windows, present)
    return tuple(np.minimum(seats, limit).tolist())


def _priority(event: Event, names: Numbering) -> tuple[int, ...]:
    """Everybody's percent; empty where it is the usual one for all."""
    percent = {attendee.id: attendee.priority for attendee in event.attendees}
    if set(percent.values()) <= {USUAL_PRIORITY}:
        return ()
    return tuple(percent[v] for v in names.ids)


def _presence(event: Event, names: Numbering) -> Flags:
    present = np.ones((len(names.ids), len(event.rounds)), np.bool_)
    for attendee in event.attendees:
        for r in attendee.absent_rounds:
            present[names.number[attendee.id], r - 1] = False
    return present


def _prices(event: Event) -> Prices:
    weights, rounds = event.weights, len(event.rounds)
    triangles = min(75, 300 // max(1, rounds - 1))
    byes = 50 if weights.byes is None else weights.byes
    return Prices(
        triangles=triangles if weights.triangles is None else weights.triangles,
        fairness=100 if weights.fairness is None else weights.fairness,
        byes=byes if event.policy.idle == "fill" else 0,
        floor=permille(event.policy.min_benefit),
    )


def _permissions(event: Event, names: Numbering, refused: Iterable[tuple[str, str]]) -> Permissions:
    rules = _rules(event, names)
    met = rules["met"] if event.policy.rematch == "forbid" else set()
    language, understand = _languages(event, names)
    return Permissions(
        organisation=_organisations(event, names),
        language=language,
        understand=understand,
        refused=frozenset(met | {names.edge(pair) for pair in refused}),
        barred=frozenset(_blocked(event, names)),
        required=tuple(sorted(rules["require"])),
    )


def _rules(event: Event, names: Numbering) -> dict[str, set[Edge]]:
    rules: dict[str, set[Edge]] = {"forbid": set(), "require": set(), "met": set()}
    for rule in event.pair_rules:
        rules[rule.kind].add(names.edge(rule.pair))
    return rules


def _blocked(event: Event, names: Numbering) -> set[Edge]:
    avoided = {
        names.edge((attendee.id, other)) for attendee in event.attendees for other in attendee.avoid
    }
    return avoided | _rules(event, names)["forbid"]


def _earlier_meetings(event: Event, names: Numbering) -> tuple[Edge, ...]:
    return tuple(sorted(_rules(event, names)["met"] - _blocked(event, names)))


def _organisations(event: Event, names: Numbering) -> Ints:
    """One number for each organisation; -1 for none, or for everybody where it plays no part."""
    if event.policy.same_organisation == "allow":
        return np.full(len(names.ids), -1, np.int64)
    return _houses(event, names)


def _houses(event: Event, names: Numbering) -> Ints:
    """One number for each organisation, -1 for none."""
    folded = {a.id: (a.organisation or "").strip().casefold() for a in event.attendees}
    known = {name: k for k, name in enumerate(sorted(set(folded.values()) - {""}))}
    return np.array([known.get(folded[v], -1) for v in names.ids], np.int64)


def _companies(event: Event, names: Numbering) -> Companies | None:
    """Whoever names no organisation has a number of its own, beyond those of the others."""
    if event.policy.per_organisation == "any":
        return None
    house = _houses(event, names)
    own = house.max(initial=-1) + 1 + np.arange(len(house))
    in_pairs = event.policy.per_organisation == "one_pair"
    return Companies(house=np.where(house < 0, own, house), in_pairs=in_pairs)


def _languages(event: Event, names: Numbering) -> tuple[Ints, Flags]:
    """Classes of people who speak the same languages, and which classes understand each other."""
    spoken = {a.id: frozenset(word.casefold() for word in a.languages) for a in event.attendees}
    classes = sorted({*spoken.values()}, key=sorted)
    number = {languages: k for k, languages in enumerate(classes)}
    understand = [[not a or not b or bool(a & b) for b in classes] for a in classes]
    language = np.array([number[spoken[v]] for v in names.ids], np.int64)
    return language, np.array(understand, np.bool_).reshape(len(classes), len(classes))


def _counted(block: ScheduledRound, names: Numbering) -> tuple[Edge, ...]:
    """The meetings of a published round that count."""
    number = names.number
    pairs = [m.attendees for m in block.meetings if m.outcome != "missed"]
    return tuple(sorted(edge(number[one], number[other]) for one, other in pairs))


def published_meetings(event: Event) -> Matchings:
    """The meetings of the published schedule, for as many rounds as the event has now."""
    if event.published is None:
        return ((),) * len(event.rounds)
    listed = _LISTED.of(event.published, Numbering.of(event).ids)[: len(event.rounds)]
    return listed + ((),) * (len(event.rounds) - len(listed))


def _listed(published: Schedule, ids: tuple[str, ...]) -> Matchings:
    names = Numbering.of_sorted(ids)
    return tuple(_counted(block, names) for block in published.rounds)


_LISTED = IdentityCache[Schedule, Matchings](_listed)


def held_rounds(event: Event) -> Sequence[ScheduledRound]:
    """The rounds of the published schedule that are over or running."""
    return event.published.rounds[: event.held_rounds] if event.published else ()
