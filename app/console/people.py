"""People as pages and forms name them: by name where only one is called so, by id besides."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from app.console.api_client import ApiError


def names_of(event: Mapping[str, Any]) -> Mapping[str, str]:
    """What everybody is called: the id of who gave no name."""
    return {person["id"]: person.get("name") or person["id"] for person in event["attendees"]}


def with_names(text: str, names: Mapping[str, str]) -> str:
    """A sentence with names in the place of ids; what stands in quotes is somebody's own words."""
    if not names:
        return text
    ids = "|".join(re.escape(who) for who in sorted(names, key=len, reverse=True))
    pattern = re.compile(rf"'.*?'(?!\w)|(?<!\w)(?:{ids})(?!\w)")
    return pattern.sub(lambda found: names.get(found[0], found[0]), text)


def with_sure_names(text: str, names: Mapping[str, str], people: Iterable[str]) -> str:
    """The same of these people; an id that is a number might be any number of the sentence."""
    return with_names(text, {who: names.get(who, who) for who in people if not who.isdecimal()})


def with_named_people(
    findings: Iterable[Mapping[str, Any]], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What a diagnosis found, with names in the place of the ids of those it is about."""
    return [
        {**finding, "message": with_sure_names(finding["message"], names, finding["attendees"])}
        for finding in findings
    ]


def choices_of(event: Mapping[str, Any]) -> dict[str, str]:
    """What each person is called in a list to choose from: no two are called the same."""
    names = names_of(event)
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
