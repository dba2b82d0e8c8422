"""Which field was meant by one that a document does not have, from the document's schema."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

from schemas.base import Wire
from schemas.event import OBJECT, PLAIN

Where = tuple[str | int, ...]
Schema = Mapping[str, Any]

LIKE = 0.75
"""How alike a name must be to one of a field for that to be what was meant."""


def meant_field(document: str, where: Where) -> str | None:
    """The field that the last name of a place nearly is; None without one like it.

    ``document`` is the name of the whole document's class, or what pydantic calls a choice of some.
    """
    *parent, name = where
    spelt = str(name).casefold().replace("-", "_")
    fields = {field.casefold(): field for field in fields_at(document, tuple(parent))}
    alike = get_close_matches(spelt, fields, n=1, cutoff=LIKE)
    return fields[alike[0]] if alike else None


def fields_at(document: str, where: Where) -> Iterator[str]:
    """The names of what an object at a place of a document may have; ``document`` as above."""
    for schema in _schemas(document):
        here = [*_options(schema, schema)]
        for step in where:
            if step not in (PLAIN, OBJECT):
                here = [two for one in here for two in _below(one, step, schema)]
        for one in here:
            yield from one.get("properties", ())


@cache
def _schemas(document: str) -> Sequence[Schema]:
    """The JSON Schema of the document with this name, or of each where one of several may come."""
    models = [Wire]
    for model in models:  # grows as it goes
        models += model.__subclasses__()
    named = {model.__name__: model for model in models}
    names = [document] if document in named else re.findall(r"\w+", document)
    return [named[name].model_json_schema() for name in names if name in named]


def _below(schema: Schema, step: str | int, whole: Schema) -> Iterator[Schema]:
    inner: Any = None
    if isinstance(step, int):
        rows = schema.get("prefixItems", ())
        inner = rows[step] if step < len(rows) else schema.get("items")
    else:
        inner = schema.get("properties", {}).get(step)
    if isinstance(inner, Mapping):
        yield from _options(inner, whole)


def _options(schema: Schema, whole: Schema) -> Iterable[Schema]:
    """What a schema may stand for, without references and choices."""
    if "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].rpartition("/")[2]]
    choices = schema.get("anyOf", schema.get("oneOf"))
    if choices is None:
        return [schema]
    return [option for choice in choices for option in _options(choice, whole)]
