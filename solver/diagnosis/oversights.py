"""What an event says and surely does not mean: accepted, told, and left to the organiser."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from schemas.diagnosis import Finding
from schemas.event import Attendee, Event
from schemas.text import fold_name, list_some
from solver.compatibility.group_rule import GroupRule
from solver.diagnosis.place_demand import CrowdedPlace, crowded_places
from solver.diagnosis.wording import count_people
from solver.instance import Instance

TOLD = 5
"""So many groups or places are named."""


def find_oversights(event: Event, instance: Instance) -> Iterator[Finding]:
    """Findings about people who are there in some round; ``instance`` is that of the event."""
    here = np.any(instance.present, axis=1).tolist()
    everybody = sorted(event.attendees, key=lambda attendee: attendee.id)
    people = [attendee for attendee, comes in zip(everybody, here, strict=True) if comes]
    yield from _registered_twice(people)
    if event.policy.meet is not None:
        yield from _GroupCheck(people, GroupRule(event.policy.meet)).findings()
    if crowded := list(crowded_places(everybody, instance)):
        yield _crowded(crowded)


def _registered_twice(people: Sequence[Attendee]) -> Iterator[Finding]:
    counts = Counter(fold_name(one.email) for one in people)
    twice = tuple(one.id for one in people if one.email and counts[fold_name(one.email)] > 1)
    if twice:
        yield Finding(
            code="registered_twice",
            severity="warning",
            message=f"{len(twice)} entries share an e-mail address with another one: people who "
            "are registered twice, perhaps, and would be awaited at two tables at once. Such "
            "entries never meet each other. Drop one of each, or correct the addresses.",
            attendees=twice,
        )


class _GroupCheck:
    """The groups of those who come, against the pairs of ``policy.meet``."""

    def __init__(self, people: Sequence[Attendee], rule: GroupRule) -> None:
        self._people, self._rule = people, rule
        self._group = {one.id: rule.group_of(one) for one in people}
        self._counts = Counter(self._group.values())
        self._rest = rule.may_meet("", "") and bool(self._counts[""])
        """Whether there are people without the label whom anybody may meet."""

    def findings(self) -> Iterator[Finding]:
        """A label that nobody has, values that no pair names, groups whose partners do not come."""
        if self._rest and set(self._counts) == {""}:
            yield self._unknown_label()
            return
        unknown = set(self._counts) - self._rule.named - {""}
        unlabelled = {""} & set(self._counts) if not self._rule.may_meet("", "") else set()
        if unknown or unlabelled:
            yield self._unknown(unknown, unlabelled)
        alone = {group for group in self._counts if group and not self._has_partners(group)}
        if alone - unknown:
            yield self._without_partners(alone - unknown)

    def _has_partners(self, group: str) -> bool:
        """Whether somebody of a group that it meets comes, besides a single one of itself."""
        others = (g for g in self._counts if g and self._rule.may_meet(group, g))
        return any(other != group or self._counts[group] > 1 for other in others)

    def _unknown_label(self) -> Finding:
        names = sorted({name for one in self._people for name in one.labels})
        told = list_some([f"'{name}'" for name in names[:TOLD]], len(names))
        others = f" There are {told}." if names else " Nobody has any label."
        return Finding(
            code="unknown_label",
            severity="warning",
            message=f"Nobody has the label '{self._rule.label}' that policy.meet goes by, and so "
            f"all may meet. Correct policy.meet.label, or fill the label in.{others}",
        )

    def _unknown(self, unknown: set[str], unlabelled: set[str]) -> Finding:
        label, told = self._rule.label, []
        if unknown:
            who = count_people(len(self._of(unknown)), "has", "have")
            told.append(
                f"{who} a '{label}' that no pair of policy.meet names "
                f"({self._values(unknown)}), and {self._whom()}. Correct it, or name it in a pair."
            )
        if unlabelled:
            who = count_people(len(self._of(unlabelled)), "has", "have")
            told.append(
                f"{who} no '{label}', and so may meet nobody. Fill it in, or set "
                'policy.meet.unlabelled to "anyone".'
            )
        return Finding(
            code="unknown_group",
            severity="warning",
            message=" ".join(told),
            attendees=self._of(unknown | unlabelled),
        )

    def _without_partners(self, alone: set[str]) -> Finding:
        who = count_people(len(self._of(alone)), "is", "are")
        return Finding(
            code="group_without_partners",
            severity="ok" if self._rest else "warning",
            message=f"{who} of a group whose partners do not come ({self._values(alone)}), and "
            f"{self._whom()}. Invite whom they are to meet, or correct labels and policy.meet.",
            attendees=self._of(alone),
        )

    def _whom(self) -> str:
        rest = f"only those without '{self._rule.label}'"
        return f"may meet {rest if self._rest else 'nobody'}"

    def _of(self, groups: set[str]) -> tuple[str, ...]:
        return tuple(one.id for one in self._people if self._group[one.id] in groups)

    def _values(self, groups: set[str]) -> str:
        """The groups as somebody wrote them."""
        written: dict[str, str] = {}
        for one in self._people:
            if self._group[one.id] in groups:
                written.setdefault(self._group[one.id], one.labels[self._rule.label].strip())
        told = [f"'{written[group]}'" for group in sorted(groups)]
        return list_some(told[:TOLD], len(told))


def _crowded(crowded: Sequence[CrowdedPlace]) -> Finding:
    told = [
        f"{_tables(place.tables)} ({count_people(len(place.people), 'has', 'have')} to sit there "
        f"and could have {place.asked} meetings, at most {place.meetings} take place)"
        for place in crowded[:TOLD]
    ]
    return Finding(
        code="crowded_places",
        severity="warning",
        message="More people have to sit at some tables than these can seat: "
        f"{list_some(told, len(crowded))}. Give them further tables, open these in more rounds, or "
        "say how many meetings each may have.",
        attendees=tuple(sorted({v for place in crowded for v in place.people})),
    )


def _tables(numbers: Iterable[int]) -> str:
    told = sorted(numbers)
    listed = list_some([str(table) for table in told[:TOLD]], len(told))
    return f"table {listed}" if len(told) == 1 else f"tables {listed}"
