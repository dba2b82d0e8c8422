"""The columns of our own sheets of people: what each is called, and how to fill it in.

Headers and choices are words that the importer knows for certain; ``field`` is what it takes the
column for.
"""

from typing import NamedTuple

from schemas.imports import ColumnField

GOALS = (
    "find clients", "suppliers", "referral partners", "find a mentor", "be a mentor", "hiring",
    "new job", "investing", "raise money", "learn", "teach", "help others", "make friends",
)  # fmt: skip
"""A word for each intent, in its order, that says which way it goes."""
YES_NO = ("yes", "no")
AWAY = ("cancelled", "declined", "waitlist", "pending", "unpaid", "no show")
"""States of who does not come. There is none of who does: where some rows say so, empty ones are
left out, and whoever fills in a few would lose the others."""


class PersonColumn(NamedTuple):
    """A column to fill; ``width`` in letters, ``most`` of a column of whole numbers."""

    field: ColumnField
    header: str
    width: int
    told: str
    example: str
    choices: tuple[str, ...] = ()
    several: bool = False
    """Whether a cell may hold several of the choices."""
    most: int | None = None


FIRST_COLUMNS = (
    PersonColumn(
        "name", "Name", 26, "The name that others read. Name or e-mail address is needed.",
        "Ada Ashgrove",
    ),
    PersonColumn(
        "email", "Email", 30,
        "One address a person. It is never shown to others; by it the person is found again when"
        " you import a newer list.",
        "ada@ashgrove.example",
    ),
    PersonColumn(
        "organisation", "Organisation", 26,
        "Company, school or club. Two people of one organisation do not meet, unless you allow it.",
        "Ashgrove Books",
    ),
    PersonColumn(
        "offers", "Offers", 42,
        "What they bring, in their own words; several between semicolons. The more is told here and"
        " under Needs, the better the meetings.",
        "bookkeeping; help with annual accounts",
    ),
    PersonColumn(
        "needs", "Needs", 42,
        "What they look for, in their own words; several between semicolons.",
        "a web shop; an apprentice",
    ),
)  # fmt: skip
"""What a list needs."""

FURTHER_COLUMNS = (
    PersonColumn(
        "intents", "Goals", 22,
        "What they come for. Choose one, or type several between semicolons.",
        "find clients; learn", GOALS, several=True,
    ),
    PersonColumn(
        "interests", "Interests", 30,
        "What they like to talk about; several between semicolons.", "sailing; local history",
    ),
    PersonColumn(
        "client_types", "Client types", 30,
        "Whom they serve; several between semicolons. Who serves the same people with something"
        " else is a referral partner.",
        "restaurants; craft businesses",
    ),
    PersonColumn(
        "already_served", "Already served", 30,
        "Topics on which they have a supplier and want no offers; several between semicolons.",
        "printing; insurance",
    ),
    PersonColumn(
        "refuses_pitches", "No pitches", 12,
        "yes: nobody may sell anything to them. Empty: only what they look for themselves.",
        "yes", YES_NO,
    ),
    PersonColumn(
        "languages", "Languages", 22,
        "What they speak; several between semicolons. People without a common language do not meet."
        " Empty: they can talk to everybody.",
        "English; German",
    ),
    PersonColumn(
        "wants", "Wants to meet", 30,
        "People on this list by ID, e-mail address or name, dearest first, between semicolons. A"
        " wish, not a promise; nobody is told.",
        "Ben Birch; cem@cedar.example",
    ),
    PersonColumn(
        "avoid", "Does not want to meet", 30,
        "People on this list by ID, e-mail address or name, between semicolons. They never meet,"
        " and nobody is told.",
        "Dea Dogwood",
    ),
    PersonColumn(
        "absent_rounds", "Absent rounds", 16, "Numbers of the rounds they miss.", "1; 5-6",
    ),
    PersonColumn(
        "arrives", "Arrives", 16,
        "When they come, if they come late. Needs an event whose rounds have times.", "14:30",
    ),
    PersonColumn(
        "leaves", "Leaves", 16,
        "When they have to go, if they go early. Needs an event whose rounds have times.", "16:00",
    ),
    PersonColumn("min_meetings", "Min meetings", 10, "At least so many meetings.", "2", most=400),
    PersonColumn("max_meetings", "Max meetings", 10, "At most so many meetings.", "6", most=400),
    PersonColumn(
        "priority", "Priority", 10,
        "How much their satisfaction counts, in percent. Empty: 100.", "150", most=1000,
    ),
    PersonColumn(
        "table", "Table", 10,
        "The number of the table at which they sit all day, for people who cannot move; several"
        " between semicolons.",
        "3",
    ),
    PersonColumn(
        "status", "Status", 14,
        "Only for those who do not come: their row is left out. Empty: they come.", "cancelled",
        AWAY,
    ),
    PersonColumn("checked_in", "Checked in", 12, "On the day: who is there.", "yes", YES_NO),
    PersonColumn(
        "id", "ID", 22,
        "Your own number or code of each person, if you have one for everybody: no two the same."
        " Without one Tertius makes its own.",
        "0042",
    ),
)  # fmt: skip
"""What may be left empty, or deleted."""

PERSON_COLUMNS = (*FIRST_COLUMNS, *FURTHER_COLUMNS)
