"""JSON without guesses: typed strictly, no key twice, NaN and infinities refused in place.

What is wrong costs no more to find than what is right costs to read: a document of many values is
read to the first error of each list, and no object has more than ``MOST_KEYS``.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaValidator, from_json, to_json

from app.errors import Invalid, from_validation, pointer
from app.plain_words import say_json_fault
from schemas.base import SENT

Document = TypeVar("Document")

FEW_VALUES = 20_000
"""A document of so many values is read to its end, whatever is wrong with it."""
READ_AGAIN = 4 * 2**20
"""Of a refused document with so many bytes the errors also say whom they are about, by id."""
MOST_KEYS = 100
"""No object of any document has more."""


def parse_document(adapter: TypeAdapter[Document], raw: bytes | bytearray) -> Document:
    """The document, valid and without a key given twice; Invalid otherwise."""
    fault = _find_fault(raw)
    if fault and fault.code == TOO_MANY:
        raise fault.refusal()
    document = validate_json(adapter, raw, SENT)
    if fault:
        raise fault.refusal()
    return document


def parse_as(model: type[Document], raw: bytes | bytearray) -> Document:
    """The same, of a model."""
    return parse_document(adapter_of(model), raw)


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def adapter_of(model: type[Document]) -> TypeAdapter[Document]:
    """What reads a model; made once."""
    adapter: TypeAdapter[Document] = _adapter(model)  # type: ignore[arg-type]
    return adapter


def validate_json(
    adapter: TypeAdapter[Document], raw: bytes | bytearray, context: Any = None
) -> Document:
    """The valid document; else Invalid with its errors, of many values the first of each list.

    The ``context`` is ``SENT`` for what comes from somebody as it is.
    """
    reader = adapter if count_values(raw) <= FEW_VALUES else _hasty(adapter)
    try:
        return reader.validate_json(raw, context=context)
    except ValidationError as error:
        raise from_validation(error, _read_again(raw)) from None


def _read_again(raw: bytes | bytearray) -> Any:
    """What a refused document says; None of a large one, and of what is no JSON."""
    with suppress(ValueError):
        return from_json(raw) if len(raw) <= READ_AGAIN else None
    return None


def count_values(raw: bytes | bytearray) -> int:
    """About how many values a document has, seldom too few: marks within texts count as well."""
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{")


@cache
def _hasty(adapter: TypeAdapter[Any]) -> SchemaValidator:
    """What validates the same, but leaves each list at its first error."""
    return SchemaValidator(_fail_fast(adapter.core_schema), _use_prebuilt=False)


def _fail_fast(schema: Any) -> Any:
    if isinstance(schema, Mapping):
        hasty = {key: _fail_fast(part) for key, part in schema.items()}
        return hasty | {"fail_fast": True} if schema.get("type") in ("tuple", "list") else hasty
    if isinstance(schema, list | tuple):
        return type(schema)(map(_fail_fast, schema))
    return schema


def parse_any_json(raw: bytes | bytearray) -> Any:
    """The parsed body; NaN and infinities stay, for the model to refuse with a pointer."""
    try:
        document = from_json(raw)
    except ValueError as error:
        raise Invalid.at("", "json_invalid", say_json_fault(str(error))) from None
    if fault := _find_fault(raw):
        raise fault.refusal()
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


class _Fault(NamedTuple):
    """What is wrong with the keys of an object, and where."""

    where: tuple[str | int, ...]
    code: str
    message: str

    def refusal(self) -> Invalid:
        return Invalid.at(pointer(self.where), self.code, self.message)


REPEATED, TOO_MANY = "repeated_key", "too_many_keys"


def _find_fault(raw: bytes | bytearray) -> _Fault | None:
    """The first object with a key twice, for which was meant is a guess, or with too many.

    None also for what is no JSON, which is said where the document is read.
    """
    try:
        json.loads(raw, object_pairs_hook=_refuse_faults)
    except _Faulty:
        return _fault_in(json.loads(raw, object_pairs_hook=_keep_fault))
    except (ValueError, RecursionError):
        pass
    return None


class _Faulty(Exception):  # noqa: N818 - never leaves this module
    """Some object has a fault."""


def _refuse_faults(pairs: list[tuple[str, Any]]) -> None:
    """Keeps nothing: the document is read elsewhere."""
    if len({key for key, _ in pairs}) != len(pairs) or len(pairs) > MOST_KEYS:
        raise _Faulty


def _keep_fault(pairs: list[tuple[str, Any]]) -> _Fault | None:
    """The first fault of an object, of which nothing else is kept."""
    if len({key for key, _ in pairs}) > MOST_KEYS:
        message = f"an object has at most {MOST_KEYS} fields, this one has {len(pairs)}"
        return _Fault((), TOO_MANY, message)
    seen = set[str]()
    for key, value in pairs:
        if key in seen:
            message = "this key is given twice in the same object"
            return _Fault((key,), REPEATED, message)
        seen.add(key)
        if inner := _fault_in(value):
            return inner._replace(where=(key, *inner.where))
    return None


def _fault_in(value: Any) -> _Fault | None:
    """The first fault of what an object or a list holds."""
    if isinstance(value, _Fault):
        return value
    if isinstance(value, list):
        for place, row in enumerate(value):
            if inner := _fault_in(row):
                return inner._replace(where=(place, *inner.where))
    return None
