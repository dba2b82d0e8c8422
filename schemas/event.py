"""The event: who comes, what each offers and needs, the rounds, and the organiser's rules."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import Annotated, Any, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    GetPydanticSchema,
    StringConstraints,
    Tag,
    ValidationInfo,
    model_validator,
)

from schemas import limits
from schemas.base import (
    Id,
    Name,
    Objection,
    Pair,
    RoundNumber,
    Seed,
    SentParts,
    Stability,
    TableNumber,
    Text,
    Thousandths,
    Topic,
    Wire,
    first_of_each,
    refuse,
)
from schemas.benefits import BenefitColumns, Benefits
from schemas.breaks import Break, Breaks, MaxInARow
from schemas.clock import LAST_YEAR, LocalTime, TimeZone, instant, misplaced, series
from schemas.language import Language
from schemas.schedule import Schedule
from schemas.text import AROUND, ISOLATES, Described, plain_text, tidy_text

PLAIN, OBJECT = "(plain)", "(object)"
"""Names of the two shapes a field may take; never part of a pointer shown to a caller."""
MOST_FINDINGS = 20
"""So many things that are wrong with a document are told."""

Intent = Literal[
    "clients", "suppliers", "referrals", "mentor", "mentee", "hiring", "job",
    "investing", "raising", "learning", "teaching", "helping", "friends",
]  # fmt: skip


class Round(Wire):
    """One slot of the day; without ``tables`` there are half as many as attendees."""

    starts_at: LocalTime | None = None
    """When it starts. Left out: rounds have no times, only an order."""
    minutes: Annotated[int, Field(ge=1, le=limits.MINUTES)] = 10
    """How long it lasts. Left out: 10."""
    tables: TableNumber | None = None
    """How many tables there are, numbered from 1. Left out: half as many as attendees."""
    closed_tables: Annotated[tuple[TableNumber, ...], Field(max_length=10_000)] = ()
    """Numbers of tables at which nobody sits in this round. Left out: none."""


class RoundSeries(Wire):
    """Rounds of equal length, one after the other."""

    count: Annotated[int, Field(ge=1, le=limits.ROUNDS)]
    """How many rounds there are."""
    first_starts_at: LocalTime | None = None
    """When the first round starts. Left out: rounds have no times."""
    minutes: Annotated[int, Field(ge=1, le=limits.MINUTES)] = 10
    """How long each round lasts. Left out: 10."""
    break_minutes: Annotated[int, Field(ge=0, le=limits.MINUTES)] = 0
    """Minutes from the end of a round to the start of the next. Left out: 0."""
    tables: TableNumber | None = None
    """How many tables each round has. Left out: half as many as attendees."""
    closed_tables: Annotated[tuple[TableNumber, ...], Field(max_length=10_000)] = ()
    """Numbers of tables at which nobody ever sits. Left out: none."""

    @model_validator(mode="after")
    def _of_this_age(self) -> Self:
        last = self.starts()[-1]
        if last and last.year > LAST_YEAR:
            message = f"the last of these rounds would start after the year {LAST_YEAR}"
            refuse("RoundSeries", [Objection(("first_starts_at",), "year", message)])
        return self

    def starts(self) -> list[datetime | None]:
        """When each round starts, if that is known."""
        return series(self.first_starts_at, self.count, self.minutes + self.break_minutes)


class Offer(Wire):
    """What somebody brings, in their own words."""

    text: Text
    """What somebody brings, in their own words."""


class Need(Wire):
    """What somebody looks for, how much it matters, and who may read it."""

    text: Text
    """What somebody looks for, in their own words."""
    weight: Thousandths = 1.0
    """How much it matters: 1 as much as a need can, 0 not at all. Left out: 1."""
    shown_to: Literal["partners", "nobody"] = "partners"
    """Who may read it: `partners` whom they meet, or `nobody`. Left out: `partners`."""


class Want(Wire):
    """Somebody whom an attendee would like to meet; ``must`` makes the wish as strong as can be.

    A wish is never a rule: it lifts none, and nobody else is told of it unless it is returned.
    """

    id: Id
    """Whom they would like to meet."""
    must: bool = False
    """Whether the wish is worth 1.000 whatever its place in the list. Left out: no."""


def _plain_or_object(value: Any) -> str:
    return PLAIN if isinstance(value, str) else OBJECT


def _flag_or_list(value: Any) -> str:
    return OBJECT if isinstance(value, list | tuple) else PLAIN


def _offer(value: Offer | str) -> Offer:
    return Offer(text=value) if isinstance(value, str) else value


def _need(value: Need | str) -> Need:
    return Need(text=value) if isinstance(value, str) else value


def _want(value: Want | str) -> Want:
    return Want(id=value) if isinstance(value, str) else value


OfferOrText = Annotated[
    Annotated[Offer, Tag(OBJECT)] | Annotated[Text, Tag(PLAIN)],
    Discriminator(_plain_or_object),
    AfterValidator(_offer),
]
NeedOrText = Annotated[
    Annotated[Need, Tag(OBJECT)] | Annotated[Text, Tag(PLAIN)],
    Discriminator(_plain_or_object),
    AfterValidator(_need),
]
Offers = Annotated[
    tuple[Annotated[Offer, GetPydanticSchema(lambda _, schema: schema(OfferOrText))], ...],
    Field(max_length=limits.TEXTS),
]
Needs = Annotated[
    tuple[Annotated[Need, GetPydanticSchema(lambda _, schema: schema(NeedOrText))], ...],
    Field(max_length=limits.TEXTS),
]
WantOrId = Annotated[
    Annotated[Want, Tag(OBJECT)] | Annotated[Id, Tag(PLAIN)],
    Discriminator(_plain_or_object),
    AfterValidator(_want),
]
Wants = Annotated[
    tuple[Annotated[Want, GetPydanticSchema(lambda _, schema: schema(WantOrId))], ...],
    Field(max_length=limits.WANTS),
]
Topics = Annotated[tuple[Topic, ...], Field(max_length=limits.TAGS)]
Welcomes = Annotated[
    Annotated[Topics, Tag(OBJECT)] | Annotated[bool, Tag(PLAIN)], Discriminator(_flag_or_list)
]


def _each_once(languages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(languages))


Languages = Annotated[
    tuple[Language, ...], Field(max_length=limits.TAGS), AfterValidator(_each_once)
]
ADDRESS = r'[^\s\p{C}@<>",;:]+@[^\s\p{C}@<>",;:]+'


EMAIL_FORM = f"^{ADDRESS}$"


def _address_or_none(value: Any) -> Any:
    """An address without what surrounds it in a form or a spreadsheet; an empty one is none."""
    return (tidy_text(value) or None) if isinstance(value, str) else value


Email = Annotated[
    Annotated[
        str,
        StringConstraints(max_length=limits.EMAIL, pattern=EMAIL_FORM),
        Described({"pattern": f"^[{AROUND}{ISOLATES}]*(?:{ADDRESS}[{AROUND}{ISOLATES}]*)?$"}),
    ]
    | None,
    BeforeValidator(_address_or_none),
]


class Avoided(Wire):
    """Somebody not to meet; with ``soft`` only if there is nothing better."""

    id: Id
    """Whom they would not like to meet."""
    soft: bool = False
    """Whether they may meet if nothing else is as good. Left out: no, they never meet."""


def _object_or_plain(value: Any) -> str:
    return OBJECT if isinstance(value, dict | Avoided) else PLAIN


AvoidedOrId = Annotated[
    Annotated[Avoided, Tag(OBJECT)] | Annotated[Id, Tag(PLAIN)], Discriminator(_object_or_plain)
]
TableOrTables = Annotated[
    Annotated[tuple[TableNumber, ...], Field(min_length=1, max_length=limits.TAGS), Tag(OBJECT)]
    | Annotated[TableNumber, Tag(PLAIN)],
    Discriminator(_flag_or_list),
]


USUAL = 100
"""How much the satisfaction of somebody counts who says nothing of it, in percent."""


def _usual_if_none(priority: int | None) -> int:
    return USUAL if priority is None else priority


Priority = Annotated[Annotated[int, Field(ge=0, le=1000)] | None, AfterValidator(_usual_if_none)]


class Attendee(Wire):
    """A person. Only ``id`` is necessary; name and e-mail address play no part in solving."""

    id: Id
    """The caller's own id of the person; two people never share one."""
    name: Name | None = None
    """What people read. Left out: the id is shown instead."""
    organisation: Name | None = None
    """Two people of one organisation do not meet unless the policy allows it; case and outer
    blanks make no difference. Left out: of no organisation."""
    email: Email = None
    """Two people with one address are one person registered twice, and do not meet. Left out:
    unknown, and not needed."""
    offers: Offers = ()
    """What they bring: texts, or objects with a `text`. Left out: nothing."""
    needs: Needs = ()
    """What they look for: texts, or objects with `weight` and `shown_to`. Left out: nothing."""
    intents: Annotated[tuple[Intent, ...], Field(max_length=limits.TAGS)] = ()
    """What they come for. Left out: `clients`, `suppliers` and `referrals` are assumed."""
    interests: Topics = ()
    """What they like to talk about; shared interests are a small reason to meet. Left out:
    none."""
    client_types: Topics = ()
    """Whom they serve; who serves the same with other offers is a referral partner. Left out:
    unknown."""
    welcomes_pitches: Welcomes | None = None
    """`false`: nobody may pitch to them; `true`: everybody; a list: on these topics. Left out:
    on the topics of their own needs."""
    already_served: Topics = ()
    """Topics on which they have a supplier: nobody pitches these to them. Left out: none."""
    absent_rounds: Annotated[tuple[RoundNumber, ...], Field(max_length=limits.ROUNDS)] = ()
    """Numbers of the rounds they miss, from 1. Left out: they are there all day."""
    min_meetings: Annotated[int, Field(ge=0, le=limits.ROUNDS)] = 0
    """The fewest meetings they may have; if it cannot be, the event is infeasible. Left out:
    0."""
    max_meetings: Annotated[int, Field(ge=0, le=limits.ROUNDS)] | None = None
    """The most meetings they may have. Left out: one in each round."""
    max_in_a_row: MaxInARow | None = None
    """After so many meetings they need a round without one. Left out: as the policy says."""
    breaks: Breaks = ()
    """Windows of rounds: of each they have no meeting in one round at least. Left out: as the
    policy says."""
    priority: Priority = USUAL
    """How much their satisfaction counts, in percent. Left out: 100."""
    table: TableOrTables | None = None
    """A table number, or a list of which each will do: they meet nowhere else. Left out: any
    table."""
    avoid: Annotated[tuple[AvoidedOrId, ...], Field(max_length=limits.AVOID)] = ()
    """Whom they do not meet: ids, or objects with `soft`. Left out: nobody."""
    wants: Wants = ()
    """Whom they would like to meet, dearest first: ids, or objects with `must`. A wish lifts no
    rule. Left out: nobody in particular."""
    languages: Languages = ()
    """What they speak: codes, names or tags; they come back as codes of ISO 639. Two people
    without a common one do not meet. Left out: they can talk to all."""
    known_share: Thousandths | None = None
    """The share of people they know already whom they wish to meet, 0 to 1. Left out: 0.5,
    which changes nothing."""
    restricted: bool = False
    """Whether they asked to be left out of matching: they stay on the list, nothing they wrote is
    compared, and they miss every round. Left out: no."""
    labels: Annotated[dict[Topic, Name], Field(max_length=limits.TAGS)] = Field(
        default_factory=dict
    )
    """Anything else that is to be kept with the person, by name; `policy.meet` may go by one.
    Left out: none."""

    @property
    def avoided(self) -> tuple[str, ...]:
        """Ids of those never to be met."""
        soft = set(self.rather_avoided)
        return tuple(other for other in each_avoided(self) if other not in soft)

    @property
    def rather_avoided(self) -> tuple[str, ...]:
        """Ids of those to be met only if there is nothing better, each once."""
        soft = (other.id for other in self.avoid if isinstance(other, Avoided) and other.soft)
        return tuple(dict.fromkeys(soft))

    @property
    def places(self) -> frozenset[int]:
        """The tables this person has to sit at; empty for any."""
        given = () if self.table is None else self.table
        return frozenset((given,) if isinstance(given, int) else given)


