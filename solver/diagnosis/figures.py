"""What the profiles of a room come to: who sells, who buys, who finds nobody, topic by topic.

Only those count who are there in some round, and only pairs who may meet. People are numbers,
their places in the order of ids; so are topics, in the order of names.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from solver.compatibility.consent import is_served_already, is_unwelcome
from solver.compatibility.evidence import SURE
from solver.compatibility.graph import Compatibility, profiled
from solver.compatibility.matches import Matches, Supply
from solver.compatibility.people import Flags, Integers
from solver.compatibility.reasons import KINDS, LEAST
from solver.compatibility.rows import direction_keys
from solver.compatibility.wishes import wishes_of
from solver.diagnosis.topics import NOWHERE, Topics
from solver.instance import Instance, share_a_round

SMALL_TALK = ("interest", "known")
"""Reasons to talk that nobody comes for alone."""


class Balance(NamedTuple):
    """Who offers something on a topic, who needs it, welcomes a pitch of it, finds nobody."""

    topic: int
    supply: Flags
    demand: Flags
    consented: Flags
    unmet: Flags


class Figures:
    """One room, counted; ``instance`` is of the same people, in the same order."""

    def __init__(self, graph: Compatibility, instance: Instance) -> None:
        self.graph, self.instance = graph, instance
        self.room = graph.scene.room
        self.topics = Topics(self.room, graph.event.matching.topics)
        self.here: Flags = np.any(instance.present, axis=1)

    @cached_property
    def sellers(self) -> Flags:
        """Those who came for clients and have something to sell."""
        return self.here & self.room.among("clients") & self._holding(self.room.offers.owner)

    @cached_property
    def needy(self) -> Flags:
        """Those who say that they need something."""
        return self.here & self._holding(self.room.needs.owner)

    @cached_property
    def served(self) -> Flags:
        """Those of them with a need that an offer here meets."""
        return self.here & self._holding(self.room.needs.owner[self.met])

    @cached_property
    def buyers(self) -> Flags:
        """Those of them who welcome a pitch of it."""
        pitched = self._supply.pitched
        chosen = self._possible(pitched) & ~pitched.refused
        return self.here & self._holding(self.room.needs.owner[pitched.need[chosen]])

    @cached_property
    def met(self) -> Flags:
        """For each need, whether an offer of somebody else here meets it."""
        found = self._supply.served
        met = np.zeros(len(self.room.needs.owner), np.bool_)
        met[found.need[self._possible(found)]] = True
        return met

    @cached_property
    def unmet(self) -> Flags:
        """For each need that matters to somebody here, whether no offer meets it."""
        needs = self.room.needs
        return ~self.met & (needs.weight > 0) & self.here[needs.owner]

    def nearest_offers(self, need: int, many: int) -> list[int]:
        """The offers nearest to a need, of people who may meet its owner, the nearest first."""
        found, needs, offers = self._supply.served, self.room.needs, self.room.offers
        mine = np.flatnonzero((found.need == need) & ~found.refused)
        owner = np.full(len(mine), needs.owner[need])
        mine = mine[self._may_meet(owner, offers.owner[found.offer[mine]])]
        nearest = mine[np.argsort(-found.worth[mine], kind="stable")[:many]]
        return [int(offer) for offer in found.offer[nearest]]

    @cached_property
    def public(self) -> Flags:
        """For each need, whether its owner lets others read it."""
        rows = zip(self.room.needs.owner.tolist(), self.room.needs.place.tolist(), strict=True)
        return np.array([not self.room.needs_of[v][k].private for v, k in rows], np.bool_)

    @cached_property
    def consented(self) -> Flags:
        """For each need, whether a pitch of it is welcome and nobody serves it already."""
        needs = self.room.needs
        rows = (needs.owner, needs.text, needs.texts)
        return ~is_unwelcome(self.room, *rows) & ~is_served_already(self.room, *rows)

    @cached_property
    def balances(self) -> list[Balance]:
        """Every topic, and who is on none (``NOWHERE``), last."""
        offers, needs = self.room.offers, self.room.needs

        def balance(topic: int) -> Balance:
            given, wanted = self.topics.of_offers == topic, self.topics.of_needs == topic
            return Balance(
                topic,
                self.here & self._holding(offers.owner[given]),
                self.here & self._holding(needs.owner[wanted]),
                self.here & self._holding(needs.owner[wanted & self.consented]),
                self._holding(needs.owner[wanted & self.unmet]),
            )

        return [balance(topic) for topic in (*range(len(self.topics.all)), NOWHERE)]

    @cached_property
    def partners(self) -> Integers:
        """How many people each may meet in some round."""
        i, j = self.pairs
        free = self.instance.permissions.of_pairs(i, j)
        return self._degree(i[free], j[free])

    @cached_property
    def chances(self) -> Integers:
        """How many different partners each could have; of another organisation one (H9)."""
        companies = self.instance.companies
        if companies is None:
            return self.partners
        i, j = self.pairs
        free = self.instance.permissions.of_pairs(i, j)
        i, j = np.r_[i[free], j[free]], np.r_[j[free], i[free]]
        colleagues = companies.house[i] == companies.house[j]
        room = int(companies.house.max(initial=0)) + 1
        whom = np.where(colleagues, room + j, companies.house[j])
        different = np.unique(i * (room + len(self.here)) + whom)
        return np.bincount(different // (room + len(self.here)), minlength=len(self.here))

    @cached_property
    def understood(self) -> Integers:
        """With how many people each shares a language, or need not."""
        i, j = self.pairs
        permissions = self.instance.permissions
        spoken = permissions.understand[permissions.language[i], permissions.language[j]]
        return self._degree(i[spoken], j[spoken])

    @cached_property
    def gaining(self) -> Flags:
        """Those who gain something of substance from somebody whom they may meet."""
        return self._holding(self._substance[0])

    @cached_property
    def giving(self) -> Flags:
        """Those from whom somebody gains something of substance."""
        return self._holding(self._substance[1])

    @cached_property
    def silent(self) -> Flags:
        """Those of whom nothing is known: no profile, and no benefit either way."""
        benefits = self.instance.benefits
        known = self._holding(np.concatenate([benefits.source, benefits.target]))
        return self.here & ~known & ~self.room.those(profiled)

    @cached_property
    def sought_after(self) -> Flags:
        """Those wished for by more people than they can meet."""
        number, people = self.graph.number, self.room.attendees
        asked = [(number[w.attendee], number[w.partner]) for w in wishes_of(people)]
        i, j = np.array(asked, np.int64).reshape(-1, 2).T
        counts = np.bincount(j[self._may_meet(i, j)], minlength=self.room.people)
        return self.here & (counts > np.array(self.instance.most, np.int64))

    @cached_property
    def unasked(self) -> Flags:
        """Those who gave no preferences, and from whom somebody who did would gain."""
        i, j = self._substance
        spoken = ~self.graph.silent[i]
        return self.here & self.graph.silent & self._holding(j[spoken])

    @property
    def _supply(self) -> Supply:
        everybody = np.ones(self.room.people, np.bool_)
        return self.graph.scene.supply(everybody, everybody)

    @cached_property
    def _substance(self) -> tuple[Integers, Integers]:
        """Who gains from whom, small talk left out."""
        benefits, least = self.instance.benefits, max(LEAST, self.instance.prices.floor)
        enough = benefits.value >= least
        i, j = benefits.source[enough], benefits.target[enough]
        kept = self._may_meet(i, j) & ~np.isin(i * self.room.people + j, self._small_talk)
        return i[kept], j[kept]

    @cached_property
    def _small_talk(self) -> Integers:
        """The directions that rest on nothing else, and are not given by the organiser."""
        found, people = self.graph.found, self.room.people
        if not len(found.value):
            return np.zeros(0, np.int64)
        talk = np.isin(found.kind, [KINDS.index(kind) for kind in SMALL_TALK])
        substance = ~talk & ~found.refused & (found.value >= LEAST)
        keys = direction_keys(found, people)  # in order, those of one direction together
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        only = keys[starts[~np.logical_or.reduceat(substance, starts)]]
        number = self.graph.number
        given = [number[b.attendee] * people + number[b.partner] for b in self.graph.event.benefits]
        return np.setdiff1d(only, np.array(given, np.int64))

    def _possible(self, found: Matches) -> Flags:
        """The matches that are more than a hint, of people who may meet."""
        needs, offers = self.room.needs, self.room.offers
        sure = found.worth * 1000 >= SURE * needs.weight[found.need]
        return sure & self._may_meet(needs.owner[found.need], offers.owner[found.offer])

    def _may_meet(self, i: Integers, j: Integers) -> Flags:
        free = self.instance.permissions.of_pairs(i, j)
        return free & share_a_round(self.instance.present, i, j)

    @cached_property
    def pairs(self) -> tuple[Integers, Integers]:
        """Any two people who share a round."""
        i, j = np.triu_indices(self.room.people, 1)
        together = share_a_round(self.instance.present, i, j)
        return i[together], j[together]

    def _degree(self, i: Integers, j: Integers) -> Integers:
        return np.bincount(np.concatenate([i, j]), minlength=self.room.people)

    def _holding(self, owner: Integers) -> Flags:
        """The people who are named."""
        held = np.zeros(self.room.people, np.bool_)
        held[owner] = True
        return held
