"""Preferences by rank into whom each attendee wants to meet, dearest first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.imports import cells
from app.imports.lists.list_change import ListChange
from app.imports.lists.pairs import PairEntry
from app.imports.lists.problems import ListProblems
from schemas import limits
from schemas.event import Attendee, Event, Want

LAST = 10**9
"""The rank of who has none."""


def merge_wishes(
    event: Event, entries: Iterable[PairEntry], replace: bool, problems: ListProblems
) -> ListChange:
    """The attendees of an event with the wishes of a list before those that they had.

    What they had goes, of everybody, if it is to be replaced; a ``must`` stays with its wish.
    """
    told = _ranked(entries, problems)
    attendees = []
    updated = unchanged = removed = 0
    wished: list[tuple[str, str]] = []
    for attendee in event.attendees:
        ranked = told.get(attendee.id, ())
        wants = _wants_of(attendee, ranked, replace, problems)
        before = {want.id: k for k, want in enumerate(attendee.wants)}
        new = [want.id for want in wants if want.id not in before]
        wished += [(attendee.id, partner) for partner in new]
        updated += sum(before.get(want.id, k) != k for k, want in enumerate(wants))
        told_ids = {partner for partner, _ in ranked}
        unchanged += sum(before.get(w.id) == k and w.id in told_ids for k, w in enumerate(wants))
        removed += len(attendee.wants) + len(new) - len(wants)
        is_same = wants == attendee.wants
        attendees.append(attendee if is_same else attendee.model_copy(update={"wants": wants}))
    changed = any(a is not b for a, b in zip(attendees, event.attendees, strict=True))
    fields: Mapping[str, Any] = {"attendees": tuple(attendees)} if changed else {}
    return ListChange(fields, len(wished), updated, unchanged, removed, wished=tuple(wished))


def _ranked(
    entries: Iterable[PairEntry], problems: ListProblems
) -> Mapping[str, Sequence[tuple[str, int]]]:
    """Whom each attendee wishes for, dearest first, and the row; equal ranks as they stand."""
    found = defaultdict[str, list[tuple[int, str, int]]](list)
    for entry in entries:
        cell = entry.said.get("rank", "")
        rank = cells.whole_number(cell) if cell else LAST
        if not rank:
            problems.tell(entry.row, entry.columns.get("rank"), "no_rank", NO_RANK)
            continue
        found[entry.attendee].append((rank, entry.partner, entry.row))
    return {
        who: [(partner, row) for _, partner, row in sorted(ranked, key=lambda wish: wish[0])]
        for who, ranked in found.items()
    }


NO_RANK = "a rank is a whole number from 1: left out"


def _wants_of(
    attendee: Attendee,
    ranked: Sequence[tuple[str, int]],
    replace: bool,
    problems: ListProblems,
) -> tuple[Want, ...]:
    had = {want.id: want for want in attendee.wants}
    row_of = dict(reversed(ranked))
    names = dict.fromkeys(partner for partner, _ in ranked)
    wants = [had.get(partner) or Want(id=partner) for partner in names]
    if not replace:
        wants += [want for want in attendee.wants if want.id not in names]
    if len(wants) > limits.WANTS:
        row = row_of.get(wants[limits.WANTS].id)
        message = f"{attendee.id} would have {len(wants)} wishes: the first {limits.WANTS} are kept"
        problems.tell(row, None, "too_many", message)
    return tuple(wants[: limits.WANTS])