def each_avoided(attendee: Attendee) -> tuple[str, ...]:
    """Ids of everybody in ``avoid``, in its order."""
    return tuple(other if isinstance(other, str) else other.id for other in attendee.avoid)


SAID_OF_MEETING = ("valuable", "not_valuable", "would_refer")
"""What each of a pair may have said of their meeting: the fields of a rule `met`."""


class PairRule(Wire):
    """A pair that must not meet, must meet, or met at an earlier event.

    A pair that met at several events may have a rule for each; whoever of the two is in none of its
    lists has said nothing of the meeting.
    """

    kind: Literal["forbid", "require", "met"]
    """`forbid`: the two do not meet; `require`: they do; `met`: they did at an earlier
    event."""
    pair: Pair
    """The ids of the two."""
    reason: Text | None = None
    """Why, for whoever reads the rules. Left out: no reason is told."""
    round: RoundNumber | None = None
    """Of `require`: the round in which they meet; of `forbid`: the one round in which they do not.
    Left out: any round."""
    table: TableNumber | None = None
    """Of `require` with `round`: the table at which they meet. Left out: any table."""
    events_ago: Annotated[int, Field(ge=1, le=limits.EVENTS_AGO)] | None = None
    """Of `met`: how many events ago, 1 for the last one. Left out: 1."""
    valuable: Annotated[tuple[Id, ...], Field(max_length=2)] = ()
    """Of `met`: who of the two found it valuable. Left out: nobody said so."""
    not_valuable: Annotated[tuple[Id, ...], Field(max_length=2)] = ()
    """Of `met`: who of the two did not find it valuable. Left out: nobody said so."""
    would_refer: Annotated[tuple[Id, ...], Field(max_length=2)] = ()
    """Of `met`: who of the two would refer the other. Left out: nobody said so."""


