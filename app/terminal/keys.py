"""Keys of the service from the terminal: made, listed, revoked by whoever may open its database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.markup import escape
from rich.table import Column, Table

from app.settings import check_scope, is_role
from app.store import access_keys, events
from app.store.access_keys import StoredKey, key_of, new_secret
from app.terminal.configured import opened_store, settings_or_failure
from app.terminal.data_folder import open_data_folder
from app.terminal.failure import Failure
from schemas import limits


async def add_key(
    data: Path | None,
    role: str,
    organisation: str,
    event: str | None,
    until: datetime | None,
    label: str,
) -> tuple[StoredKey, str]:
    """Make a key; it, and its secret. Failure for one that could open nothing."""
    secret = new_secret()
    key = _wanted_key(secret, role, organisation, event, until, label)
    settings = settings_or_failure(data)
    open_data_folder(settings.data)
    async with opened_store(settings) as store, store.write() as connection:
        if event is not None and await events.find(connection, event, organisation) is None:
            raise Failure(f"--event: {organisation} has no event with this id")
        await access_keys.add(connection, key, secret)
    return key, secret


def _wanted_key(
    secret: str,
    role: str,
    organisation: str,
    event: str | None,
    until: datetime | None,
    label: str,
) -> StoredKey:
    if not is_role(role):
        raise Failure("--role: is owner, organiser, steward or reader")
    if not organisation.strip() or not organisation.isprintable():
        raise Failure("--organisation: name one")
    if len(label) > limits.NAME or not (label.isprintable() or label == ""):
        raise Failure(f"--label: up to {limits.NAME} characters of one line")
    expires_at = until and until.replace(tzinfo=UTC)
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise Failure("--until: a day to come is needed")
    try:
        check_scope(role, event)
    except ValueError as error:
        raise Failure(f"--event: {error}") from None
    return key_of(secret, organisation, role, event, label=label, expires_at=expires_at)


async def list_keys(data: Path | None) -> Table:
    """Every key without its secret, newest first."""
    settings = settings_or_failure(data)
    open_data_folder(settings.data)
    async with opened_store(settings) as store, store.read() as connection:
        return keys_table(await access_keys.listing(connection))


def keys_table(keys: Sequence[StoredKey]) -> Table:
    """Keys as a table for a terminal; ids are whole on a narrow one too, to be revoked by."""
    table = Table(Column("id", no_wrap=True), Column("key", overflow="fold"), "state")
    now = datetime.now(UTC)
    for key in keys:
        scope = f"event {key.event_id}" if key.event_id else "all events"
        opens = f"{key.role} of {key.organisation}, {scope}"
        used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
        told = [opens, *([key.label] if key.label else []), f"{key.prefix}…"]
        table.add_row(key.id, escape("\n".join(told)), f"{_state(key, now)}\nused: {used}")
    return table


def _state(key: StoredKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if not key.is_good(now):
        return "expired"
    return f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "good"


async def revoke_key(data: Path | None, key_id: str) -> StoredKey:
    """Revoke a key; a running service knows within two seconds. Failure if there is none."""
    settings = settings_or_failure(data)
    open_data_folder(settings.data)
    async with opened_store(settings) as store, store.write() as connection:
        key = await access_keys.find(connection, key_id)
        if key is None:
            raise Failure(f"{key_id}: is the id of no key: tertius key list has them")
        return await access_keys.revoke(connection, key)
