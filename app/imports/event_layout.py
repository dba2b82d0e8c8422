"""How an event is laid out in a workbook of ours: which sheets there are, and what each column is.

People, rounds, pairs and benefits are lists with a row each; everything else is a row of the sheet
of settings: where it stands in the event, and its value.
"""

from collections.abc import Mapping
from typing import NamedTuple, get_args

from app.imports import cell_kinds as kinds
from app.imports.cell_kinds import CellKind, choice_kind
from app.imports.person_columns import GOALS, PERSON_COLUMNS, YES_NO
from schemas.event import PairRule

MARKER = "Tertius event"
"""The sheet by which a workbook of ours is known."""
SETTINGS = "Settings"
SETTINGS_HEADER = ("Setting", "Value")
LABEL = "Label: "
"""What stands before the name of a label, where it has a column of its own."""
CONTINUED = " (continued)"
"""What stands after the name of a column that holds the rest of the one before."""
TEXT_SETTINGS = ("name", "timezone", "language")
"""Settings that are texts, whatever they look like."""


class BookColumn(NamedTuple):
    """A column: the field it is of, its name, how values stand in it, and how wide it is."""

    field: str
    header: str
    kind: CellKind
    width: int = 16
    choices: tuple[str, ...] = ()
    several: bool = False


class BookSheet(NamedTuple):
    """A sheet of which each row is an entry of a list of the event; ``number`` counts them.

    In a sheet with ``labels``, columns of any other name are of labels.
    """

    title: str
    field: str
    columns: tuple[BookColumn, ...]
    number: str | None = None
    labels: bool = False


_KINDS: Mapping[str, CellKind] = {
    "id": kinds.TEXT,
    "name": kinds.TEXT,
    "email": kinds.TEXT,
    "organisation": kinds.TEXT,
    "offers": kinds.TEXTS,
    "needs": kinds.TEXTS,
    "intents": kinds.GOALS_KIND,
    "interests": kinds.TOPICS,
    "client_types": kinds.TOPICS,
    "already_served": kinds.TOPICS,
    "languages": kinds.SHORT,
    "wants": kinds.WISHES,
    "avoid": kinds.AVOIDED,
    "absent_rounds": kinds.NUMBERS,
    "min_meetings": kinds.NUMBER,
    "max_meetings": kinds.NUMBER,
    "priority": kinds.NUMBER,
    "table": kinds.PLACES,
}
"""How the fields that the template has stand in cells."""

_RULES = get_args(PairRule.model_fields["kind"].annotation)
PEOPLE = BookSheet(
    "People",
    "attendees",
    (
        *(
            BookColumn(c.field, c.header, _KINDS[c.field], c.width, c.choices, c.several)
            for c in PERSON_COLUMNS
            if c.field in _KINDS
        ),
        BookColumn("welcomes_pitches", "Welcomes pitches", kinds.PITCHES, 18, YES_NO, several=True),
        BookColumn("breaks", "Breaks", kinds.WINDOWS, 12),
        BookColumn("max_in_a_row", "Max in a row", kinds.NUMBER, 10),
        BookColumn("known_share", "Known share", kinds.NUMBER, 10),
        BookColumn("restricted", "Restricted", kinds.FLAG, 10, YES_NO),
        BookColumn("labels", "Labels", kinds.OBJECT, 24),
    ),
    labels=True,
)
ROUNDS = BookSheet(
    "Rounds",
    "rounds",
    (
        BookColumn("starts_at", "Starts at", kinds.TEXT, 24),
        BookColumn("minutes", "Minutes", kinds.NUMBER, 10),
        BookColumn("tables", "Tables", kinds.NUMBER, 10),
        BookColumn("closed_tables", "Closed tables", kinds.NUMBERS, 24),
    ),
    number="Round",
)
PAIRS = BookSheet(
    "Pairs",
    "pair_rules",
    (
        BookColumn("kind", "Rule", choice_kind(_RULES), 12, _RULES),
        BookColumn("pair", "The two", kinds.SHORT, 30),
        BookColumn("reason", "Reason", kinds.TEXT, 40),
        BookColumn("round", "In round", kinds.NUMBER, 10),
        BookColumn("table", "At table", kinds.NUMBER, 10),
        BookColumn("events_ago", "Events ago", kinds.NUMBER, 10),
        BookColumn("valuable", "Found it valuable", kinds.SHORT, 20),
        BookColumn("not_valuable", "Not valuable", kinds.SHORT, 20),
        BookColumn("would_refer", "Would refer", kinds.SHORT, 20),
    ),
    number="Number",
)
BENEFITS = BookSheet(
    "Benefits",
    "benefits",
    (
        BookColumn("attendee", "Who gains", kinds.TEXT, 24),
        BookColumn("partner", "By meeting", kinds.TEXT, 24),
        BookColumn("value", "How much", kinds.NUMBER, 12),
    ),
    number="Number",
)
SHEETS = (PEOPLE, ROUNDS, PAIRS, BENEFITS)


def label_column(label: str) -> BookColumn:
    """The column of a label."""
    return BookColumn(label, LABEL + label, kinds.TEXT, 20)


HOW_TO_EDIT = (
    "An event that Tertius wrote. Change what you like, and read it in again: tertius import FILE"
    " --out event.json, or POST /v1/imports. It is the same event but for your changes.",
    "People, Rounds, Pairs and Benefits have a row each; rows may be added, moved and deleted. An"
    " empty cell says nothing. Somebody new needs no ID where they have a name or an address.",
    "Texts and topics stand in lines of their own (Alt+Enter) or between semicolons; a line in"
    " quotation marks is one text, semicolons and all. IDs, languages, goals and numbers stand"
    " between semicolons.",
    "After an ID: “must” under Wants to meet makes a wish as strong as can be, “soft” under Does"
    " not want to meet only keeps two apart if it can be.",
    "A column “Label: role” is the label role; so is a column of any other name you give.",
    f"Goals: {'; '.join(GOALS)}.",
    "A cell that begins with json: holds what cannot be written otherwise.",
    "Leave this sheet where it is: by its name the workbook is known.",
)
