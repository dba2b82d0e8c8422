"""Keys of the organisation: made, listed and revoked by its owner.

An answer shows a secret, and is kept nowhere: so these requests take no Idempotency-Key. Sent again
they make another key.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.deps import OURS
from app.errors import Invalid, NotFound, StateConflict
from app.http.access import CallerDep
from app.http.body import Sent, json_body, openapi_body
from app.http.conditional import json_answer
from app.http.keys import Caller, Keys
from app.http.openapi import headed, refuses
from app.http.state import StoreDep, from_state
from app.settings import check_scope
from app.store import access_keys, events
from app.store.access_keys import StoredKey, key_of, new_secret
from schemas.access_key import AccessKey, AccessKeyList, CreatedKey, NewKey

router = APIRouter(prefix="/v1/keys", tags=["keys"])

KeysDep = Annotated[Keys, from_state("keys")]
NewKeyBody = Annotated[Sent[NewKey], Depends(json_body(NewKey))]
KeyId = Annotated[
    str, Path(description="The id that the server gave the key.", json_schema_extra=OURS)
]


@refuses(NotFound)
async def key_in_path(key_id: KeyId, caller: CallerDep, store: StoreDep) -> StoredKey:
    """The key of the path, if it is the caller's organisation's."""
    async with store.read() as connection:
        stored = await access_keys.find(connection, key_id, caller.organisation)
    if stored is None:
        raise NotFound
    return stored


KeyDep = Annotated[StoredKey, Depends(key_in_path)]


@router.post(
    "",
    status_code=201,
    response_model=CreatedKey,
    responses={201: headed("Location")},
    openapi_extra=openapi_body(NewKey),
)
@refuses(Invalid, StateConflict)
async def create_key(
    caller: CallerDep, store: StoreDep, keys: KeysDep, sent: NewKeyBody
) -> Response:
    """Make a key; its secret is told this once."""
    wanted, secret = sent.document, new_secret()
    _check_wanted(wanted)
    if keys.is_open and wanted.role != "owner":
        message = "there are no keys yet: make an owner's first, or nobody could make others"
        raise StateConflict.at("/role", "no_owner", message)
    key = key_of(
        secret,
        caller.organisation,
        wanted.role,
        wanted.event,
        label=wanted.label,
        expires_at=wanted.expires_at,
    )

    async def add(connection: AsyncConnection) -> None:
        await _check_event(connection, caller, wanted.event)
        await access_keys.add(connection, key, secret)

    await store.transact(add)
    keys.expect_change()
    told = CreatedKey(**dict(_shown(key)), secret=secret)
    return json_answer(told, status=201, headers={"Location": f"/v1/keys/{key.id}"})


@router.get("", response_model=AccessKeyList)
async def list_keys(caller: CallerDep, store: StoreDep) -> Response:
    """The organisation's keys that were made here, newest first, without their secrets."""
    async with store.read() as connection:
        rows = await access_keys.listing(connection, caller.organisation)
    return json_answer(AccessKeyList(keys=tuple(map(_shown, rows))))


@router.get("/{key_id}", response_model=AccessKey)
async def get_key(key: KeyDep) -> Response:
    """A key without its secret."""
    return json_answer(_shown(key))


@router.delete("/{key_id}", status_code=204)
@refuses(StateConflict)
async def revoke_key(key: KeyDep, store: StoreDep, keys: KeysDep) -> Response:
    """Revoke a key: within two seconds nothing is opened by it, and its connections are closed.

    The last owner's key cannot be revoked here: nobody could make another.
    """

    async def revoke(connection: AsyncConnection) -> None:
        rows = await access_keys.listing(connection, key.organisation)
        if _is_last_owner(key, rows) and not keys.has_owner(key.organisation):
            message = "this is the last owner's key: make another one first"
            raise StateConflict.at("", "last_owner", message)
        await access_keys.revoke(connection, key)

    await store.transact(revoke)
    keys.expect_change()
    return Response(status_code=204)


def _is_last_owner(key: StoredKey, rows: Sequence[StoredKey]) -> bool:
    """Whether a good key is an owner's, and no other of the organisation's is."""
    now = datetime.now(UTC)
    owners = {row.id for row in rows if row.role == "owner" and row.is_good(now)}
    return owners == {key.id}


def _check_wanted(wanted: NewKey) -> None:
    """Raise Invalid for a key that could open nothing, or what its role may not."""
    try:
        check_scope(wanted.role, wanted.event)
    except ValueError as error:
        raise Invalid.at("/event", "scope", str(error)) from None
    if wanted.expires_at is not None and wanted.expires_at <= datetime.now(UTC):
        raise Invalid.at("/expires_at", "past", "a time to come is needed")


async def _check_event(connection: AsyncConnection, caller: Caller, event_id: str | None) -> None:
    if event_id is None:
        return
    if await events.find(connection, event_id, caller.organisation) is None:
        raise Invalid.at("/event", "unknown_event", "no event of this organisation has this id")


def _shown(key: StoredKey) -> AccessKey:
    return AccessKey(
        id=key.id,
        role=key.role,
        event=key.event_id,
        label=key.label,
        prefix=key.prefix,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
    )
