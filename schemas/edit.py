"""Edits by hand: what an organiser changes in a version, and what each change costs."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas import limits
from schemas.base import Id, Objection, Pair, RoundNumber, TableNumber, Wire, refuse
from schemas.event import PairRule
from schemas.schedule import Points

EditKind = Literal["swap", "move", "pair", "part"]


class ScheduleEdit(Wire):
    """One change of a version.

    *swap*: the two exchange partners in a round; whoever had none takes the other's seat.
    *move*: their meeting goes to another round, to another table, or both. *pair*: they meet in a
    round; whom they leave meet each other if they may and that is worth it. *part*: they do not
    meet after all.
    """

    kind: EditKind = Field(description="What is done: swap, move, pair or part.")
    attendees: Pair = Field(description="The two whom it is about, by id.")
    round: RoundNumber | None = Field(
        default=None,
        description="In which round: of swap and pair. Where two meet already it is known.",
    )
    to_round: RoundNumber | None = Field(
        default=None, description="The round to which move takes their meeting; left out, the same."
    )
    table: TableNumber | None = Field(
        default=None,
        description="Where they sit after move or pair; left out, wherever there is a table.",
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        findings = []
        if self.attendees[0] == self.attendees[1]:
            findings.append(Objection(("attendees",), "self", "an edit is about two people"))
        if self.kind in ("swap", "pair") and self.round is None:
            findings.append(Objection(("round",), "missing", f"{self.kind} needs a round"))
        if self.kind == "move" and self.to_round is None and self.table is None:
            findings.append(Objection(("to_round",), "missing", "move where to?"))
        if self.kind != "move" and self.to_round is not None:
            findings.append(Objection(("to_round",), "unused", "only move takes a meeting on"))
        if self.kind in ("swap", "part") and self.table is not None:
            findings.append(Objection(("table",), "unused", f"{self.kind} gives nobody a table"))
        refuse("ScheduleEdit", findings)
        return self


class ScheduleEdits(Wire):
    """Changes of a version, one after the other; all of them are done, or none."""

    edits: Annotated[
        tuple[ScheduleEdit, ...],
        Field(min_length=1, max_length=limits.EDITS, description="The changes, in this order."),
    ]
    pin: bool = Field(
        default=False,
        description="Whether the event gets the rules that keep later solves from undoing them.",
    )


class EditCost(Wire):
    """What one edit does: points on the scale of the objective, less than 0 if it wins some."""

    cost: Points = Field(description="By how much the objective falls.")
    touched: tuple[Id, ...] = Field(description="Whose meetings, byes or tables are others now.")


class EditPins(Wire):
    """What became of the event's ``pair_rules`` when edits were pinned.

    An older pin of the same pair gives way: a rule with a round, to meet in any or not in this one.
    """

    added: tuple[PairRule, ...] = Field(description="Rules that the event has since.")
    replaced: tuple[PairRule, ...] = Field(description="Rules that it had until then.")
    solve: str | None = Field(
        default=None,
        description="The id of the repair that mends what is published; null if none is needed.",
    )


class EditedVersion(Wire):
    """The draft that edits made, what they cost, and whom they touch.

    ``rules``, among the event's ``pair_rules``, keep later solves from undoing them: ``pins`` says
    what was done about that, null unless it was asked for.
    """

    version: int | None = Field(description="The number of the draft; null without a service.")
    objective: Points = Field(description="The objective of the draft.")
    cost: Points = Field(description="By how much that is less than before.")
    touched: tuple[Id, ...] = Field(description="Whose meetings or byes are others than before.")
    edits: tuple[EditCost, ...] = Field(description="Each edit, in order.")
    rules: tuple[PairRule, ...] = Field(
        description="Rules that pin what was done: `require` or `forbid`, each for one round."
    )
    pins: EditPins | None = Field(
        default=None, description="What became of the event's rules; null without `pin`."
    )


class EditOffer(Wire):
    """An edit that would bring two together: where, at what cost, and whom it would touch."""

    round: RoundNumber = Field(description="The round in which it costs least.")
    cost: Points = Field(description="By how much the objective falls.")
    touched: tuple[Id, ...] = Field(description="Whose meetings or byes would be others.")