class Weights(Wire):
    """Prices in percent; what is left out takes the default of the event's size and policy."""

    triangles: Annotated[int, Field(ge=0, le=limits.WEIGHT)] | None = None
    """What closed triangles count, in percent. Left out: 75, or less for many rounds: 300 over
    the rounds less one."""
    fairness: Annotated[int, Field(ge=0, le=limits.WEIGHT)] | None = None
    """What everybody's satisfaction counts, in percent. Left out: 100."""
    byes: Annotated[int, Field(ge=0, le=limits.WEIGHT)] | None = None
    """What rounds without a meeting cost, in percent. Left out: 50; always 0 with `idle:
    leave`."""


GroupPair = tuple[Topic, Topic]


class Meet(Wire):
    """Who may meet whom, by the values of a label: buyers suppliers, mentors students.

    Only people whose values are one of the ``pairs`` may meet, in either order; whoever has no
    such label may meet anyone, or nobody.
    """

    label: Topic
    """The label by which people are told apart, such as `role`."""
    pairs: Annotated[tuple[GroupPair, ...], Field(min_length=1, max_length=limits.TAGS)]
    """Pairs of its values that may meet, in either order; twice the same value allows meetings
    within."""
    unlabelled: Literal["anyone", "nobody"] = "anyone"
    """Whom people without the label may meet: `anyone` or `nobody`. Left out: `anyone`."""


