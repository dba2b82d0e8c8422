"""Who welcomes a pitch of what, and who is served already: texts on the topics of their readers.

A text is on a topic if it holds all of its words or means it; a topic that the organiser names
stands for its phrases.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from schemas.event import Attendee
from solver.compatibility.people import Flags, Integers, People
from solver.meaning.meaning import Meaning

ON_TOPIC = 450
"""A text so similar to a topic, in permille, is on that topic."""


def is_unwelcome(room: People, owner: Integers, text: Integers, texts: Sequence[str]) -> Flags:
    """For each row, whether ``owner`` welcomes no pitch of what ``texts[text]`` says."""
    never = room.those(lambda a: a.welcomes_pitches is False)
    picky = room.those(lambda a: isinstance(a.welcomes_pitches, tuple))
    return never[owner] | picky[owner] & ~_on_own_topics(room, owner, text, texts, _welcome)


def is_served_already(room: People, owner: Integers, text: Integers, texts: Sequence[str]) -> Flags:
    """For each row, whether ``owner`` has what ``texts[text]`` says from somebody else."""
    return _on_own_topics(room, owner, text, texts, lambda attendee: attendee.already_served)


def _welcome(attendee: Attendee) -> Sequence[str]:
    welcomes = attendee.welcomes_pitches
    return welcomes if isinstance(welcomes, tuple) else ()


def _on_own_topics(
    room: People,
    owner: Integers,
    text: Integers,
    texts: Sequence[str],
    topics_of: Callable[[Attendee], Sequence[str]],
) -> Flags:
    """For each row, whether its text is on one of its owner's topics."""
    phrases, asked = room.meaning.phrases, np.zeros(room.people, np.bool_)
    asked[owner] = True
    own = [
        {p for topic in topics_of(a) for p in phrases(topic)} if ask else set()
        for a, ask in zip(room.attendees, asked.tolist(), strict=True)
    ]
    if not any(own):
        return np.zeros(len(owner), np.bool_)
    used, place = np.unique(text, return_inverse=True)
    on = on_topics(room.meaning, [texts[k] for k in used.tolist()], set().union(*own))
    pairs = [v * len(used) + k for v, mine in enumerate(own) for p in mine for k in on[p]]
    return np.isin(owner * len(used) + place, np.array(pairs, int))


def on_topics(
    meaning: Meaning, texts: Sequence[str], topics: Iterable[str]
) -> Mapping[str, set[int]]:
    """The places of the texts on each topic: they hold all of its words, or mean it."""
    topics = sorted(set(topics))
    spelled = [meaning.spelled(topic) for topic in topics]
    holding = defaultdict(set)
    for k, text in enumerate(texts):
        for word in text.split():
            holding[word].add(k)
    on = {
        topic: set.intersection(*(holding[word] for word in words.split()))
        for topic, words in zip(topics, spelled, strict=True)
    }
    found = meaning.alike(spelled, texts, ON_TOPIC)
    for place, k in zip(found.left.tolist(), found.right.tolist(), strict=True):
        on[topics[place]].add(k)
    return on
