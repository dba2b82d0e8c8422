"""Event to Instance: ids become numbers, decimals become permille.

Attendees are numbered in the order of their ids, so that the order in a document plays no part.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from schemas.base import permille
from schemas.benefits import BenefitColumns, triples_of
from schemas.breaks import windows_of
from schemas.event import Event
from schemas.schedule import Schedule, ScheduledRound
from schemas.text import fold_name
from solver.compatibility.group_rule import GroupRule
from solver.identity_cache import IdentityCache
from solver.instance import (
    EVERYBODY,
    NOBODY,
    Benefits,
    Companies,
    Edge,
    Flags,
    Instance,
    Ints,
    Matchings,
    Permissions,
    PlaceSets,
    Prices,
    Window,
    columns_of,
    edge,
    fewest_breaks,
)
from solver.tables import RoundTables
from solver.translate.numbering import Numbering

BenefitRow = tuple[str, str, int]
Rows = Iterable[BenefitRow] | BenefitColumns


def explicit_rows(event: Event) -> Rows:
    """The event's own benefits as ``(source, target, permille)``, or by column."""
    if isinstance(event.benefits, BenefitColumns):
        return event.benefits
    return triples_of(event.benefits)


def instance_of(event: Event, benefits: Rows, refused: Iterable[tuple[str, str]] = ()) -> Instance:
    """Prepare the problem: ``refused`` pairs have only refused reasons to meet."""
    names = Numbering.of(event)
    held = published_meetings(event)[: event.held_rounds]
    present = _presence(event, names)
    windows = _windows(event, names)
    places = places_of(event, names)
    pinned, waived = _pins(event, names, held)
    return Instance(
        present=present,
        tables=tuple(room.count - len(room.closed) for room in round_tables(event)),
        benefits=benefits_of(benefits, names),
        permissions=_permissions(event, names, refused, places),
        least=_least(event, names),
        most=_most(event, names, present, windows),
        prices=_prices(event),
        fill=event.policy.idle == "fill",
        met=_earlier_meetings(event, names),
        held=held,
        pinned=pinned,
        waived=waived,
        seed=event.seed,
        limit=_limits(event, names),
        priority=_priorities(event, names),
        costs=pair_costs(event, names),
        windows=windows,
        companies=_companies(event, names),
        places=places,
        apart=_kept_apart(event, names),
    )


def benefits_of(rows: Rows, names: Numbering) -> Benefits:
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


def _limits(event: Event, names: Numbering) -> tuple[int, ...]:
    """``max_meetings``, or as many as there are rounds."""
    rounds = len(event.rounds)
    highest = {a.id: rounds if a.max_meetings is None else a.max_meetings for a in event.attendees}
    return tuple(highest[v] for v in names.ids)


def _most(
    event: Event, names: Numbering, present: Flags, windows: tuple[tuple[Window, ...], ...]
) -> tuple[int, ...]:
    """``most(v)``: the limit, or the rounds of presence less those that breaks take."""
    here = present.sum(axis=1).tolist()
    for v, row in enumerate(windows):
        here[v] -= fewest_breaks((a, z) for a, z in row if present[v, a : z + 1].all())
    return tuple(map(min, _limits(event, names), here))


def _windows(event: Event, names: Numbering) -> tuple[tuple[Window, ...], ...]:
    """The windows of each within the event's rounds, by their last; empty if nobody has any."""
    rounds = len(event.rounds)
    found = {
        a.id: tuple(
            (first - 1, last - 1)
            for first, last in windows_of(a, event.policy, rounds)
            if last <= rounds
        )
        for a in event.attendees
    }
    return tuple(found[v] for v in names.ids) if any(found.values()) else ()


def _priorities(event: Event, names: Numbering) -> tuple[int, ...]:
    """The priority of each in percent; empty if all are equal."""
    given = {a.id: 100 if a.priority is None else a.priority for a in event.attendees}
    listed = tuple(given[v] for v in names.ids)
    return () if set(listed) <= {100} else listed