class Policy(Wire):
    """The organiser's choices."""

    idle: Literal["fill", "leave"] = "fill"
    """`fill`: idle seats are filled with open conversations; `leave`: only meetings that are
    good for both, or required, or of a triangle. Left out: `fill`."""
    same_organisation: Literal["forbid", "allow"] = "forbid"
    """Whether people of one organisation may meet. Left out: `forbid`."""
    per_organisation: Literal["any", "one_each", "one_pair"] = "any"
    """`one_each`: nobody meets two people of one other organisation; `one_pair`: two
    organisations meet once at most. Left out: `any`."""
    max_in_a_row: MaxInARow | None = None
    """After so many meetings everybody needs a round without one. Left out: no limit."""
    breaks: Breaks = ()
    """Windows of rounds: of each everybody has no meeting in one round at least. Left out:
    none."""
    meet: Meet | None = None
    """Who may meet whom by a label. Left out: everybody may meet everybody."""
    rematch: Literal["forbid", "allow", "seldom"] = "forbid"
    """Whether pairs that met at an earlier event meet again: `forbid`, `allow`, or `seldom`,
    where nothing newer is as good. Left out: `forbid`."""
    min_benefit: Thousandths = 0.05
    """What both must gain from a meeting for it to be mutual, 0 to 1. Left out: 0.050."""
    stability: Stability | None = None
    """What becomes of published meetings when the plan changes: `strict` keeps all that can be
    kept, `balanced` breaks them at a price, `free` at none. Left out:
    `balanced` once a version is published, `strict` from the start of round 1 on."""
    max_changes: Annotated[int, Field(ge=0, le=limits.CHANGES)] | None = None
    """The most published meetings that may be broken by choice. Left out: no limit."""
    publish: Literal["auto", "manual"] = "auto"
    """Whether repairs of a published schedule are published at once: `auto`, or by hand:
    `manual`. Left out: `auto`."""
    silent: Literal["wanted", "none"] = "wanted"
    """What becomes of people who say nothing of themselves: `wanted` by those who gain from
    them, or `none`. Left out: `wanted`."""


ReasonKind = Literal[
    "served", "client", "goal", "referral", "interest", "known", "wished", "wanted"
]
Group = Annotated[tuple[Topic, ...], Field(max_length=limits.TAGS)]
Groups = Annotated[tuple[Group, ...], Field(max_length=limits.MATCHING_ROWS)]
TextPair = tuple[Text, Text]
"""A need and an offer, as they were written."""
TextPairs = Annotated[tuple[TextPair, ...], Field(max_length=limits.MATCHING_ROWS)]


class NamedTopic(Wire):
    """A topic under the organiser's name: whatever holds or means one of its phrases."""

    name: Topic
    """What the topic is called."""
    phrases: Annotated[tuple[Topic, ...], Field(max_length=limits.TAGS)] = ()
    """Words that belong to it: texts that hold or mean one are about the topic. Left out: the
    name alone."""


