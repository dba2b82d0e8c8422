"""What a field may hold, in words, from its JSON Schema: for pages that people read."""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.clock import FORM

Schema = Mapping[str, Any]

LONG_LIST = 20
"""More values than this are not listed; how many time zones there are depends on the machine."""


def kind_of(schema: Schema, link: Callable[[str], str]) -> str:
    """What a value of a schema is, in Markdown; ``link`` leads to the schema of a name."""
    if "$ref" in schema:
        return link(schema["$ref"].rpartition("/")[2])
    if options := schema.get("anyOf", schema.get("oneOf")):
        told = (kind_of(option, link) for option in options if option.get("type") != "null")
        return " or ".join(dict.fromkeys(told))
    if values := schema.get("enum", [schema["const"]] if "const" in schema else None):
        named = " ".join(f"`{value}`" for value in values)
        return "one of a long list of names" if len(values) > LONG_LIST else named
    kind = schema.get("type", "anything")
    return _BY_TYPE[kind](schema, link) if kind in _BY_TYPE else kind


def _list(schema: Schema, link: Callable[[str], str]) -> str:
    if "prefixItems" in schema:
        count = {2: "two", 3: "three"}[len(schema["prefixItems"])]
        return f"{count} of {kind_of(schema['prefixItems'][0], link)}"
    most = f" of up to {schema['maxItems']:,.0f}" if "maxItems" in schema else ""
    return f"list{most}: {kind_of(schema['items'], link)}"


def _object(schema: Schema, link: Callable[[str], str]) -> str:
    values = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
    if isinstance(values[0], Mapping):
        return f"object with names, each with {kind_of(values[0], link)}"
    return "object"


def _number(schema: Schema, _: Callable[[str], str]) -> str:
    kind = "whole number" if schema["type"] == "integer" else "number"
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    if least is None or "maximum" not in schema:
        return kind
    return f"{kind} {least:,.0f} to {schema['maximum']:,.0f}"


def _text(schema: Schema, _: Callable[[str], str]) -> str:
    if "maxLength" in schema:
        return f"text of up to {schema['maxLength']}"
    is_time = schema.get("format") == "date-time" or schema.get("pattern") == FORM
    return "time" if is_time else "text"


def _truth(_: Schema, __: Callable[[str], str]) -> str:
    return "`true` `false`"


_BY_TYPE: Mapping[str, Callable[[Schema, Callable[[str], str]], str]] = {
    "array": _list,
    "object": _object,
    "integer": _number,
    "number": _number,
    "string": _text,
    "boolean": _truth,
}
