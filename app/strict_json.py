"""JSON without guesses: typed strictly, no key twice, NaN and infinities refused in place."""

import json
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from app.errors import Invalid, from_validation, pointer

Document = TypeVar("Document")


def parse_document(adapter: TypeAdapter[Document], raw: bytes | bytearray) -> Document:
    """The document, valid and without a key given twice; Invalid otherwise."""
    try:
        document = adapter.validate_json(raw)
    except ValidationError as error:
        raise from_validation(error) from None
    _check_keys(raw)
    return document


def parse_any_json(raw: bytearray) -> Any:
    """The parsed body; NaN and infinities stay, for the model to refuse with a pointer."""
    try:
        document = from_json(raw)
    except ValueError as error:
        raise Invalid.at("", "json_invalid", f"Invalid JSON: {error}") from None
    _check_keys(raw)
    return document


def apply_merge_patch(document: Any, patch: Any) -> Any:
    """RFC 7396: null removes, objects merge, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = apply_merge_patch(result.get(key), value)
    return result


def join_objects(first: str, second: str) -> str:
    """The JSON of one object with the members of two, none of them in both, neither empty."""
    return f"{first[:-1]},{second[1:]}"


def to_lenient_json(document: Any) -> bytes:
    """JSON that also says NaN and the infinities, for a model to refuse where they stand."""
    return to_json(document, inf_nan_mode="constants")


def _check_keys(raw: bytes | bytearray) -> None:
    """Refuse a key given twice in one object: which of the two was meant is a guess."""
    try:
        json.loads(raw, object_pairs_hook=_no_repetition)
    except _RepeatedKey:
        tree = json.loads(raw, object_pairs_hook=_Pairs)
        message = "this key is given twice in the same object"
        raise Invalid.at(pointer(next(_repetitions(tree))), "repeated_key", message) from None


class _RepeatedKey(Exception):  # noqa: N818 - never leaves this module
    """Some object has a key twice."""


class _Pairs(list[tuple[str, Any]]):
    """An object as its pairs, in order."""


def _no_repetition(pairs: list[tuple[str, Any]]) -> None:
    """Keeps nothing: the document was parsed before."""
    if len({key for key, _ in pairs}) != len(pairs):
        raise _RepeatedKey


def _repetitions(value: Any, where: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The places of keys that were there before."""
    if not isinstance(value, list):
        return
    seen: set[str | int] = set()
    for step, inner in value if isinstance(value, _Pairs) else enumerate(value):
        if step in seen:
            yield (*where, step)
        seen.add(step)
        yield from _repetitions(inner, (*where, step))
