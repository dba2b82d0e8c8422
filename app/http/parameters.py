"""Query and path parameters, checked before the framework reads them: known, given once, and
written as JSON writes them.

The framework would take ``+5``, ``1_0`` and ``1.0`` for numbers and ``yes``, ``on`` and ``1`` for
true, keep the last of two, and pass over what it does not know: ``erse=true`` would not erase.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, NamedTuple

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant
from pydantic import TypeAdapter

from app.errors import Invalid
from app.http.access import CallerDep
from app.http.openapi import refuses
from schemas.problem import ProblemError


class Writing(NamedTuple):
    """How JSON writes the values of a type, and what a caller is told who wrote them otherwise."""

    form: re.Pattern[str]
    code: str
    message: str


WRITINGS: Mapping[str, Writing] = {
    "integer": Writing(
        re.compile(r"-?(0|[1-9][0-9]*)"), "int_parsing", "a whole number in plain digits is needed"
    ),
    "number": Writing(
        re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"),
        "float_parsing",
        "a number is needed, such as 5 or 0.25",
    ),
    "boolean": Writing(re.compile("true|false"), "bool_parsing", "true or false is needed"),
}
"""By JSON type; texts are taken as they are."""

TELLABLE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
"""Names that an answer repeats: others may be a value, or a secret, that lost its name."""


@refuses(Invalid)
async def check_parameters(request: Request, _caller: CallerDep) -> None:
    """Raise Invalid unless the caller wrote each parameter of the route as OpenAPI says."""
    await check_open_parameters(request)


async def check_open_parameters(request: Request) -> None:
    """The same of a route that anybody may ask."""
    route = request.scope["route"]
    known = _known(route.path, route.endpoint)
    sent = [("query", *pair) for pair in request.query_params.multi_items()]
    sent += [("path", *pair) for pair in request.path_params.items()]
    errors = [*_repeated(request), *(error for row in sent for error in _objections(known, *row))]
    if errors:
        raise Invalid(errors=errors)


def _repeated(request: Request) -> Iterator[ProblemError]:
    """An error for each name that the query has more than once."""
    for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
        if times > 1:
            yield _error("query", name, "repeated", "give this once")


def _objections(
    known: Mapping[tuple[str, str], str], place: str, name: str, value: str
) -> Iterator[ProblemError]:
    """What is wrong with one parameter of a request by itself."""
    if (place, name) not in known:
        names = sorted(other for where, other in known if where == place)
        message = f"this request takes {', '.join(names) or 'no query'}"
        meant = get_close_matches(name.casefold().replace("-", "_"), names, n=1)
        message += f": did you mean {meant[0]}?" if meant else ""
        yield _error(place, name, "extra_forbidden", message)
    elif (writing := WRITINGS.get(known[place, name])) and not writing.form.fullmatch(value):
        yield _error(place, name, writing.code, writing.message)


def _error(place: str, name: str, code: str, message: str) -> ProblemError:
    told = name if TELLABLE.fullmatch(name) else ""
    return ProblemError(pointer=f"{place}:{told}", code=code, message=message)


@cache
def _known(path: str, endpoint: Callable[..., Any]) -> Mapping[tuple[str, str], str]:
    """The JSON type of every parameter of a route, by its place and name."""
    return {
        (place, name): _type_of(schema)
        for place, field in _fields(get_dependant(path=path, call=endpoint))
        for name, schema in _described(field).items()
    }


def _fields(dependant: Dependant) -> Iterator[tuple[str, Any]]:
    """The parameters of a route and of all that it depends on."""
    yield from (("query", field) for field in dependant.query_params)
    yield from (("path", field) for field in dependant.path_params)
    for inner in dependant.dependencies:
        yield from _fields(inner)


def _described(field: Any) -> Mapping[str, Any]:
    """The JSON Schema of a parameter, or of each field where a model stands for several."""
    kind: Any = Annotated[field.field_info.annotation, field.field_info]
    schema = TypeAdapter(kind).json_schema()
    return schema.get("properties", {field.alias: schema})  # type: ignore[no-any-return]


def _type_of(schema: Mapping[str, Any]) -> str:
    """The JSON type that a schema asks for when there is a value."""
    kinds = [kind["type"] for kind in schema.get("anyOf", [schema])]
    return next(kind for kind in kinds if kind != "null")  # type: ignore[no-any-return]
