"""Find every message in the sources, for translators: ``python -m bench.words``.

Writes the template of the catalogue and brings each language up to date: new messages come in
empty, those that are gone go, and what was translated stays.
"""

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import nodes

from app.console.page import templates
from schemas.words.catalogue import DOMAIN, ENGLISH, LOCALES, file_of, held_languages

ROOT = Path(__file__).parents[1]
PAGES = "app/console/templates"
TRADES = "solver/compatibility/data/contact_spheres.json"
TEMPLATE = LOCALES / f"{DOMAIN}.pot"
IDS = {"message": 1, "counted": 2}
IDS_IN_PAGES = {"_": 1, "counted": 2}
"""The functions that make messages, and how many of their arguments are what it is called."""
NOTE = "# Translators: "
"""How a comment begins that is for them; it is about all messages up to the next empty line."""

HEADER = "# What people are told by Tertius. How to translate it: docs/words.md"
LEFT_OUT = tuple(
    f'"{name}: '
    for name in (
        "POT-Creation-Date", "PO-Revision-Date", "Report-Msgid-Bugs-To", "Last-Translator",
        "Language-Team", "Generated-By", "Project-Id-Version",
    )
)  # fmt: skip
"""What gettext would say of a catalogue that the history of the repository says better."""


class Source(NamedTuple):
    """A message where it is made: what it is called, and notes to translators."""

    file: str
    ids: tuple[str, ...]
    notes: tuple[str, ...] = ()


def find_messages() -> Iterator[Source]:
    """Every message of the service, file by file."""
    folders = (ROOT / top for top in ("app", "schemas", "solver"))
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        yield from messages_in(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    for path in sorted((ROOT / PAGES).rglob("*.html")):
        yield from messages_of_page(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    for sphere in json.loads((ROOT / TRADES).read_text("utf-8")):
        yield Source(TRADES, (sphere["sphere"],), ("What clients of several trades do.",))
        for trade in sphere["professions"]:
            yield Source(TRADES, (trade,), ("A trade: rather the field than a person.",))


def template_of(sources: Iterator[Source]) -> Catalog:
    """The messages, each once, with no translation."""
    template = Catalog(project="Tertius", charset="utf-8")
    for source in sources:
        ids = source.ids if len(source.ids) > 1 else source.ids[0]
        template.add(ids, locations=[(source.file, 0)], auto_comments=source.notes)
    return template


def read_catalogue(language: str) -> Catalog:
    """What a language has of it."""
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def write_catalogue(path: Path, catalog: Catalog) -> None:
    """Write it, without lines or dates, so that the same messages make the same file."""
    catalog.header_comment = HEADER
    written = BytesIO()
    write_po(written, catalog, width=100, include_lineno=False, ignore_obsolete=True)
    lines = written.getvalue().decode().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(LEFT_OUT)), "utf-8")


def main() -> None:
    """Bring template and languages up to date."""
    template = template_of(find_messages())
    write_catalogue(TEMPLATE, template)
    for language in sorted(held_languages() - {ENGLISH}):
        catalog = read_catalogue(language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.fuzzy = False
        write_catalogue(file_of(language), catalog)


def messages_in(file: str, source: str) -> Iterator[Source]:
    """The messages of a source; raises ValueError where one is not written out."""
    notes = _notes(source)
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        if isinstance(node.func, ast.Name) and node.func.id in IDS:
            ids = tuple(_constant(file, arg) for arg in node.args[: IDS[node.func.id]])
            yield Source(file, ids, tuple(notes.get(node.lineno, ())))


def messages_of_page(file: str, source: str) -> Iterator[Source]:
    """The messages of a template; raises ValueError where one is not written out."""
    for call in templates().parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in IDS_IN_PAGES:
            said = call.args[: IDS_IN_PAGES[call.node.name]]
            if not all(isinstance(part, nodes.Const) for part in said):
                raise ValueError(f"{file}:{call.lineno}: a message must be written out to be found")
            yield Source(file, tuple(part.value for part in said if isinstance(part, nodes.Const)))


def _constant(file: str, argument: ast.expr) -> str:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise ValueError(f"{file}:{argument.lineno}: a message must be written out to be found")


def _notes(source: str) -> Mapping[int, Sequence[str]]:
    """The notes to translators by line of the source."""
    notes, found = list[str](), dict[int, list[str]]()
    for number, line in enumerate(source.splitlines(), 1):
        if not line.strip():
            notes = []
        elif line.strip().startswith(NOTE):
            notes = [*notes, line.strip().removeprefix(NOTE)]
        found[number] = notes
    return found


if __name__ == "__main__":
    main()
