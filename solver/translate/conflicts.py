"""Contradicting rules in the organiser's words, with a pointer to each."""

from collections.abc import Iterable

from schemas.breaks import describe_breaks
from schemas.event import Event, each_avoided
from schemas.solve import Conflict
from solver.errors import Rule
from solver.translate.numbering import Numbering
from solver.translate.prepare import round_tables


def conflict_of(event: Event, rules: Iterable[Rule]) -> tuple[Conflict, ...]:
    """The contradicting rules as the organiser wrote them, with a pointer to each."""
    names = Numbering.of(event)
    return tuple(_conflict(event, names, rule) for rule in sorted(rules))


def _conflict(event: Event, names: Numbering, rule: Rule) -> Conflict:
    pair = " and ".join(names.ids[v] for v in rule.who) if rule.kind not in ROUND_RULES else ""
    pointer = _pointer(event, names, rule)
    return Conflict(pointer=pointer, code=rule.kind, message=_sentence(event, names, rule, pair))


ROUND_RULES = ("tables",)
PERSON_RULES = {
    "min": "min_meetings",
    "max": "max_meetings",
    "absent": "absent_rounds",
    "break": "breaks",
}
POLICIES = {
    "leave": "/policy/idle",
    "same_organisation": "/policy/same_organisation",
    "group": "/policy/meet",
    "per_organisation": "/policy/per_organisation",
}
PAIR_SENTENCES = {
    "require": "{} must meet",
    "forbid": "{} must not meet",
    "same_organisation": "{} are of the same organisation, and such pairs do not meet",
    "language": "{} have no language in common",
    "met": "{} met at an earlier event, and such pairs do not meet again",
    "refused": "{} have only reasons to meet that one of them refused",
    "once": "{} meet at most once",
    "apart": "{} must not meet in one of the rounds",
    "group": "only people of certain groups meet each other",
    "same_address": "people with the same e-mail address do not meet each other",
    "per_organisation": "two people of one organisation are not met by the same one",
    "place": "whoever has to sit at certain tables meets there alone",
    "leave": "with idle: leave every meeting must be mutual, required or in a closed triangle",
}


def _sentence(event: Event, names: Numbering, rule: Rule, pair: str) -> str:
    if rule.kind == "tables":
        r = rule.who[0]
        return f"round {r + 1} has {_tables(event, r)} open tables"
    if rule.kind in PERSON_RULES:
        return _person_sentence(event, names, rule)
    return PAIR_SENTENCES[rule.kind].format(pair)


def _tables(event: Event, r: int) -> int:
    room = round_tables(event)[r]
    return room.count - len(room.closed)


def _person_sentence(event: Event, names: Numbering, rule: Rule) -> str:
    attendee = event.attendees[_place(event, names, rule)]
    if rule.kind == "min":
        return f"{attendee.id} must have at least {attendee.min_meetings} meetings"
    if rule.kind == "max":
        return f"{attendee.id} may have at most {attendee.max_meetings} meetings"
    if rule.kind == "break":
        return f"{attendee.id} has {describe_breaks(attendee, event.policy)}"
    rounds = ", ".join(str(r) for r in sorted(set(attendee.absent_rounds)))
    return f"{attendee.id} is absent in rounds {rounds}"


def _has_own_breaks(event: Event, names: Numbering, rule: Rule) -> bool:
    attendee = event.attendees[_place(event, names, rule)]
    return bool(attendee.breaks or attendee.max_in_a_row)


def _place(event: Event, names: Numbering, rule: Rule) -> int:
    wanted = names.ids[rule.who[0]]
    return next(k for k, attendee in enumerate(event.attendees) if attendee.id == wanted)


def _pointer(event: Event, names: Numbering, rule: Rule) -> str:
    if rule.kind == "tables":
        return f"/rounds/{rule.who[0]}/tables"
    if rule.kind == "break" and not _has_own_breaks(event, names, rule):
        return "/policy/breaks" if event.policy.breaks else "/policy/max_in_a_row"
    if rule.kind in PERSON_RULES:
        return f"/attendees/{_place(event, names, rule)}/{PERSON_RULES[rule.kind]}"
    if rule.kind in ("require", "forbid", "met"):
        return _rule_pointer(event, names, rule)
    if rule.kind == "apart":
        return _rule_pointer(event, names, Rule("forbid", rule.who))
    return POLICIES.get(rule.kind, "/attendees")


def _rule_pointer(event: Event, names: Numbering, rule: Rule) -> str:
    for k, written in enumerate(event.pair_rules):
        if written.kind == rule.kind and names.edge(written.pair) == rule.who:
            return f"/pair_rules/{k}"
    for k, attendee in enumerate(event.attendees):
        for place, other in enumerate(each_avoided(attendee)):
            if names.edge((attendee.id, other)) == rule.who:
                return f"/attendees/{k}/avoid/{place}"
    return "/pair_rules"
