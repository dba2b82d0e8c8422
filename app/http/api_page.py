"""The OpenAPI document as a page that people read and try: one file, nothing from elsewhere."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from html import escape
from importlib import resources
from typing import Any

from app.http.schema_kinds import kind_of
from app.http.try_form import KEY_INPUT, SCRIPT, write_try_form

Document = Mapping[str, Any]

STYLE = resources.files("app.http").joinpath("api_page.css").read_text("utf-8")


def _source_of(text: str) -> str:
    """What a policy calls a style or a script that stands in the page."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


POLICY = (
    f"default-src 'none'; style-src {_source_of(STYLE)}; script-src {_source_of(SCRIPT)};"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a browser may do for the page: its own style and script, and requests to this service."""

CODE = re.compile("(`+)(.+?)\\1")
LINK = re.compile(r"\[([^]]+)\]\((#[\w.-]+)\)")


def write_api_page(document: Document) -> str:
    """The whole page, in HTML."""
    about = document["info"]
    tags = [(tag["name"], tag["description"]) for tag in document["tags"]]
    body = [
        f"<h1>{escape(about['title'])}</h1>",
        *_paragraphs(about["description"]),
        "<p>Samples need no key on a loopback address; elsewhere add "
        "<code>-H 'Authorization: Bearer KEY'</code>. "
        '<a href="/openapi.json">The same for machines</a>.</p>',
        "<p>Each operation can be tried below its sample, on what this service stores.</p>",
        KEY_INPUT,
        f"<nav>{_links(name for name, _ in tags)}{_links(['schemas'])}</nav>",
        *(part for name, about_tag in tags for part in _tag(document, name, about_tag)),
        '<h2 id="schemas">schemas</h2>',
        *(
            part
            for name, schema in sorted(document["components"]["schemas"].items())
            for part in _schema(name, schema)
        ),
    ]
    title = escape(f"{about['title']}: the service")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}</style></head><body>{''.join(body)}"
        f"<script>{SCRIPT}</script></body></html>"
    )


def _links(names: Iterable[str]) -> str:
    return "".join(f'<a href="#{name}">{name}</a> ' for name in names)


def _tag(document: Document, name: str, about: str) -> Iterator[str]:
    yield f'<h2 id="{name}">{name}</h2><p>{_inline(about)}</p>'
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if name in operation["tags"]:
                yield from _operation(document, method.upper(), path, operation)


def _operation(document: Document, method: str, path: str, operation: Document) -> Iterator[str]:
    said = operation.get("description", "").strip()
    first, _, rest = said.partition("\n\n")
    yield f'<details id="{operation["operationId"]}"><summary><code>{method}</code> '
    yield f"<code>{escape(path)}</code> {_inline(first)}</summary>"
    yield from _paragraphs(rest)
    for row in operation["x-codeSamples"]:
        yield f"<pre>{escape(row['source'])}</pre>"
    yield write_try_form(document, method, path, operation)
    rows = [
        (row["name"], row["in"], kind_of(row["schema"], _link), row["required"], row["description"])
        for row in operation.get("parameters", ())
    ]
    if rows:
        yield from _table(("parameter", "in", "takes", "", ""), rows)
    if "requestBody" in operation:
        yield "<h3>Body</h3>"
        yield from _content(document, operation["requestBody"])
    for status, answer in operation["responses"].items():
        yield from _answer(document, status, answer)
    yield "</details>"


def _answer(document: Document, status: str, answer: Document) -> Iterator[str]:
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    yield f"<h3>{status}</h3><p>{_inline(answer['description'])}</p>"
    if int(status) < 400:
        yield from _content(document, answer)


def _content(document: Document, part: Document) -> Iterator[str]:
    for kind, media in part.get("content", {}).items():
        schema = media["schema"]
        yield f"<p><code>{escape(kind)}</code> {_inline(kind_of(schema, _link))}</p>"
        for name in media.get("examples", ()):
            value = document["components"]["examples"][name]["value"]
            shown = value if isinstance(value, str) else json.dumps(value, indent=1)
            yield f"<pre>{escape(shown)}</pre>"


def _schema(name: str, schema: Document) -> Iterator[str]:
    yield f'<details id="schema-{name}"><summary><code>{name}</code> '
    first, _, rest = schema.get("description", "").partition("\n\n")
    yield f"{_inline(first)}</summary>"
    yield from _paragraphs(rest)
    needed = schema.get("required", ())
    rows = [
        (field, kind_of(said, _link), field in needed, said["description"])
        for field, said in schema.get("properties", {}).items()
    ]
    yield from _table(("field", "takes", "", ""), rows)
    yield "</details>"


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Iterator[str]:
    """A table; a cell that is True or False says whether something is needed."""
    yield f"<table><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>"
    for first, *cells in rows:
        told = ("needed" * cell if isinstance(cell, bool) else _inline(cell) for cell in cells)
        yield f"<tr><td><code>{escape(first)}</code></td>"
        yield "".join(f"<td>{cell}</td>" for cell in told) + "</tr>"
    yield "</table>"


def _paragraphs(text: str) -> Iterator[str]:
    return (f"<p>{_inline(part)}</p>" for part in text.split("\n\n") if part.strip())


def _inline(text: str) -> str:
    """Markdown of one paragraph, as far as descriptions have it: code and links within the page."""
    safe = LINK.sub(r'<a href="\2">\1</a>', escape(text, quote=False))
    return CODE.sub(r"<code>\2</code>", safe)


def _link(name: str) -> str:
    return f"[{name}](#schema-{name})"
