"""Every limit on what crosses the wire, in one place; `docs/api.md` repeats them."""

ATTENDEES = 100_000
ROUNDS = 400
ROUNDS_OF_MANY = 100
"""So many rounds however many attendees there are."""
PLACES = 5_000_000
"""Attendees times rounds stay below, where there are more rounds than these."""
TABLES = 1_000_000_000
MINUTES = 1_440

ID = 64
NAME = 200
EMAIL = 254
TEXT = 500
TAG = 100

TEXTS = 20
"""Offers, or needs, of one attendee."""
TAGS = 50
"""Interests, client types, topics, languages or labels of one attendee."""
AVOID = 1_000
WANTS = 100
"""Wishes of one attendee."""
BENEFITS = 20_000_000
PAIR_RULES = 1_000_000
NAMED = 500
"""People whom advice on contradicting rules lists."""
WAIVERS = PAIR_RULES + ATTENDEES
NOTES = ATTENDEES * ROUNDS
MATCHING_ROWS = 1_000
INCIDENTS = 10_000
TICKS = 1_000
STEWARD = 40
"""Characters of what a steward is called."""

SENTENCE = 5_000
"""What is said of a meeting quotes the texts of two people."""
SENTENCES = 1_000
VERSIONS = 2**31 - 1
TRIANGLES = 1_000_000_000
COUNT = 10**15
"""The most of anything that is counted or summed in a schedule; a number in JSON holds it."""

WEIGHT = 1_000
"""Percent."""
SEED = 2**31 - 1
SECONDS = 3_600
WORK = 10**12
STALE = 100
"""Pointers to what edits have changed since a version was made."""
POINTER = 300
EVENTS_AGO = 1_000
"""How many events ago a pair can have met."""
CHANGES = 10**9
"""Published meetings that may be given up by choice."""
EDITS = 100
"""Changes of a version by hand in one request."""
PROPOSED_FOR = 2_000
"""Attendees of an event for which few moves are looked for."""

FILE_BYTES = 20 * 2**20
"""Of a registration file as it is sent."""
FILE_UNPACKED = 200 * 2**20
"""Bytes that the parts of a workbook come to that are read of it."""
FILE_MEMBERS = 5_000
"""Parts of a workbook, pictures among them."""
FILE_ROWS = ATTENDEES
FILE_COLUMNS = 500
LIST_COLUMNS = 2_200
"""Of a matrix of people: so many of them and as many rows are below the limit of cells."""
FILE_CELLS = 5_000_000
"""Rows times columns."""
FILE_CHARACTERS = 100_000_000
CELL = 32_767
"""Characters: no cell of a spreadsheet holds more."""
MAPPING = 16_384
"""Characters of what is said of the columns of a file."""
LINK = 200
"""Characters of an address with a place for an id: a small QR code has no more to read."""
