"""Kinds of fields in words."""

from typing import Any

import pytest

from app.http.schema_kinds import kind_of

WHOLE = {"type": "integer", "minimum": 1, "maximum": 1440}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (WHOLE, "whole number 1 to 1,440"),
        ({"type": "number"}, "number"),
        ({"anyOf": [WHOLE, {"type": "null"}]}, "whole number 1 to 1,440"),
        ({"type": "array", "items": WHOLE}, "list: whole number 1 to 1,440"),
        ({"type": "array", "items": {"type": "boolean"}, "maxItems": 50},
         "list of up to 50: `true` `false`"),
        ({"type": "array", "prefixItems": [{"type": "string"}] * 3}, "three of text"),
        ({"enum": ["fill", "leave"]}, "`fill` `leave`"),
        ({"enum": [str(k) for k in range(30)]}, "one of a long list of names"),
        ({"const": True}, "`True`"),
        ({"$ref": "#/components/schemas/Round"}, "<Round>"),
        ({"type": "string", "format": "date-time"}, "time"),
        ({"type": "string", "maxLength": 64}, "text of up to 64"),
        ({"type": "object", "additionalProperties": {"type": "number"}},
         "object with names, each with number"),
        ({"type": "object"}, "object"),
        ({}, "anything"),
    ],
)  # fmt: skip
def test_a_kind_is_told_in_words(schema: dict[str, Any], words: str) -> None:
    assert kind_of(schema, lambda name: f"<{name}>") == words