class Matching(Wire):
    """How texts become benefits, in the organiser's words.

    Phrases of a group in ``synonyms`` mean the same, of one in ``vetoes`` never do. A group in
    ``contact_spheres`` holds professions that refer business to each other; any group replaces
    the table that ships. ``topics`` name what texts are about. Of the needs and offers in
    ``confirmed`` somebody has said that the one meets the other, of those in ``denied`` that it
    does not.
    """

    synonyms: Groups = ()
    """Groups of phrases that mean the same. Left out: none besides what is known."""
    vetoes: Groups = ()
    """Groups of phrases of which no two mean the same. Left out: none."""
    contact_spheres: Groups = ()
    """Groups of professions that refer business to each other. Left out: the table that ships;
    any group replaces it."""
    topics: Annotated[tuple[NamedTopic, ...], Field(max_length=limits.MATCHING_ROWS)] = ()
    """Topics under your own names. Left out: topics are found in the texts."""
    reason_weights: dict[ReasonKind, Thousandths] = Field(default_factory=dict)
    """How much each kind of reason counts, 0 to 1; 0 switches it off. Left out: 1 each."""
    confirmed: TextPairs = ()
    """Pairs of a need and an offer of which somebody said that the one meets the other. Left
    out: none."""
    denied: TextPairs = ()
    """Pairs of a need and an offer of which somebody said that the one does not meet the other.
    Left out: none."""

    @model_validator(mode="after")
    def _of_one_mind(self) -> Self:
        refuse("Matching", islice(_contradictions(self), MOST_FINDINGS))
        return self


def _contradictions(matching: Matching) -> Iterator[Objection]:
    """Pairs that are confirmed and denied."""
    places = {plain_pair(pair): k for k, pair in enumerate(matching.confirmed)}
    for k, pair in enumerate(matching.denied):
        place = places.get(plain_pair(pair))
        if place is not None:
            message = f"this pair is /matching/confirmed/{place} as well: drop one of them"
            yield Objection(("denied", k), "confirmed_and_denied", message)


def plain_pair(pair: Iterable[str]) -> tuple[str, ...]:
    """A need and an offer in one spelling: what tells their pair from others."""
    return tuple(map(plain_text, pair))


def _rounds(value: tuple[Round, ...] | RoundSeries) -> tuple[Round, ...]:
    if not isinstance(value, RoundSeries):
        return value
    return tuple(
        Round(
            starts_at=start,
            minutes=value.minutes,
            tables=value.tables,
            closed_tables=value.closed_tables,
        )
        for start in value.starts()
    )


def _list_or_series(value: Any) -> str:
    return OBJECT if isinstance(value, dict | RoundSeries) else PLAIN


RoundsOrSeries = Annotated[
    Annotated[RoundSeries, Tag(OBJECT)]
    | Annotated[tuple[Round, ...], Field(min_length=1, max_length=limits.ROUNDS), Tag(PLAIN)],
    Discriminator(_list_or_series),
    AfterValidator(_rounds),
]
Rounds = Annotated[tuple[Round, ...], GetPydanticSchema(lambda _, schema: schema(RoundsOrSeries))]


class Event(Wire):
    """An event as a tool sends it; only ``rounds`` and each attendee's ``id`` are needed.

    A series of rounds is written out on arrival, so that ``rounds`` is always a list.
    With ``published`` and ``held_rounds`` the event asks for a replan of that schedule.
    ``language`` is what its schedule and its boards are written in, and what attendees read who
    speak none of the languages that the service knows words of.
    """

    name: Name = ""
    """What the event is called. Left out: it has no name."""
    timezone: TimeZone = "UTC"
    """The IANA name of the zone in which times are local. Left out: `UTC`."""
    rounds: Rounds
    """A list of rounds, or an object with `count` for rounds of equal length. It comes back as
    a list."""
    attendees: Annotated[tuple[Attendee, ...], Field(max_length=limits.ATTENDEES)] = ()
    """Who comes. Left out: nobody yet."""
    benefits: Benefits = ()
    """What people gain by meeting others, each direction for itself; a row replaces what is
    computed from profiles. Left out: all is computed."""
    pair_rules: Annotated[tuple[PairRule, ...], Field(max_length=limits.PAIR_RULES)] = ()
    """Pairs that must not meet, must meet, or met before. Left out: none."""
    weights: Weights = Weights()
    """What triangles, fairness and byes count. Left out: the defaults of each."""
    policy: Policy = Policy()
    """The organiser's choices. Left out: the defaults of each."""
    matching: Matching = Matching()
    """How texts become benefits. Left out: as Tertius reads them."""
    language: Language = "en"
    """The language of the schedule and the boards, and of whoever speaks none that has words
    here. Left out: `en`."""
    seed: Seed = 0
    """Any number; with the same one the same work gives the same schedule. Left out: 0."""
    held_rounds: Annotated[int, Field(ge=0, le=limits.ROUNDS)] = 0
    """How many rounds are over or running; they stay as they are in `published`. Left out:
    0."""
    published: Schedule | None = None
    """The schedule that people know, to be replanned from. Left out: planned afresh."""

    @model_validator(mode="after")
    def _restricted(self) -> Self:
        if any(row.restricted for row in self.attendees):
            every = tuple(range(1, len(self.rounds) + 1))
            missed = {"absent_rounds": every}
            rows = (r.model_copy(update=missed) if r.restricted else r for r in self.attendees)
            object.__setattr__(self, "attendees", tuple(rows))  # frozen, and not shown yet
        return self

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        is_sent = isinstance(info.context, SentParts) and info.context.rounds
        refuse("Event", _findings(self, _overlaps(self) if is_sent else ()))
        return self


