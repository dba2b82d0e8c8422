"""What a value has to be, in words for people who write documents; the value itself is not told."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from schemas.base import ID_FORM
from schemas.event import EMAIL_FORM, OBJECT, PLAIN

FORMS = {
    ID_FORM: "an id has no blanks, no control characters and none of / ? # % \\",
    EMAIL_FORM: "an e-mail address looks like ada@example.org",
}
"""What a pattern asks for."""

WHOLE = "a whole number is needed, such as 3 (no quotes, no fraction)"
A_LIST, AN_OBJECT = "a list is needed: [ … ]", "an object is needed: {{ … }}"
WORDS = {
    "missing": "this has to be there",
    "string_type": 'a text is needed, in quotes: "…"',
    "int_type": WHOLE,
    "int_from_float": WHOLE,
    "float_type": "a number is needed, such as 0.5 (no quotes)",
    "finite_number": "a finite number is needed",
    "bool_type": "true or false is needed (no quotes)",
    "list_type": A_LIST,
    "tuple_type": A_LIST,
    "dict_type": AN_OBJECT,
    "model_type": AN_OBJECT,
    "model_attributes_type": AN_OBJECT,
    "greater_than": "this has to be more than {gt}",
    "greater_than_equal": "this has to be {ge} or more",
    "less_than": "this has to be less than {lt}",
    "less_than_equal": "this has to be {le} or less",
    "string_too_long": "a text of {max_length} characters at most is taken",
    "too_short": "a list of {min_length} or more is needed",
    "too_long": "a list of {max_length} at most is taken",
}
"""What is said of an error by its type."""

SHAPES = {
    "rounds": 'a list of rounds is needed, or an object with their number: {"count": 8}',
    "offers": "a text is needed, in quotes, or an object with one",
    "needs": "a text is needed, in quotes, or an object with one",
    "wants": "an id is needed, in quotes, or an object with one",
    "avoid": "an id is needed, in quotes, or an object with one",
    "welcomes_pitches": "true or false is needed (no quotes), or a list of topics",
    "table": "the number of a table is needed, or a list (no quotes)",
}
"""What is said of fields that may be written in two ways, where they are in neither."""

FIELD_REQUIRED = "Field required"
"""What pydantic says of what is missing; what Tertius says of it is more."""
EMPTY = "a text is needed, and this one is empty"
OPTION = re.compile(r"'([^']*)'")
MOST_OPTIONS = 20


def say_error(error: ErrorDetails, given: Any = None) -> str:
    """What is wrong by one error of pydantic's; of a few possible values the ``given`` one is near.

    What Tertius itself says of a value stays as it is.
    """
    kind, context = error["type"], error.get("ctx", {})
    if kind == "literal_error":
        return say_options(OPTION.findall(context["expected"]), given)
    if kind == "json_invalid":
        return say_json_fault(context["error"])
    if kind == "string_pattern_mismatch":
        return FORMS.get(context["pattern"], "this is not written as it has to be")
    if kind == "string_too_short" and context["min_length"] == 1:
        return EMPTY
    if kind == "missing" and error["msg"] != FIELD_REQUIRED:
        return error["msg"]
    if kind == "missing" and isinstance(error["loc"][-1], int):
        return "one more is needed here"
    if kind.endswith("_type") and error["loc"][-1:] in ((PLAIN,), (OBJECT,)):
        names = [step for step in error["loc"] if step in SHAPES]
        return SHAPES[names[-1]] if names else error["msg"]
    if kind in WORDS:
        return WORDS[kind].format_map(_plain(context))
    return error["msg"]


def say_unknown(fields: Iterable[str], meant: str | None) -> str:
    """That there is no such field: the one that was meant, or else all there are."""
    told = ", ".join(dict.fromkeys(fields))
    if meant:
        return f"there is no such field: did you mean {meant}?"
    return "there is no such field" + (f"; there are {told}" if told else "")


JSON_FAULTS = {
    "trailing comma": "after the last of a list or an object comes no comma",
    "key must be a string": 'the name of a field is needed, in straight quotes: "…"',
    "expected `,` or `}`": "a comma is missing, or the } at the end of an object",
    "expected `,` or `]`": "a comma is missing, or the ] at the end of a list",
    "expected `:`": "a colon is missing after the name of a field",
    "expected value": "a value is missing: a text in straight quotes, a number, true, [ or {",
    "expected ident": "true, false or null is written otherwise: in small letters, without quotes",
    "EOF while parsing": "it ends too early: a quote or a bracket is not closed",
    "control character": "a line break or tab within a text is written \\n or \\t",
    "invalid unicode code point": "a character is not in UTF-8: save the file with this encoding",
    "trailing characters": "something comes after its end",
    "invalid number": "a number is written like 7 or 0.25, without a + and without leading zeros",
    "invalid escape": "before a character that stands for itself comes no \\",
    "recursion limit exceeded": "lists or objects are within each other too often",
}
"""What JSON lacks, by how its reader begins to say so."""
JSON_PLACE = re.compile(r" at line ([0-9]+) column ([0-9]+)$")


def say_json_fault(error: str) -> str:
    """What keeps a text from being JSON, and where, by the words of its reader."""
    place = JSON_PLACE.search(error)
    fault = JSON_PLACE.sub("", error)
    told = next((words for start, words in JSON_FAULTS.items() if fault.startswith(start)), fault)
    if place is None:
        return f"this is not JSON: {told}"
    line, column = place.groups()
    if (line, column) == ("1", "0"):
        return "this is not JSON: there is nothing in it"
    return f"this is not JSON at line {line}, character {column}: {told}"


def say_options(options: list[str], given: Any = None) -> str:
    """Which values there are, and the one that is nearly written."""
    message = f"one of {', '.join(options[:MOST_OPTIONS])} is needed"
    meant = _meant(options, given) if isinstance(given, str) else None
    return f"{message}: did you mean {meant}?" if meant else message


def _meant(options: list[str], given: str) -> str | None:
    names = {re.sub("[-_ ]", "", option).casefold(): option for option in options}
    alike = get_close_matches(re.sub("[-_ ]", "", given).casefold(), names, n=1)
    return names[alike[0]] if alike else None


def _plain(context: Mapping[str, Any]) -> dict[str, Any]:
    """Limits as people write them: 1 instead of 1.0."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in context.items()
    }
