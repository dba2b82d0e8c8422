"""Imports: what the columns of a file were taken for, and what became of its rows."""

from typing import Annotated, Literal

from pydantic import Field

from schemas import limits
from schemas.base import Id, Natural, Text, Wire
from schemas.incident import Incident

MOST_PROBLEMS = 1_000
"""So many problems of one file are told one by one."""

ListKind = Literal["benefits", "wants", "pairs", "history"]
"""What a list says of pairs of people: what they gain, whom they wish to meet, who must meet and
who must not, who met at earlier events."""
ImportKind = Literal["people", ListKind]

ColumnField = Literal[
    "id",
    "order",
    "position",
    "name",
    "name_prefix",
    "first_name",
    "middle_name",
    "last_name",
    "email",
    "organisation",
    "status",
    "void",
    "checked_in",
    "guests",
    "offers",
    "needs",
    "intents",
    "interests",
    "client_types",
    "welcomes_pitches",
    "refuses_pitches",
    "already_served",
    "avoid",
    "wants",
    "absent_rounds",
    "arrives",
    "leaves",
    "min_meetings",
    "max_meetings",
    "priority",
    "table",
    "languages",
    "label",
    "ignore",
]
"""What a column can be: most are fields of an attendee; parts of names are joined; `order` and
`position` together are an id; `void` says who does not come; `label` keeps what it is."""

ListField = Literal[
    "attendee",
    "partner",
    "value",
    "value_back",
    "rank",
    "choice",
    "kind",
    "round",
    "table",
    "reason",
    "met",
    "events_ago",
    "date",
    "ignore",
]
"""What a column of a list of pairs can be; `value_back` is what the partner gains, `choice` names
somebody whom the attendee wishes to meet, in the order of such columns."""

Sureness = Literal["given", "sure", "likely"]


class GivenColumn(Wire):
    """What whoever imports says of a column."""

    field: str
    """What it is."""
    options: Annotated[tuple[Text, ...], Field(max_length=limits.MATCHING_ROWS)] = ()
    """The answers that could be ticked. Left out: they are not known."""


class MappedColumn(Wire):
    """A column of the file, and what it is taken for."""

    column: Annotated[int, Field(ge=1)]
    """Which column it is, from 1."""
    header: str
    """What it is called in the file."""
    field: ColumnField | ListField
    """What it is taken for; `label` keeps it with the person, `ignore` leaves it out."""
    sureness: Sureness
    """`given` by whoever imports, `sure` by its name, `likely` by its content or its
    neighbours."""
    why: str
    """Why it is taken for that, in words."""
    question: str | None = None
    """What was asked, where the column stands for one of the answers. Null: it does not."""
    option: str | None = None
    """The answer that the column stands for. Null: for none."""
    options: tuple[str, ...] = ()
    """The answers that could be ticked, where whoever imports gave them."""


class ColumnMapping(Wire):
    """What every column of a file is taken for."""

    columns: tuple[MappedColumn, ...]
    """The columns, in the order of the file."""


LeftOutReason = Literal[
    "cancelled",
    "declined",
    "rejected",
    "waitlist",
    "pending",
    "unpaid",
    "refunded",
    "expired",
    "void",
    "invited",
    "undecided",
    "transferred",
    "no_show",
    "no_status",
    "unknown_status",
    "not_assigned",
    "nobody",
]
"""Why a row became no attendee."""


class LeftOutRows(Wire):
    """Rows that were left out for one reason."""

    reason: LeftOutReason
    """Why: what the status says; `no_status`: others have one; `not_assigned`: a ticket without
    a person; `nobody`: a row without name and address."""
    rows: Natural
    """How many rows they are."""


class ImportProblem(Wire):
    """Something in the file that somebody should look at; what stands there is not repeated."""

    row: int | None
    """The row in the file, from 1; null if it is about all of them."""
    column: str | None
    """The header of the column, of a matrix its letters; null if it is about the whole row."""
    code: str
    """What kind of problem; stable."""
    message: str
    """What is wrong and what was done, in words."""


class ImportReport(Wire):
    """What an import did, or would do."""

    kind: ImportKind = "people"
    """What the file was read as."""
    rows: Natural
    """How many rows were read."""
    created: Natural
    """People who are new; of a list benefits, wishes, or rules."""
    updated: Natural
    """People of whom something changed; of a list benefits, wishes, or rules that did."""
    unchanged: Natural
    """People, benefits, wishes, or rules in the file of which nothing changed."""
    removed: Natural = 0
    """Benefits, wishes, or rules that were there and are no more."""
    not_in_file: tuple[Id, ...]
    """Ids of people who are on the list and not among those in the file; they stay."""
    left_out: tuple[LeftOutRows, ...]
    """Rows that became no attendee, by reason."""
    further_guests: Natural
    """People without a name whom others bring; they are counted and not on the list."""
    problems: Annotated[tuple[ImportProblem, ...], Field(max_length=MOST_PROBLEMS)]
    """What somebody should look at, by row."""
    more_problems: Natural
    """How many problems there are besides these."""
    mapping: tuple[MappedColumn, ...]
    """What each column was taken for; nothing of a matrix."""
    checked_in: tuple[Id, ...]
    """Ids of people whom the file tells to be there already."""
    notes: tuple[str, ...]
    """What was done to read the file, in words."""


class ImportReceipt(ImportReport):
    """What an import over HTTP did, and the event as it is then."""

    event: str | None
    """The id of the event; null of a new one that was only tried."""
    revision: int | None
    """How often the event was stored; null of a new one that was only tried."""
    applied: bool
    """Whether anything was kept: not where it was tried, nor once the first round has begun."""
    solve: str | None
    """The id of the repair that mends what is published; null if none is needed."""
    incidents: tuple[Incident, ...]
    """Once the first round has begun: what the file tells of the day, to be looked at and reported
    (`POST …/incidents`); at most so many as one batch takes."""
