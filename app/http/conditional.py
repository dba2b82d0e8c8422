"""Conditional requests: ETag on reads, If-None-Match, and If-Match where something changes."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from app.errors import MissingPrecondition, Stale
from app.http.openapi import refuses

JSON = "application/json"
TAGS = re.compile(r'(?:^|,)\s*(W/)?("[\x21\x23-\x7e]*")\s*(?=,|$)')

ONE_OR_MORE = {"pattern": r'^(\*|(W/)?"[!#-~]*"(\s*,\s*(W/)?"[!#-~]*")*)$'}
"""What a header with tags looks like; any other has none that could match."""


def json_answer(
    content: BaseModel | str,
    etag: str | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """A JSON answer; `null` where a model has nothing to say."""
    text = content if isinstance(content, str) else content.model_dump_json(by_alias=True)
    tag = {} if etag is None else {"ETag": etag}
    return Response(text, status, {**tag, **(headers or {})}, media_type=JSON)


def not_modified(request: Request, etag: str) -> Response | None:
    """The 304 for a caller who has this already."""
    asked = request.headers.get("If-None-Match")
    seen = narrowed_tag(etag, getattr(request.state, "narrowed", None))
    if asked is None or not (asked.strip() == "*" or seen in _tags(asked, weak=True)):
        return None
    return Response(status_code=304, headers={"ETag": etag})


def narrowed_tag(etag: str, role: str | None) -> str:
    """The tag of what a role is shown of a document with this tag (`app.http.reader_view`)."""
    return etag if role is None else f'{etag[:-1]}.{role}"'


class Match:
    """What the caller believes to change."""

    def __init__(self, header: str) -> None:
        self._header = header

    def check(self, etag: str) -> None:
        """Raise Stale unless ``etag`` is among the tags the caller named."""
        if self._header.strip() != "*" and etag not in _tags(self._header, weak=False):
            raise Stale


@refuses(MissingPrecondition, Stale)
def get_match(
    if_match: Annotated[
        str | None, Header(description="The ETag of the event.", json_schema_extra=ONE_OR_MORE)
    ] = None,
) -> Match:
    """The If-Match header, which a change cannot do without."""
    if if_match is None:
        message = "send the ETag that reading the event gave"
        raise MissingPrecondition.at("header:If-Match", "missing", message)
    return Match(if_match)


@refuses(Stale)
def get_optional_match(
    if_match: Annotated[
        str | None, Header(description="The ETag of the event.", json_schema_extra=ONE_OR_MORE)
    ] = None,
) -> Match:
    """The If-Match header of a change that can do without."""
    return Match("*" if if_match is None else if_match)


MatchDep = Annotated[Match, Depends(get_match)]
OptionalMatchDep = Annotated[Match, Depends(get_optional_match)]


def _tags(header: str, *, weak: bool) -> set[str]:
    """The tags of a header; weak ones only where they count as equal."""
    return {tag for mark, tag in TAGS.findall(header) if weak or not mark}
