"""The history of a series: who met, and what came of it, told to the next event.

Attendees are recognised by their own id, which must stay the same from event to event.
"""

from collections.abc import Iterable, Mapping, Sequence, Set

from app.feedback.meetings import HeldMeeting, Way, took_place
from app.planning.document import WrittenEvent, write_event
from schemas import limits
from schemas.base import Pair, pair_of
from schemas.event import SAID_OF_MEETING, Event, PairRule
from schemas.feedback import Feedback

Rules = tuple[PairRule, ...]


def history_of(
    meetings: Iterable[HeldMeeting], said: Mapping[Way, Feedback], erased: Set[str] = frozenset()
) -> Rules:
    """A rule for each pair that met at an event, in order; nobody who was ``erased`` is named."""
    met = took_place(meetings, said)
    return tuple(_met(pair, said) for pair in sorted(met) if erased.isdisjoint(pair))


def _met(pair: Pair, said: Mapping[Way, Feedback]) -> PairRule:
    told = {v: said[v, w] for v, w in (pair, pair[::-1]) if (v, w) in said}
    return PairRule(
        kind="met",
        pair=pair,
        valuable=tuple(v for v, each in told.items() if each.valuable),
        not_valuable=tuple(v for v, each in told.items() if _is_against(each)),
        would_refer=tuple(v for v, each in told.items() if each.would_refer),
    )


def _is_against(said: Feedback) -> bool:
    """Whether somebody says no; who would refer the other finds them worth the time."""
    return said.valuable is False and not said.would_refer


def join_history(histories: Sequence[Rules]) -> Rules:
    """The histories of several events, oldest first, as one: a rule for each pair, in order.

    It tells how many events ago each pair met last: the newest of these was one event ago.
    """
    found = dict[Pair, PairRule]()
    for since, rules in zip(reversed(range(len(histories))), histories, strict=True):
        for each in rules:
            ago = min((each.events_ago or 1) + since, limits.EVENTS_AGO)
            rule = each.model_copy(update={"events_ago": ago})
            before = found.get(pair_of(*rule.pair))
            found[pair_of(*rule.pair)] = _both(before, rule) if before else rule
    return tuple(found[pair] for pair in sorted(found))


def _both(before: PairRule, rule: PairRule) -> PairRule:
    """The rule with what was said before as well, but for a no of whoever speaks well by now."""
    both = {name: {*getattr(before, name), *getattr(rule, name)} for name in SAID_OF_MEETING}
    both["not_valuable"] -= {*rule.valuable, *rule.would_refer} - {*rule.not_valuable}
    said = {name: tuple(sorted(who)) for name, who in both.items()}
    ago = [each.events_ago for each in (before, rule) if each.events_ago is not None]
    return rule.model_copy(update=said | {"events_ago": min(ago, default=None)})


def write_next_event(event: Event) -> WrittenEvent:
    """The next event of a series: a pair seldom meets again, unless its policy says otherwise."""
    if "rematch" not in event.policy.model_fields_set:
        policy = event.policy.model_copy(update={"rematch": "seldom"})
        event = event.model_copy(update={"policy": policy})
    return write_event(event)


def add_history(history: Rules, document: bytes) -> WrittenEvent:
    """The event of a sound document, with the history of its attendees."""
    return write_event(with_history(Event.model_validate_json(document), history))


def with_history(event: Event, history: Rules) -> Event:
    """The event with the history of those on its list; a pair's own rule `met` is added to."""
    ids = {attendee.id for attendee in event.attendees}
    past = {pair_of(*rule.pair): rule for rule in history if ids.issuperset(rule.pair)}
    rules = list(event.pair_rules)
    for k, rule in enumerate(rules):
        if rule.kind == "met" and (before := past.pop(pair_of(*rule.pair), None)):
            rules[k] = _both(before, rule)
    return event.model_copy(update={"pair_rules": (*rules, *past.values())})