def without_words_of_restricted(event: Event) -> Event:
    """The event as it is compared: of whoever is restricted there is hardly more than the id."""
    if not any(row.restricted for row in event.attendees):
        return event
    rows = tuple(map(_without_words_if_restricted, event.attendees))
    return event.model_copy(update={"attendees": rows})


def _without_words_if_restricted(row: Attendee) -> Attendee:
    if not row.restricted:
        return row
    return Attendee(id=row.id, absent_rounds=row.absent_rounds, restricted=True)


def _findings(event: Event, more: Iterable[Objection]) -> list[Objection]:
    """The first findings of every kind of check; names of others are told by their place."""
    found: list[Objection] = list(islice(more, MOST_FINDINGS))
    ids = {attendee.id for attendee in event.attendees}
    for check in (
        _rounds_findings,
        _attendee_findings,
        _policy_findings,
        _place_findings,
        _benefit_findings,
        _rule_findings,
        _pin_findings,
    ):
        found.extend(islice(first_of_each(check(event, ids)), MOST_FINDINGS - len(found)))
    found.extend(islice(_published_findings(event, ids), MOST_FINDINGS - len(found)))
    return found


def _rounds_findings(event: Event, _: AbstractSet[str]) -> Iterator[Objection]:
    if message := too_many_rounds(len(event.rounds), len(event.attendees)):
        yield Objection(("rounds",), "too_many_rounds", message)
    for k, start in enumerate(r.starts_at for r in event.rounds):
        if start and (problem := misplaced(start, event.timezone)):
            yield Objection(("rounds", k, "starts_at"), "clock_change", problem)
    for one, other in _successive_rounds(event):
        if other.start <= one.start:
            message = f"round {other.number} must start after round {one.number}"
            yield Objection(("rounds", other.number - 1, "starts_at"), "order", message)


def too_many_rounds(rounds: int, attendees: int) -> str | None:
    """Say why an event of so many attendees cannot have so many rounds; None if it can."""
    if rounds <= limits.ROUNDS_OF_MANY or rounds * attendees < limits.PLACES:
        return None
    return (
        f"beyond {limits.ROUNDS_OF_MANY} rounds, attendees times rounds must be below"
        f" {limits.PLACES:,}: here it is {rounds * attendees:,}"
    )


class _TimedRound(NamedTuple):
    """A round of which it is known when it starts and ends, as instants."""

    number: int
    start: datetime
    end: datetime


def _successive_rounds(event: Event) -> Iterator[tuple[_TimedRound, _TimedRound]]:
    """Of the rounds with times, each and the next."""
    starts = [
        (k, instant(one.starts_at, event.timezone), timedelta(minutes=one.minutes))
        for k, one in enumerate(event.rounds, 1)
        if one.starts_at is not None
    ]
    return pairwise(_TimedRound(k, start, start + length) for k, start, length in starts)


def _overlaps(event: Event) -> Iterator[Objection]:
    """Rounds that have started when the one before them ends."""
    zone = ZoneInfo(event.timezone)
    for one, other in _successive_rounds(event):
        if one.start < other.start < one.end:
            at, end = (when.astimezone(zone) for when in (other.start, one.end))
            changed = at.utcoffset() != one.start.astimezone(zone).utcoffset()
            message = (
                f"round {other.number} starts at {at:%H:%M}, before round {one.number} ends at"
                f" {end:%H:%M}" + (": clocks change between the two" if changed else "")
            )
            yield Objection(("rounds", other.number - 1, "starts_at"), "overlap", message)


