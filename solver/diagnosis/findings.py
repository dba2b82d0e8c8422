"""How an event stands before it is solved, in figures and in words for its organiser.

Counts of one or two people on a topic are not told (``mask_counts``), and topics of fewer than
three people are gathered under ``other``: who needs what in private must not be seen from them.
``docs/diagnosis.md`` has every code, and from where on it is found.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import ceil

import numpy as np

from schemas.diagnosis import (
    Code,
    Diagnosis,
    Expected,
    Finding,
    Guest,
    Market,
    PerhapsOffer,
    Severity,
    TopicBalance,
    UnservedNeed,
    UnservedNeeds,
)
from schemas.solve import Conflict
from schemas.text import list_some
from solver.compatibility.evidence import CAME
from solver.compatibility.people import Flags
from solver.compatibility.reasons import COMPLEMENTS
from solver.diagnosis.emptied_plan import emptying_rules
from solver.diagnosis.figures import Balance, Figures
from solver.diagnosis.group_balance import outnumbering_groups
from solver.diagnosis.oversights import find_oversights
from solver.diagnosis.topics import NOWHERE
from solver.diagnosis.wording import (
    count_people,
    name_rounds,
    number_range,
    severity_by_share,
)

FEW = 3
"""Fewer people than this are not counted in public."""
MANY = 10
"""From so many people on, what is wrong with nearly all of them is critical."""
NEARLY_NONE, TOO_FEW = 20, 4
"""More sellers for each buyer than this are critical, and a warning."""
CROWD = 5
"""So many people who offer the same, for each who wants to buy it, are too many."""
TOPICS_TOLD, PERHAPS_TOLD = 5, 3
SEVERITIES: tuple[Severity, ...] = ("ok", "warning", "critical")


def write_diagnosis(
    figures: Figures,
    expected: Expected | None,
    conflict: Sequence[Conflict],
    guests: Iterable[Guest],
) -> Diagnosis:
    """The whole document; ``conflict`` says why no schedule is possible, where none is."""
    findings = tuple(_in_order(_findings(figures, expected, conflict)))
    return Diagnosis(
        severity=max((f.severity for f in findings), key=SEVERITIES.index, default="ok"),
        findings=findings,
        attendees=figures.room.people,
        market=_market(figures),
        topics=tuple(topic_balances(figures)),
        served_by_nobody=_ids(figures, figures.here & ~figures.gaining),
        helps_nobody=_ids(figures, figures.here & ~figures.giving),
        unserved_needs=_unserved_needs(figures),
        guests=tuple(guests),
        expected=expected,
    )


def mask_counts(count: int) -> int | None:
    """The count, unless it is so small that it could tell who."""
    return None if 0 < count < FEW else count


def topic_balances(figures: Figures) -> Iterator[TopicBalance]:
    """The topics of three people or more, the largest first; then all others together."""
    shown = [b for b in figures.balances if _shown(b)]
    rows = [_topic_balance(figures, balance) for balance in shown]
    yield from sorted(rows, key=lambda row: (-(row.supply or 0) - (row.demand or 0), row.name))
    rest = [balance for balance in figures.balances if not _shown(balance)]
    if any(balance.supply.any() or balance.demand.any() for balance in rest):
        flags = zip(*(balance[1:] for balance in rest), strict=True)
        together = (np.any(np.array(side), axis=0) for side in flags)
        yield _topic_balance(figures, Balance(NOWHERE, *together))


def _shown(balance: Balance) -> bool:
    return balance.topic != NOWHERE and (balance.supply | balance.demand).sum() >= FEW


def _topic_balance(figures: Figures, balance: Balance) -> TopicBalance:
    topic = None if balance.topic == NOWHERE else figures.topics.all[balance.topic]
    return TopicBalance(
        name=topic.name if topic else "other",
        kind="other" if topic is None else "named" if topic.named else "found",
        supply=_masked(balance.supply),
        demand=_masked(balance.demand),
        consented=_masked(balance.consented),
        unmet=_masked(balance.unmet),
    )


def _masked(people: Flags) -> int | None:
    return mask_counts(int(people.sum()))


def _market(figures: Figures) -> Market:
    sellers, buyers = int(figures.sellers.sum()), int(figures.buyers.sum())
    people = max(1, int(figures.here.sum()))
    return Market(
        sellers=sellers,
        buyers=buyers,
        seller_share=1000 * sellers // people / 1000,
        buyer_share=1000 * buyers // people / 1000,
        sellers_per_buyer=round(sellers / buyers, 2) if buyers else None,
    )


def _unserved_needs(figures: Figures) -> UnservedNeeds:
    needs = figures.room.needs
    shown = np.flatnonzero(figures.unmet & figures.public).tolist()
    return UnservedNeeds(
        count=int(figures.unmet.sum()),
        needs=int((figures.here[needs.owner] & (needs.weight > 0)).sum()),
        shown=tuple(_unserved_need(figures, row) for row in shown),
    )


def _unserved_need(figures: Figures, row: int) -> UnservedNeed:
    needs, offers, ids = figures.room.needs, figures.room.offers, figures.graph.ids
    nearest = (
        PerhapsOffer(
            attendee=ids[offers.owner[k]],
            text=figures.room.offers_of[offers.owner[k]][offers.place[k]].quote,
        )
        for k in figures.nearest_offers(row, PERHAPS_TOLD)
    )
    owner, place = needs.owner[row], needs.place[row]
    text = figures.room.needs_of[owner][place].quote
    return UnservedNeed(attendee=ids[owner], text=text, perhaps=tuple(nearest))


# What an organiser should know


def _findings(
    figures: Figures, expected: Expected | None, conflict: Sequence[Conflict]
) -> Iterator[Finding]:
    if figures.here.sum() < 2:
        yield Finding(
            code="too_few_attendees",
            severity="critical",
            message="Fewer than two people come: nobody can meet. Add attendees.",
        )
        return
    emptying = list(emptying_rules(figures))
    yield from emptying
    if conflict:
        yield _infeasible(conflict)
    yield from find_oversights(figures.graph.event, figures.instance)
    for rule in RULES:
        yield from rule(figures)
    spoken = figures.silent.sum() < figures.here.sum()
    if expected is not None and spoken and not emptying:
        yield from _low_satisfaction(expected)
        yield from _few_good_meetings(figures, expected)


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    """The worst first; else in the order in which they are looked for."""
    return sorted(findings, key=lambda finding: -SEVERITIES.index(finding.severity))


def _infeasible(conflict: Sequence[Conflict]) -> Finding:
    return Finding(
        code="infeasible",
        severity="critical",
        message="No schedule is possible: some rules contradict each other. Drop one of them.",
        conflict=tuple(conflict),
    )


def _nothing_known(figures: Figures) -> Iterator[Finding]:
    silent, people = int(figures.silent.sum()), int(figures.here.sum())
    if silent:
        who = f"{count_people(silent, 'says', 'say')} nothing about themselves"
        yield _about(
            figures,
            figures.silent,
            "nothing_known",
            severity_by_share(silent, people, "critical" if silent == people else "warning"),
            f"{who}, so that nothing is known to bring them together with others. "
            "Ask them what they offer and what they need.",
        )


def _buyers(figures: Figures) -> Iterator[Finding]:
    sellers, buyers = int(figures.sellers.sum()), int(figures.buyers.sum())
    nobody = sellers >= MANY and buyers * NEARLY_NONE < sellers
    if nobody or (sellers >= FEW and buyers * TOO_FEW < sellers):
        came = f"{count_people(sellers, 'comes', 'come')} to sell and {buyers or 'nobody'} to buy"
        yield Finding(
            code="nobody_buys" if nobody else "few_buyers",
            severity="critical" if nobody else "warning",
            message=f"{came}: {_why_so_few(figures)} Invite buyers, or say that this is an event "
            "for getting to know each other: then people meet as referral partners.",
        )


def _why_so_few(figures: Figures) -> str:
    """Where buyers are lost: nobody needs anything, nobody meets it, nobody wants a pitch."""
    needy, served, buyers = (
        int(people.sum()) for people in (figures.needy, figures.served, figures.buyers)
    )
    if not needy:
        return "nobody says what they need."
    if served * 2 < needy:
        met = f"{count_people(served, 'finds', 'find')} it here"
        return f"{count_people(needy, 'needs', 'need')} something, and {met}."
    if buyers * 2 < served:
        return (
            f"what {count_people(served, 'needs', 'need')} is here, and "
            f"{buyers or 'none'} of them {'welcome' if buyers > 1 else 'welcomes'} a pitch of it."
        )
    return f"{count_people(needy, 'says', 'say')} what they need."


def _needs_met(figures: Figures) -> Iterator[Finding]:
    needy, served = int(figures.needy.sum()), int(figures.served.sum())
    if needy >= FEW and served * 2 < needy:
        yield Finding(
            code="few_needs_met",
            severity="critical" if needy >= MANY and served * 10 < needy else "warning",
            message=f"Of {needy} people who need something, {served or 'nobody'} can find it here. "
            "See the unmet topics, and whom to invite.",
        )


def _unmet_topics(figures: Figures) -> Iterator[Finding]:
    least = max(FEW, ceil(figures.here.sum() / 100))
    lacking = [b for b in figures.balances if _shown(b) and b.unmet.sum() >= least]
    lacking.sort(key=lambda b: (-b.unmet.sum(), b.topic))
    if lacking:
        told = [f"{name} ({b.unmet.sum()})" for name, b in _named(figures, lacking)]
        yield Finding(
            code="unmet_topics",
            severity=_concerning(figures, [balance.unmet for balance in lacking]),
            message=f"People need what nobody here offers: {list_some(told, len(lacking))}. "
            "Invite somebody for the first of them.",
            topics=tuple(figures.topics.all[b.topic].name for b in lacking),
        )


def _oversupplied_topics(figures: Figures) -> Iterator[Finding]:
    least = max(CROWD, ceil(figures.here.sum() / 50))
    crowded = [
        b
        for b in figures.balances
        if _shown(b) and b.supply.sum() >= max(least, CROWD * b.consented.sum())
    ]
    crowded.sort(key=lambda b: (-b.supply.sum(), b.topic))
    if crowded:
        told = [
            f"{name} ({b.supply.sum()} to {_few(int(b.consented.sum()))})"
            for name, b in _named(figures, crowded)
        ]
        yield Finding(
            code="oversupplied_topics",
            severity=_concerning(figures, [balance.supply for balance in crowded]),
            message=f"Many offer the same to few who might buy: {list_some(told, len(crowded))}. "
            "Close these for further sellers, or invite people who buy.",
            topics=tuple(figures.topics.all[b.topic].name for b in crowded),
        )


def _goals(figures: Figures) -> Iterator[Finding]:
    for seeking, giving in COMPLEMENTS:
        for mine, yours in ((seeking, giving), (giving, seeking)):
            yield from _goal(figures, mine, yours, "warning" if mine == seeking else "ok")


def _goal(figures: Figures, mine: str, yours: str, severity: Severity) -> Iterator[Finding]:
    """People who came for what the others come to give, and too few of these."""
    ours, others = (figures.here & figures.room.among(side) for side in (mine, yours))
    alone = ours & ~others
    count, seats = int(alone.sum()), int(np.array(figures.instance.most, np.int64)[others].sum())
    came = f"{count_people(count, 'comes', 'come')} {CAME[mine]}"
    if count and not others.any():
        message = f"{came}, and nobody {CAME[yours]}: invite somebody, or tell them."
        yield _about(figures, alone, "goal_without_counterpart", severity, message)
    elif count > seats:
        message = (
            f"{came}, and {others.sum()} {CAME[yours]}: in these rounds {seats} of them "
            "can have such a meeting. Invite more, or add rounds."
        )
        yield _about(figures, alone, "goal_outnumbered", severity, message)


def _intents(figures: Figures) -> Iterator[Finding]:
    if not any(attendee.intents for attendee in figures.room.attendees) and figures.sellers.any():
        yield Finding(
            code="intents_assumed",
            severity="ok",
            message="Nobody says what they came for: clients, suppliers and referrals are "
            "assumed for all. Ask for intents, so that other goals are seen.",
        )


def _useless(figures: Figures) -> Iterator[Finding]:
    spoken = figures.here & ~figures.silent
    people = int(spoken.sum())
    lonely, idle = spoken & ~figures.gaining, spoken & ~figures.giving
    if lonely.any():
        count = int(lonely.sum())
        yield _about(
            figures,
            lonely,
            "served_by_nobody",
            severity_by_share(count, people, "warning"),
            f"{count_people(count, 'gains', 'gain')} from nobody here what they came for. "
            "Tell them before they come, ask them what else they need, or invite for them.",
        )
    if idle.any():
        count = int(idle.sum())
        yield _about(
            figures,
            idle,
            "helps_nobody",
            severity_by_share(count, people, "warning"),
            f"{count_people(count, 'has', 'have')} nothing that anybody here came for. "
            "Ask them what else they offer.",
        )


def _partners(figures: Figures) -> Iterator[Finding]:
    """Who has too few people to meet, and why: languages, rules, or a small room."""
    most = np.array(figures.instance.most, np.int64)
    others = int(figures.here.sum()) - 1
    wanted = np.minimum(most, others)
    strangers = figures.here & (figures.understood < wanted)
    barred = figures.here & ~strangers & (figures.partners < wanted)
    if strangers.any():
        yield _about(
            figures,
            strangers,
            "language_island",
            "warning",
            f"{count_people(int(strangers.sum()), 'shares', 'share')} a language with fewer people "
            "than they have rounds. Ask for further languages, or invite others who speak theirs.",
        )
    if barred.any():
        yield _about(
            figures,
            barred,
            "few_partners",
            "warning",
            f"{count_people(int(barred.sum()), 'has', 'have')} fewer people to meet than rounds, "
            "by organisation, group, language, earlier meetings or rules. Allow some of it, or "
            "plan fewer rounds.",
        )
    alike = figures.here & ~strangers & ~barred & (figures.chances < wanted)
    if alike.any():
        yield _about(
            figures,
            alike,
            "few_organisations",
            "warning",
            f"{count_people(int(alike.sum()), 'has', 'have')} fewer other organisations to meet "
            f"than rounds, some only {figures.chances[alike].min()}, and each is met once. Allow "
            "more of one (per_organisation), invite others, or plan fewer rounds.",
        )
    if most.max(initial=0) > others:
        yield Finding(
            code="small_room",
            severity="warning",
            message=f"After {others} rounds all {others + 1} people can have met, and some are "
            f"there for {most.max()}. Plan fewer rounds, or invite more people.",
        )


def _wishes(figures: Figures) -> Iterator[Finding]:
    if figures.sought_after.any():
        count = int(figures.sought_after.sum())
        yield _about(
            figures,
            figures.sought_after,
            "sought_after",
            severity_by_share(count, int(figures.here.sum()), "warning"),
            f"More people wish to meet {_them(count)} than there are rounds for. "
            "Add rounds, or ask those who wish to name others as well.",
        )
    if figures.unasked.any():
        counted = figures.graph.event.policy.silent == "wanted"
        who = count_people(int(figures.unasked.sum()), "gives", "give")
        yield _about(
            figures,
            figures.unasked,
            "preferences_of_one_side",
            "ok" if counted else "warning",
            f"Only one side gives preferences: {who} none, and others would gain by meeting them. "
            + (ASKED_BACK if counted else NOT_ASKED_BACK),
        )


ASKED_BACK = "To be asked for counts a little for them; ask them whom they would like to meet."
NOT_ASKED_BACK = 'Such meetings count for nothing: ask them, or set policy.silent to "wanted".'


def _them(count: int) -> str:
    return "one person" if count == 1 else f"each of {count} people"


def _rounds_each(figures: Figures) -> Iterator[Finding]:
    """Who could have half as many meetings as most others, or fewer, however many may be met."""
    most = np.array(figures.instance.most, np.int64)
    usual = int(np.median(most[figures.here]))
    short = figures.here & (2 * most <= usual)
    if short.any():
        count = int(short.sum())
        yield _about(
            figures,
            short,
            "few_rounds",
            severity_by_share(count, int(figures.here.sum()), "warning"),
            f"{count_people(count, 'has', 'have')} at most half of the rounds that others have, "
            f"{number_range(most[short])} instead of {usual}, by absence, breaks or a limit. Ask "
            "them for more rounds, or give them more priority.",
        )


def _seats(figures: Figures) -> Iterator[Finding]:
    instance = figures.instance
    present = instance.present.sum(axis=0).tolist()
    rounds = [(r + 1, present[r], instance.tables[r]) for r in instance.open_rounds]
    tight = [(r, people, tables) for r, people, tables in rounds if tables < people // 2]
    if tight:
        lacking = max(people // 2 - tables for _, people, tables in tight)
        closed = all(tables == 0 for _, _, tables in rounds)
        yield Finding(
            code="too_few_tables",
            severity="critical" if closed else "warning",
            message=f"In {name_rounds([r for r, *_ in tight], len(rounds))} there are fewer tables "
            f"than pairs. Open up to {lacking} more.",
        )
    odd = [r for r, people, tables in rounds if people % 2 and tables >= people // 2]
    if odd:
        yield Finding(
            code="odd_number",
            severity="ok",
            message=f"In {name_rounds(odd, len(rounds))} an odd number is there: somebody sits "
            "out. One person more or fewer, a host perhaps, changes that.",
        )


def _low_satisfaction(expected: Expected) -> Iterator[Finding]:
    if not expected.rated:
        yield Finding(
            code="low_satisfaction",
            severity="critical",
            message="No meeting would be good for both. See what people offer and need.",
        )
    elif expected.mean < 0.5 or 3 * expected.below_half > 1:
        yield Finding(
            code="low_satisfaction",
            severity="warning",
            message=f"In a trial schedule people reach {expected.mean:.0%} of their best day on "
            f"average, and {expected.below_half:.0%} of them less than half. Plan more rounds, or "
            "invite whom the list of guests names.",
        )


def _few_good_meetings(figures: Figures, expected: Expected) -> Iterator[Finding]:
    rounds = figures.instance.rounds
    if expected.rated and 2 * expected.good_meetings < rounds:
        yield Finding(
            code="few_good_meetings",
            severity="ok",
            message=f"What people wrote makes about {expected.good_meetings:g} good meetings each; "
            f"you plan {rounds} rounds. Ask them to say more of what they need and offer, or plan "
            "fewer rounds: the other meetings are by chance.",
        )


RULES: tuple[Callable[[Figures], Iterator[Finding]], ...] = (
    _nothing_known,
    _buyers,
    _needs_met,
    _unmet_topics,
    _oversupplied_topics,
    _goals,
    _useless,
    _partners,
    outnumbering_groups,
    _wishes,
    _rounds_each,
    _seats,
    _intents,
)


# Words


def _about(figures: Figures, who: Flags, code: Code, severity: Severity, message: str) -> Finding:
    return Finding(code=code, severity=severity, message=message, attendees=_ids(figures, who))


def _ids(figures: Figures, who: Flags) -> tuple[str, ...]:
    return tuple(figures.graph.ids[v] for v in np.flatnonzero(who).tolist())


def _concerning(figures: Figures, groups: Sequence[Flags]) -> Severity:
    """A warning where these groups together are more than one in ten."""
    concerned = int(np.any(groups, axis=0).sum())
    return severity_by_share(concerned, int(figures.here.sum()), "warning")


def _few(count: int) -> str:
    """A count that does not tell who."""
    return "nobody" if not count else str(mask_counts(count) or f"fewer than {FEW}")


def _named(figures: Figures, balances: Sequence[Balance]) -> list[tuple[str, Balance]]:
    """The first of them, by name."""
    return [(figures.topics.all[b.topic].name, b) for b in balances[:TOPICS_TOLD]]
