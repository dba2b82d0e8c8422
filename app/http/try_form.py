"""A form for each operation of the OpenAPI document, to try it from the page that shows it.

Forms are hidden until the page's script shows them: without it they would do nothing.
"""

import json
from collections.abc import Iterator, Mapping
from html import escape
from importlib import resources
from typing import Any

SCRIPT = resources.files("app.http").joinpath("try_form.js").read_text("utf-8")

Document = Mapping[str, Any]

KEY_INPUT = (
    '<p><label for="key">Key, if the service asks for one; it is kept nowhere</label> '
    '<input id="key" type="password" autocomplete="off" spellcheck="false"></p>'
)
MOST_ROWS = 16
"""A text area has at most so many lines of its own."""


def write_try_form(document: Document, method: str, path: str, operation: Document) -> str:
    """The form of one operation, in HTML, with the sample body filled in."""
    return "".join(_form(document, method, path, operation))


def _form(document: Document, method: str, path: str, operation: Document) -> Iterator[str]:
    name = operation["operationId"]
    yield f'<form hidden data-method="{method}" data-path="{escape(path)}" aria-label="try {name}">'
    for row in operation.get("parameters", ()):
        yield _input(name, row)
    for kind, media in list(operation.get("requestBody", {}).get("content", {}).items())[:1]:
        yield _text_area(name, kind, _sample(document, media))
    yield '<p><button>Send</button> <button type="button">Stop</button></p>'
    yield '<output></output><pre hidden tabindex="0" aria-label="headers"></pre>'
    yield '<pre hidden tabindex="0" aria-label="answer"></pre></form>'


def _input(operation: str, row: Document) -> str:
    """An input for a parameter; what it is like is said by its example."""
    name, place = escape(row["name"]), row["in"]
    own = f"{operation}-{place}-{name}"
    needed = " required" if row["required"] else ""
    example = row["example"]
    shown = escape(example if isinstance(example, str) else json.dumps(example))
    return (
        f'<p><label for="{own}"><code>{name}</code> ({place}{needed and ", needed"})</label> '
        f'<input id="{own}" name="{name}" data-in="{place}" placeholder="{shown}"{needed}'
        ' autocomplete="off" autocapitalize="off" spellcheck="false"></p>'
    )


def _text_area(operation: str, kind: str, sample: str) -> str:
    rows = min(MOST_ROWS, sample.count("\n") + 2)
    return (
        f'<p><label for="{operation}-body">Body (<code>{escape(kind)}</code>)</label> '
        f'<textarea id="{operation}-body" data-type="{escape(kind)}" rows="{rows}"'
        f' spellcheck="false">{escape(sample)}</textarea></p>'
    )


def _sample(document: Document, media: Document) -> str:
    name = next(iter(media["examples"]))
    return json.dumps(document["components"]["examples"][name]["value"], indent=1)