def _attendee_findings(event: Event, ids: AbstractSet[str]) -> Iterator[Objection]:
    seen: dict[str, int] = {}
    for k, attendee in enumerate(event.attendees):
        at = ("attendees", k)
        first = seen.setdefault(attendee.id, k)
        if first != k:
            message = f"the id of /attendees/{first} again: ids must differ"
            yield Objection((*at, "id"), "duplicate_id", message)
        for place, number in enumerate(attendee.absent_rounds):
            if number > len(event.rounds):
                message = f"there are {len(event.rounds)} rounds"
                yield Objection((*at, "absent_rounds", place), "unknown_round", message)
        yield from _windows_findings(event, (*at, "breaks"), attendee.breaks)
        for place, avoided in enumerate(attendee.avoid):
            plain = isinstance(avoided, str)
            other = avoided if isinstance(avoided, str) else avoided.id
            where = (*at, "avoid", place) if plain else (*at, "avoid", place, "id")
            if other == attendee.id:
                yield Objection(where, "self", "nobody can avoid themselves")
            elif other not in ids:
                yield Objection(where, *UNKNOWN)
        yield from _wish_findings(attendee, ids, at)
        highest = attendee.max_meetings
        if highest is not None and attendee.min_meetings > highest:
            message = f"min_meetings must be at most max_meetings, {highest}"
            yield Objection((*at, "min_meetings"), "above_maximum", message)


def _windows_findings(
    event: Event, at: tuple[str | int, ...], breaks: tuple[Break, ...]
) -> Iterator[Objection]:
    for k, one in enumerate(breaks):
        if one.last > len(event.rounds):
            yield Objection(
                (*at, k, "to"), "unknown_round", f"there are {len(event.rounds)} rounds"
            )


def _policy_findings(event: Event, _: AbstractSet[str]) -> Iterator[Objection]:
    yield from _windows_findings(event, ("policy", "breaks"), event.policy.breaks)


def _place_findings(event: Event, _: AbstractSet[str]) -> Iterator[Objection]:
    """Sets of tables that overlap although none holds the other: then counting is not enough."""
    sets = {a.places: k for k, a in reversed(list(enumerate(event.attendees))) if a.places}
    owner: dict[int, frozenset[int]] = {}
    for tables in sorted(sets, key=lambda tables: (-len(tables), sorted(tables))):
        # the smallest set so far that has each table: all the same set, or none at all
        around = {owner.get(table) for table in tables}
        if len(around) > 1:
            other = next(one for one in around if one is not None)
            message = (
                f"these tables and those of /attendees/{sets[other]} overlap: let one list hold"
                " the other, or let them share no table"
            )
            yield Objection(("attendees", sets[tables], "table"), "tables_overlap", message)
            continue
        owner.update(dict.fromkeys(tables, tables))


def _wish_findings(
    attendee: Attendee, ids: AbstractSet[str], at: tuple[str | int, ...]
) -> Iterator[Objection]:
    """Wishes for oneself, for somebody twice, or for nobody of this event."""
    first: dict[str, int] = {}
    for place, want in enumerate(attendee.wants):
        where = (*at, "wants", place)
        if want.id == attendee.id:
            yield Objection(where, "self", "nobody can wish for themselves")
        elif first.setdefault(want.id, place) != place:
            message = f"the same person as place {first[want.id]} of this list: name each once"
            yield Objection(where, "duplicate_wish", message)
        elif want.id not in ids:
            yield Objection(where, *UNKNOWN)


def _benefit_findings(event: Event, ids: AbstractSet[str]) -> Iterator[Objection]:
    if isinstance(event.benefits, BenefitColumns):
        return  # nothing is wrong with rows that are kept by column
    seen: set[tuple[str, str]] = set()
    for k, row in enumerate(event.benefits):
        if row.attendee not in ids:
            yield Objection(("benefits", k, "attendee"), *UNKNOWN)
        if row.partner not in ids:
            yield Objection(("benefits", k, "partner"), *UNKNOWN)
        elif row.partner == row.attendee:
            message = "attendee and partner must be two people"
            yield Objection(("benefits", k, "partner"), "self", message)
        direction = (row.attendee, row.partner)
        if direction in seen:
            message = "this attendee and partner have a benefit already; one row a direction"
            yield Objection(("benefits", k), "duplicate_benefit", message)
        seen.add(direction)


def find_rule_faults(event: Event) -> Iterator[Objection]:
    """All that is wrong with the pair rules of an event, whose other parts are sound."""
    yield from _rule_findings(event, {attendee.id for attendee in event.attendees})
    yield from _pin_findings(event, frozenset())


