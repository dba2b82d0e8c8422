"""People as forms name them: by name where only one is called so, by id besides."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.console.api_client import ApiError


def choices_of(event: Mapping[str, Any]) -> dict[str, str]:
    """What each person is called in a list to choose from: no two are called the same."""
    names = {person["id"]: person.get("name") or person["id"] for person in event["attendees"]}
    counts = Counter(name.casefold() for name in names.values())
    return {
        who: name if counts[name.casefold()] == 1 else f"{name} ({who})"
        for who, name in names.items()
    }


def chosen(event: Mapping[str, Any], text: str) -> str:
    """The id of whom a text names; ApiError if that is nobody, or if there are several."""
    choices = choices_of(event)
    if text in choices:
        return text
    wanted = " ".join(text.split()).casefold()
    for who, name in choices.items():
        if wanted == " ".join(name.split()).casefold():
            return who
    raise ApiError(422, {"title": "Nobody of this event is called so", "detail": text[:200]})
