"""Idempotency-Key: a POST sent again with its key has one effect and the same answer.

Key, effect and answer are one transaction, so that no crash leaves one without the others, and a
refused request leaves no trace of its key. What was answered about an event is forgotten when
somebody is erased from it and when it is deleted: the key stays used, and is answered with Gone. An
answer that shows what is stored anyway is kept as little more than a reference to it (`Excerpt`).
"""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, NamedTuple

from fastapi import Depends, Header, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Gone, Invalid, Malformed
from app.http.access import CallerDep
from app.http.body import Sent
from app.http.keys import Caller
from app.http.openapi import refuses
from app.http.state import SettingsDep, StoreDep
from app.settings import Settings
from app.store.engine import Store
from app.store.idempotency import StoredAnswer, claim_key, save_answer

Effect = Callable[[AsyncConnection], Awaitable[Response]]
LONGEST_KEY = 255


class Excerpt(NamedTuple):
    """What is kept of an answer instead of its body, and the body again, made of that."""

    kept: Callable[[bytes], Awaitable[bytes]]
    whole: Callable[[AsyncConnection, bytes], Awaitable[bytes]]


@refuses(Malformed)
def key_of(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="1 to 255 visible ASCII characters.",
            json_schema_extra={"pattern": "^[!-~]{1,255}$"},
        ),
    ] = None,
) -> str | None:
    """The key, if one was sent and it is well formed."""
    del idempotency_key  # declared for the documentation; read below to see it sent twice
    keys = request.headers.getlist("Idempotency-Key")
    if not keys:
        return None
    visible = all("!" <= character <= "~" for character in keys[0])
    if len(keys) > 1 or not visible or not 1 <= len(keys[0]) <= LONGEST_KEY:
        message = f"1 to {LONGEST_KEY} visible ASCII characters, once"
        raise Malformed.at("header:Idempotency-Key", "invalid_key", message)
    return keys[0]


class Idempotent:
    """Has an effect once for each key of the caller's organisation."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        caller: Caller,
        key: str | None,
        event_id: str | None = None,
    ) -> None:
        self._store, self._event_id = store, event_id
        self._hours = settings.idempotency_hours
        self._organisation = caller.organisation
        self._key = key

    async def __call__(
        self, sent: Sent[object], effect: Effect, excerpt: Excerpt | None = None
    ) -> Response:
        """Run ``effect`` in one transaction, or give the answer it had; another body is refused."""

        async def run(connection: AsyncConnection) -> Response:
            if self._key is None:
                return await effect(connection)
            before = await claim_key(
                connection, self._organisation, self._key, sent.digest, self._hours
            )
            if before is not None:
                answer = _again(before, sent.digest)
                return await _made_whole(connection, answer, excerpt)
            response = await effect(connection)
            kept = await self._kept(sent.digest, response, excerpt)
            await save_answer(connection, self._organisation, self._key, kept)
            return response

        return await self._store.transact(run, self._event_id)

    async def _kept(self, digest: str, response: Response, excerpt: Excerpt | None) -> StoredAnswer:
        """The answer with the event it is about: that of the path, else the one it has made."""
        headers, body = dict(response.headers), bytes(response.body)
        if excerpt is not None:
            body = await excerpt.kept(body)
        made = EVENT_PLACE.fullmatch(headers.get("location", ""))
        event_id = self._event_id or (made[1] if made else None)
        return StoredAnswer(digest, response.status_code, headers, body, event_id)


EVENT_PLACE = re.compile(r"/v1/events/([^/]+)")


async def _made_whole(
    connection: AsyncConnection, answer: Response, excerpt: Excerpt | None
) -> Response:
    """The answer as it was; its length tells whether all of it was kept."""
    if excerpt is None or int(answer.headers["content-length"]) == len(answer.body):
        return answer
    answer.body = await excerpt.whole(connection, bytes(answer.body))
    answer.headers["content-length"] = str(len(answer.body))
    return answer


def _again(before: StoredAnswer, digest: str) -> Response:
    if before.request != digest:
        message = "this key was used for another request"
        raise Invalid.at("header:Idempotency-Key", "key_of_another_request", message)
    if before.body is None:
        place = before.headers.get("location", "the event")
        message = f"the event was deleted since, or somebody erased from it: read {place}"
        raise Gone.at("header:Idempotency-Key", "answer_erased", message)
    return Response(before.body, before.status, before.headers)


@refuses(Invalid, Gone)
async def get_idempotent(
    request: Request,
    store: StoreDep,
    settings: SettingsDep,
    caller: CallerDep,
    key: Annotated[str | None, Depends(key_of)],
) -> Idempotent:
    """What a POST runs its effect through, with a turn at the event of the path."""
    return Idempotent(store, settings, caller, key, request.path_params.get("event_id"))


IdempotentDep = Annotated[Idempotent, Depends(get_idempotent)]