def _rule_findings(event: Event, ids: AbstractSet[str]) -> Iterator[Objection]:
    barred = _barred(event)
    for k, rule in enumerate(event.pair_rules):
        for place in (0, 1):
            if rule.pair[place] not in ids:
                yield Objection(("pair_rules", k, "pair", place), *UNKNOWN)
        for field in SAID_OF_MEETING:
            if rule.kind != "met" and getattr(rule, field):
                message = "only a pair that met has told what came of it"
                yield Objection(("pair_rules", k, field), "not_met", message)
            elif not set(getattr(rule, field)) <= set(rule.pair):
                message = "only the two who met can say so"
                yield Objection(("pair_rules", k, field), "not_of_pair", message)
        if rule.events_ago is not None and rule.kind != "met":
            message = "only a pair that met did so some events ago"
            yield Objection(("pair_rules", k, "events_ago"), "not_met", message)
        pair = frozenset(rule.pair)
        other = barred.get((pair, None)) or barred.get((pair, rule.round))
        if rule.pair[0] == rule.pair[1]:
            yield Objection(("pair_rules", k, "pair"), "self", "a pair must be two people")
        elif rule.kind == "require" and other:
            message = f"this pair must meet by this rule and must not by {other}: drop one of them"
            yield Objection(("pair_rules", k), "require_and_forbid", message)


def _pin_findings(event: Event, _: AbstractSet[str]) -> Iterator[Objection]:
    """What is wrong with the rounds and tables of pair rules."""
    places = {a.id: a.places for a in event.attendees if a.places}
    pins: dict[object, int] = {}
    for k, rule in enumerate(event.pair_rules):
        at = ("pair_rules", k)
        if rule.kind == "met" and (rule.round or rule.table):
            field = "round" if rule.round else "table"
            message = "a pair that met did so at an earlier event"
            yield Objection((*at, field), "met_earlier", message)
        elif rule.table is not None and (rule.round is None or rule.kind != "require"):
            message = "a table is for a pair that must meet in a round: say in which round"
            yield Objection((*at, "table"), "no_round", message)
        elif rule.round is not None and rule.round > len(event.rounds):
            message = f"there are {len(event.rounds)} rounds"
            yield Objection((*at, "round"), "unknown_round", message)
        elif rule.kind == "require":
            yield from _requirement_findings(rule, k, places, pins)


def _requirement_findings(
    rule: PairRule, k: int, places: dict[str, frozenset[int]], pins: dict[object, int]
) -> Iterator[Objection]:
    at = ("pair_rules", k)
    sets = [places[v] for v in rule.pair if v in places]
    if len(sets) == 2 and not sets[0] & sets[1]:
        message = "these two must meet, and there is no table at which both may sit"
        yield Objection(at, "two_places", message)
    if rule.round is None:
        return
    if rule.table is not None and not all(rule.table in tables for tables in sets):
        message = "one of the two has to sit at other tables"
        yield Objection((*at, "table"), "two_places", message)
    for key in (frozenset(rule.pair), (rule.round, rule.table) if rule.table else None):
        first = k if key is None else pins.setdefault(key, k)
        if first != k:
            what = "table" if isinstance(key, tuple) else "pair"
            message = f"/pair_rules/{first} has a place for this {what} already: drop one of them"
            yield Objection(at, "two_pins", message)


def _barred(event: Event) -> dict[tuple[frozenset[str], int | None], str]:
    """The pairs that no requirement can bring together, with the pointer that says so.

    In any round, or in that of the key.
    """
    barred: dict[tuple[frozenset[str], int | None], str] = {}
    for k, attendee in enumerate(event.attendees):
        soft = set(attendee.rather_avoided)
        for place, other in enumerate(each_avoided(attendee)):
            if other not in soft:
                barred[frozenset((attendee.id, other)), None] = f"/attendees/{k}/avoid/{place}"
    for k, rule in enumerate(event.pair_rules):
        if rule.kind == "forbid":
            barred[frozenset(rule.pair), rule.round] = f"/pair_rules/{k}"
    return barred


def _published_findings(event: Event, ids: AbstractSet[str]) -> Iterator[Objection]:
    if event.held_rounds > len(event.rounds):
        yield Objection(("held_rounds",), "unknown_round", f"there are {len(event.rounds)} rounds")
    if event.published is None:
        if event.held_rounds:
            message = "held rounds need the published schedule they are part of"
            yield Objection(("held_rounds",), "no_published", message)
        return
    blocks = event.published.rounds
    numbers = [block.round for block in blocks]
    if numbers != list(range(1, len(numbers) + 1)) or len(numbers) < event.held_rounds:
        message = "the published schedule must list its rounds in order, all held ones included"
        yield Objection(("published", "rounds"), "rounds", message)
    for k, block in enumerate(blocks):
        for m, meeting in enumerate(block.meetings):
            at = ("published", "rounds", k, "meetings", m, "attendees")
            if meeting.attendees[0] == meeting.attendees[1]:
                yield Objection(at, "self", "a meeting needs two people")
            for place in (0, 1):
                if meeting.attendees[place] not in ids:
                    yield Objection((*at, place), *UNKNOWN)


UNKNOWN = ("unknown_attendee", "no attendee of this event has this id")
