"""Events that say everything an event can say, in texts that spreadsheets like to change."""

from typing import Any, get_args

from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.base import Id, Name, Text, Topic
from schemas.event import Event, Intent

NASTY = (
    "=1+1", "+49 170", "-3", "@SUM(A1)", "'quoted", "007", "1e5", "1, 2", "2-4", "TRUE", "yes",
    "No", "null", "[]", "{}", '"q"', '{"text": "x"}', '"open', "{open", "json:", "json:null",
    "a; b", ";", "a, b", "ada must", "ada soft", "_x0041_", "_x005F_x0041_", "_x000D_",
    "_X0041_", "__x0041_", "\u200bhidden", "e\u0301", "\U0001f469\u200d\U0001f467", "#N/A",
    "https://example.org", "Name", "Label: x", "a / ~b", "ID (continued)", "نور", "x" * 100,
    "\U0001f469" * 100, "a  b", "NaN", "find clients",
)  # fmt: skip
IDS = ("007", "=1+1", "a;b", "x,y", "json:1", '"a"', "{b}", "1-2", "yes", "Ada", "_x0041_", "é~1")
LANGUAGES = ("en", "de", "fr", "ca")


def _valid(kind: Any, text: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True


def texts(kind: Any, least: int = 1) -> st.SearchStrategy[str]:
    """Texts that are sound of a kind."""
    some = st.text(st.characters(exclude_categories=["C"]), min_size=least, max_size=12)
    return st.one_of(st.sampled_from(NASTY), some).filter(lambda text: _valid(kind, text))


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with any of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


def lists(values: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, max_size=most)


SHARES = st.integers(0, 1000).map(lambda permille: permille / 1000)
TOPICS = lists(texts(Topic))
COUNTS = st.integers(1, 2)


def windows(rounds: int) -> st.SearchStrategy[Any]:
    spans = st.tuples(st.integers(1, rounds), st.integers(1, rounds)).map(sorted)
    return lists(spans.map(lambda span: {"from": span[0], "to": span[1]}), 2)


def others(ids: list[str], own: str, mark: str) -> st.SearchStrategy[Any]:
    """People besides somebody, each once, with or without a mark."""

    def named(v: str) -> st.SearchStrategy[Any]:
        return st.just(v) | some(**{mark: st.booleans()}).map(lambda told: {"id": v, **told})

    chosen = st.lists(st.sampled_from([v for v in ids if v != own]), max_size=2, unique=True)
    return chosen.flatmap(lambda found: st.tuples(*map(named, found)).map(list))


def people(ids: list[str], rounds: int) -> st.SearchStrategy[Any]:
    def person(own: str) -> st.SearchStrategy[Any]:
        need = st.fixed_dictionaries(
            {"text": texts(Text)},
            optional={"weight": SHARES, "shown_to": st.sampled_from(["partners", "nobody"])},
        )
        return some(
            name=st.none() | st.just("") | texts(Name),
            organisation=st.none() | texts(Name, 0),
            email=st.sampled_from([None, "", "a@example.org", "=1@example.org", " b@example.org "]),
            offers=lists(texts(Text)),
            needs=lists(st.one_of(texts(Text), need)),
            intents=lists(st.sampled_from(get_args(Intent))),
            interests=TOPICS,
            client_types=TOPICS,
            welcomes_pitches=st.none() | st.booleans() | TOPICS,
            already_served=TOPICS,
            absent_rounds=lists(st.integers(1, rounds)),
            min_meetings=st.integers(0, 1),
            max_meetings=st.none() | st.integers(1, 5),
            max_in_a_row=st.none() | COUNTS,
            breaks=windows(rounds),
            priority=st.none() | st.integers(0, 1000),
            table=st.sampled_from([None, 4, [4], [5, 6]]),
            avoid=others(ids, own, "soft"),
            wants=others(ids, own, "must"),
            languages=lists(st.sampled_from(LANGUAGES)),
            known_share=st.none() | SHARES,
            restricted=st.just(False) | st.booleans(),
            labels=st.dictionaries(texts(Topic), texts(Name, 0), max_size=3),
        ).map(lambda fields: {"id": own, **fields})

    return st.tuples(*map(person, ids)).map(list)


def pairs(ids: list[str]) -> st.SearchStrategy[list[str]]:
    return st.permutations(ids).map(lambda order: order[:2])


def rules(ids: list[str], rounds: int) -> st.SearchStrategy[Any]:
    def met(pair: list[str]) -> st.SearchStrategy[Any]:
        said = lists(st.sampled_from(pair), 2)
        fields = some(
            reason=st.none() | texts(Text), events_ago=st.none() | st.integers(1, 9),
            valuable=said, not_valuable=said, would_refer=said,
        )  # fmt: skip
        return fields.map(lambda told: {"kind": "met", "pair": pair, **told})

    def forbidden(pair: list[str]) -> st.SearchStrategy[Any]:
        fields = some(reason=texts(Text), round=st.none() | st.integers(1, rounds))
        return fields.map(lambda told: {"kind": "forbid", "pair": pair, **told})

    return lists(pairs(ids).flatmap(lambda pair: st.one_of(met(pair), forbidden(pair))), 2)


def benefits(ids: list[str]) -> st.SearchStrategy[Any]:
    rows = st.dictionaries(pairs(ids).map(tuple), SHARES, max_size=3)
    return rows.map(
        lambda found: [{"attendee": i, "partner": j, "value": v} for (i, j), v in found.items()]
    )


def round_lists(count: int) -> st.SearchStrategy[Any]:
    fields = some(
        minutes=st.integers(1, 30), tables=st.none() | st.integers(6, 9),
        closed_tables=lists(st.integers(1, 3)),
    )  # fmt: skip
    plain = st.lists(fields, min_size=count, max_size=count)
    offsets = st.sampled_from(["", "Z", "+05:30"])
    timed = st.tuples(plain, offsets).map(
        lambda both: [
            {**one, "starts_at": f"2027-03-0{k + 1}T09:00:00.5{both[1]}"}
            for k, one in enumerate(both[0])
        ]
    )
    return plain | timed


GROUPS = lists(TOPICS, 2)
PAIRS = st.lists(st.tuples(texts(Topic), texts(Topic)), min_size=1, max_size=2)
POLICIES = some(
    idle=st.sampled_from(["fill", "leave"]), same_organisation=st.sampled_from(["forbid", "allow"]),
    max_in_a_row=st.none() | COUNTS, min_benefit=SHARES, max_changes=st.none() | st.integers(0, 9),
    stability=st.sampled_from([None, "strict"]), rematch=st.sampled_from(["forbid", "seldom"]),
    meet=st.none() | st.fixed_dictionaries({"label": texts(Topic), "pairs": PAIRS}),
)  # fmt: skip
MATCHING = some(
    synonyms=GROUPS, vetoes=GROUPS, contact_spheres=GROUPS,
    topics=lists(st.fixed_dictionaries({"name": texts(Topic)}, optional={"phrases": TOPICS}), 2),
    reason_weights=st.dictionaries(st.sampled_from(["served", "goal"]), SHARES),
    confirmed=lists(st.tuples(texts(Text), texts(Text)), 2),
)  # fmt: skip
WEIGHTS = some(triangles=st.none() | st.integers(0, 99), fairness=st.just(100))


def published(ids: list[str], rounds: int) -> st.SearchStrategy[Any]:
    meeting = st.fixed_dictionaries(
        {"table": st.integers(1, 9), "attendees": pairs(ids)},
        optional={"purpose_line": texts(Text), "why": lists(texts(Text)), "value": SHARES},
    )
    blocks = st.tuples(*(lists(meeting, 1) for _ in range(rounds))).map(
        lambda found: [{"round": k, "meetings": row} for k, row in enumerate(found, 1)]
    )
    return st.none() | blocks.map(lambda found: {"rounds": found, "version": 3})


@st.composite
def whole_events(draw: st.DrawFn) -> Event:
    """Any of the fields of an event, filled with anything."""
    ids = draw(st.lists(st.sampled_from(IDS), min_size=2, max_size=4, unique=True))
    rounds = draw(st.integers(1, 3))
    document = draw(
        some(
            name=texts(Name, 0), timezone=st.just("Europe/London"), policy=POLICIES,
            language=st.sampled_from(LANGUAGES), seed=st.integers(0, 2**31 - 1), weights=WEIGHTS,
            matching=MATCHING, benefits=benefits(ids), pair_rules=rules(ids, rounds),
            published=published(ids, rounds),
        )
    )  # fmt: skip
    document |= {"attendees": draw(people(ids, rounds)), "rounds": draw(round_lists(rounds))}
    if document.get("published"):
        document["held_rounds"] = draw(st.integers(0, rounds))
    return Event.model_validate_json(TypeAdapter(Any).dump_json(document))


assert all(_valid(Id, v) for v in IDS)