def pair_costs(event: Event, names: Numbering) -> dict[Edge, int]:
    """What a meeting of some pairs costs in points: met lately, or rather avoided by one side."""
    costs: Counter[Edge] = Counter()
    if event.policy.rematch == "seldom":
        ago: dict[Edge, int] = {}
        for rule in event.pair_rules:
            if rule.kind == "met":
                pair = names.edge(rule.pair)
                ago[pair] = min(ago.get(pair, rule.events_ago or 1), rule.events_ago or 1)
        costs.update({pair: REGRET // events for pair, events in ago.items()})
    for attendee in event.attendees:
        costs.update(names.edge((attendee.id, other)) for other in attendee.rather_avoided * REGRET)
    return {pair: points for pair, points in costs.items() if points}


REGRET = 20_000
"""Points that it costs to meet again at the next event, or whom one would rather not."""


def _companies(event: Event, names: Numbering) -> Companies | None:
    """Who is of which house; who names none has one alone."""
    if event.policy.per_organisation == "any":
        return None
    folded = {a.id: fold_name(a.organisation) for a in event.attendees}
    known: dict[tuple[str, str], int] = {}
    keys = ((folded[v], "" if folded[v] else v) for v in names.ids)
    house = [known.setdefault(key, len(known)) for key in keys]
    in_pairs = event.policy.per_organisation == "one_pair"
    return Companies(house=np.array(house, np.int64), in_pairs=in_pairs)


def places_of(event: Event, names: Numbering) -> PlaceSets | None:
    """The sets of tables that people have to sit at, and single tables of pinned pairs."""
    mine = {a.id: a.places for a in event.attendees}
    pinned = [rule for rule in event.pair_rules if rule.kind == "require" and rule.table]
    sets = {*mine.values(), *(frozenset({rule.table or 0}) for rule in pinned)} - {frozenset()}
    if not sets:
        return None
    listed = sorted(sets, key=lambda tables: (-len(tables), sorted(tables)))
    number = {tables: k for k, tables in enumerate(listed)}
    around, smallest = list[tuple[int, ...]](), dict[int, int]()
    for k, tables in enumerate(listed):
        parent = smallest.get(min(tables))
        around.append((k,) if parent is None else (k, *around[parent]))
        smallest.update(dict.fromkeys(tables, k))
    rooms = [frozenset(room.open()) for room in round_tables(event)]
    places = PlaceSets(
        of=np.array([number.get(mine[v], -1) for v in names.ids], np.int64),
        around=tuple(around),
        tables=np.array([[len(tables & room) for room in rooms] for tables in listed], np.int64),
        pins={names.edge(rule.pair): number[frozenset({rule.table or 0})] for rule in pinned},
    )
    for r, block in enumerate(held_rounds(event)):
        _count_free_tables(places, r, block, listed, rooms[r], names)
    return places


def _count_free_tables(
    places: PlaceSets,
    r: int,
    block: ScheduledRound,
    sets: Sequence[frozenset[int]],
    room: frozenset[int],
    names: Numbering,
) -> None:
    """Of a held round a set has what its meetings ask for, and the tables where nobody sits."""
    counted = [meeting for meeting in block.meetings if meeting.outcome != "missed"]
    free = room - {meeting.table for meeting in counted}
    i, j = columns_of(names.edge(meeting.attendees) for meeting in counted)
    smallest = places.of_pairs(i, j).tolist()
    asked = Counter(around for k in smallest if k >= 0 for around in places.around[k])
    places.tables[:, r] = [asked[k] + len(tables & free) for k, tables in enumerate(sets)]


def _pins(event: Event, names: Numbering, held: Matchings) -> tuple[Matchings, frozenset[Edge]]:
    """The pairs that meet in one open round for certain; no rows if there are none.

    And those that a rule asks for there, and that have met in a held round.
    """
    met = {pair for row in held for pair in row}
    rows: list[set[Edge]] = [set() for _ in event.rounds]
    for rule in event.pair_rules:
        if rule.kind == "require" and rule.round and rule.round > event.held_rounds:
            rows[rule.round - 1].add(names.edge(rule.pair))
    waived = frozenset(met.intersection(pair for row in rows for pair in row))
    pinned = tuple(tuple(sorted(row - met)) for row in rows)
    return pinned if any(pinned) else (), waived


def _kept_apart(event: Event, names: Numbering) -> frozenset[tuple[Edge, int]]:
    return frozenset(
        (names.edge(rule.pair), rule.round - 1)
        for rule in event.pair_rules
        if rule.kind == "forbid" and rule.round
    )


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


def _permissions(
    event: Event,
    names: Numbering,
    refused: Iterable[tuple[str, str]],
    places: PlaceSets | None,
) -> Permissions:
    rules = _rules(event, names)
    met = rules["met"] if event.policy.rematch == "forbid" else set()
    language, understand = _languages(event, names)
    group, meets = _groups(event, names)
    return Permissions(
        organisation=_organisations(event, names),
        language=language,
        understand=understand,
        refused=frozenset(met | {names.edge(pair) for pair in refused}),
        barred=frozenset(_blocked(event, names)),
        required=tuple(sorted(rules["require"])),
        address=_addresses(event, names),
        group=group,
        meets=meets,
        span=NOBODY if places is None else _spans(places),
    )


def _rules(event: Event, names: Numbering) -> dict[str, set[Edge]]:
    rules: dict[str, set[Edge]] = {"forbid": set(), "require": set(), "met": set()}
    for rule in event.pair_rules:
        if rule.kind != "forbid" or rule.round is None:
            rules[rule.kind].add(names.edge(rule.pair))
    return rules


def _blocked(event: Event, names: Numbering) -> set[Edge]:
    avoided = {
        names.edge((attendee.id, other))
        for attendee in event.attendees
        for other in attendee.avoided
    }
    return avoided | _rules(event, names)["forbid"]


def _earlier_meetings(event: Event, names: Numbering) -> tuple[Edge, ...]:
    return tuple(sorted(_rules(event, names)["met"] - _blocked(event, names)))


def _organisations(event: Event, names: Numbering) -> Ints:
    """One number for each organisation; -1 for none, or for everybody where it plays no part."""
    if event.policy.same_organisation == "allow":
        return np.full(len(names.ids), -1, np.int64)
    folded = {a.id: fold_name(a.organisation) for a in event.attendees}
    known = {name: k for k, name in enumerate(sorted(set(folded.values()) - {""}))}
    return np.array([known.get(folded[v], -1) for v in names.ids], np.int64)


def _addresses(event: Event, names: Numbering) -> Ints:
    """One number for each e-mail address that several have, -1 for others; empty if none has."""
    folded = {a.id: fold_name(a.email) for a in event.attendees}
    shared = {address for address, count in Counter(folded.values()).items() if count > 1} - {""}
    number = {address: k for k, address in enumerate(sorted(shared))}
    return np.array([number.get(folded[v], -1) for v in names.ids], np.int64) if shared else NOBODY


def _groups(event: Event, names: Numbering) -> tuple[Ints, Flags]:
    """The group of each by ``policy.meet``, and which groups meet; empty if all do."""
    meet = event.policy.meet
    if meet is None:
        return NOBODY, EVERYBODY
    rule = GroupRule(meet)
    values = {a.id: rule.group_of(a) for a in event.attendees}
    known = sorted({*values.values(), ""})
    number = {value: k for k, value in enumerate(known)}
    meets = [[rule.may_meet(a, b) for b in known] for a in known]
    group = np.array([number[values[v]] for v in names.ids], np.int64)
    return group, np.array(meets, np.bool_)


def _spans(places: PlaceSets) -> Ints:
    """Sets of tables as intervals that are nested as they are; of who sits anywhere, all of it."""
    count = len(places.around)
    children: list[list[int]] = [[] for _ in range(count + 1)]
    for k, row in enumerate(places.around):
        children[row[1] if len(row) > 1 else count].append(k)
    spans, at, stack = np.zeros((count + 1, 2), np.int64), 0, [count]
    while stack:
        k = stack.pop()
        if k >= 0:
            spans[k, 0], at = at, at + 1
            stack += [~k, *children[k]]
        else:
            spans[~k, 1] = at
    return spans[places.of]


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


def waived_in(schedule: Schedule, names: Numbering) -> tuple[frozenset[Edge], frozenset[int]]:
    """Requirements and minimums that a version waives, of people whom the event still knows."""
    known, waived = names.number, schedule.waived
    pairs = (w.pair for w in waived if w.pair and known.keys() >= {*w.pair})
    people = (known[w.attendee] for w in waived if w.attendee and w.attendee in known)
    return frozenset(names.edge(pair) for pair in pairs), frozenset(people)


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
