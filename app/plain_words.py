"""What a value has to be, in words for people who write documents; the value itself is not told."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from schemas.base import ID_FORM
from schemas.event import EMAIL_FORM

FORMS = {
    ID_FORM: "an id has no blanks, no control characters and none of / ? # % \\",
    EMAIL_FORM: "an e-mail address looks like ada@example.org",
}
"""What a pattern asks for."""

WHOLE = "a whole number is needed, such as 3 (no quotes, no fraction)"
LIST, OBJECT = "a list is needed: [ … ]", "an object is needed: {{ … }}"
WORDS = {
    "missing": "this has to be there",
    "string_type": 'a text is needed, in quotes: "…"',
    "int_type": WHOLE,
    "int_from_float": WHOLE,
    "float_type": "a number is needed, such as 0.5 (no quotes)",
    "finite_number": "a finite number is needed",
    "bool_type": "true or false is needed (no quotes)",
    "list_type": LIST,
    "tuple_type": LIST,
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "greater_than": "this has to be more than {gt}",
    "greater_than_equal": "this has to be {ge} or more",
    "less_than": "this has to be less than {lt}",
    "less_than_equal": "this has to be {le} or less",
    "string_too_long": "a text of {max_length} characters at most is taken",
    "too_short": "a list of {min_length} or more is needed",
    "too_long": "a list of {max_length} at most is taken",
}
"""What is said of an error by its type."""

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
    if kind == "string_pattern_mismatch":
        return FORMS.get(context["pattern"], "this is not written as it has to be")
    if kind == "string_too_short" and context["min_length"] == 1:
        return EMPTY
    if kind == "missing" and isinstance(error["loc"][-1], int):
        return "one more is needed here"
    if kind in WORDS:
        return WORDS[kind].format_map(_plain(context))
    return error["msg"]


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
