"""The report on a schedule: what the people of each group get, and what priorities cost."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Id, Name, Natural, Sentence, Thousandths, Topic, Wire
from schemas.schedule import Points, WishShare


class PeopleFigures(Wire):
    """What some people get of a schedule: sums over them.

    Satisfaction is that of ``rated`` people, who have somebody to gain from.
    """

    people: Natural
    """How many they are."""
    meetings: Annotated[
        Natural, Field(description="Meetings of each, added up: one between two of them is two.")
    ]
    byes: Natural
    """Byes of each, added up."""
    rated: Annotated[Natural, Field(description="How many of them have a satisfaction.")]
    mean_satisfaction: Annotated[Thousandths | None, Field(description="Null if none is rated.")]
    least_satisfaction: Annotated[Thousandths | None, Field(description="Null if none is rated.")]
    wishes: Annotated[WishShare | None, Field(description="Null if none of them wished.")]
    triangles: Annotated[Natural, Field(description="Closed triangles with any of them in it.")]


class GroupFigures(PeopleFigures):
    """The people with one value of a label, or without any: then ``value`` is null."""

    value: Annotated[Name | None, Field(description="As it is written first, by id.")]


class LabelFigures(Wire):
    """The groups of one label, by value; who has none comes last."""

    label: Topic
    """The name of the label."""
    groups: tuple[GroupFigures, ...]
    """The people of each of its values."""


class PrioritySide(Wire):
    """What a change of schedule does for some people: their mean satisfaction in the two."""

    people: Natural
    """How many they are."""
    with_priorities: Annotated[Thousandths | None, Field(description="In this version.")]
    without: Annotated[
        Thousandths | None, Field(description="In the best schedule found without priorities.")
    ]


class PriorityPrice(Wire):
    """What priorities cost the room, if everybody counted the same.

    This version, judged with all priorities at 100, is so far below the best schedule that could
    be had without them: at least ``least`` points, for one so much better was found, and at most
    ``most``, for none can be better; null if nothing is proven. What the search for this version
    left behind is part of it: ``own_gap``, at most.
    """

    people: Annotated[Natural, Field(description="Whose priority is other than 100.")]
    objective: Annotated[Points, Field(description="This version's, with all priorities at 100.")]
    best: Annotated[Points, Field(description="Of the best schedule found without priorities.")]
    upper_bound: Annotated[Points | None, Field(description="That no schedule passes.")]
    least: Annotated[Points, Field(ge=0, description="The price is at least so many points.")]
    most: Annotated[Points | None, Field(ge=0, description="And at most so many.")]
    own_gap: Annotated[
        Points | None,
        Field(ge=0, description="How far this version may be below the best with priorities."),
    ]
    raised: Annotated[PrioritySide, Field(description="People with a priority above 100.")]
    lowered: Annotated[PrioritySide, Field(description="People with a priority below 100.")]
    others: Annotated[PrioritySide, Field(description="Everybody else.")]
    words: Annotated[Sentence, Field(description="The same in a sentence or two.")]


PriceOf = Literal["priorities"]
PRICE_WORK = 10_000_000
"""Steps that a price may take unless more or less is asked for: a few seconds."""


class ScheduleReport(Wire):
    """A version by the labels of its people, as the event has them now. For organisers alone.

    A group of one tells that person's figures. Labels of more than a hundred values are left out.
    """

    event_id: Id | None
    """The event; null without a service."""
    version: Annotated[int, Field(ge=1)] | None
    """The version reported on; null without a service."""
    everybody: PeopleFigures
    """What all of them get."""
    labels: tuple[LabelFigures, ...]
    """The labels, by name."""
    left_out: Annotated[Natural, Field(description="How many labels are not reported on.")] = 0
    price: Annotated[
        PriorityPrice | None, Field(description="What priorities cost, if that was asked.")
    ] = None
