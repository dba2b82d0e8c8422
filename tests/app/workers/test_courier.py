"""Messages come through: verified, in order, tried for a day, and by one worker at a time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.store import outbox, webhooks
from app.store.engine import Store
from app.store.tables import webhook_messages
from app.store.webhooks import StoredWebhook
from app.webhooks.signature import new_webhook_secret
from app.workers.courier import Courier
from schemas.webhook import KINDS, Delivery
from tests.databases import settings_on
from tests.receiver import Receiver, receiver
from tests.stored import opened, queued

pytestmark = pytest.mark.anyio

SECRET = new_webhook_secret()


class StoppedClock:
    """A time that stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
async def store(database: str, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(settings_on(database, tmp_path)) as store:
        yield store


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiver() as other:
        yield other


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def courier(store: Store, clock: StoppedClock) -> Courier:
    return Courier(store, "worker-0", local=True, now=clock)


async def event(store: Store) -> str:
    return (await queued(store)).event_id


async def subscribe(store: Store, other: Receiver, event_id: str | None = None) -> StoredWebhook:
    async with store.write() as connection:
        return await webhooks.add(connection, "local", event_id, other.url, KINDS, SECRET)


async def tell(store: Store, event_id: str, *causes: str) -> None:
    for cause in causes:
        async with store.write() as connection:
            data = {"event": event_id, "cause": cause}
            await outbox.append(connection, event_id, "feedback.alarm", cause, data)


async def send_all(courier: Courier, clock: StoppedClock) -> None:
    clock.now = max(clock.now, datetime.now(UTC))
    while await courier.send_next():
        pass


async def row_of(store: Store, webhook: StoredWebhook) -> StoredWebhook:
    async with store.read() as connection:
        found = await webhooks.find(connection, webhook.id, "local")
    assert found is not None
    return found


async def rows(store: Store, webhook: StoredWebhook) -> list[Delivery]:
    """The deliveries, the oldest first."""
    async with store.read() as connection:
        found = await outbox.deliveries(connection, webhook.id, is_active=True)
    return list(found)[::-1]


def causes(other: Receiver, event_id: str) -> list[str]:
    return [told["data"]["cause"] for told in other.of_event(event_id, SECRET)]


async def test_messages_come_verified_and_in_order(
    store: Store, other: Receiver, courier: Courier, clock: StoppedClock
) -> None:
    event_id, webhook = await event(store), await subscribe(store, other)
    await tell(store, event_id, *"abcde")
    await send_all(courier, clock)
    assert causes(other, event_id) == list("abcde")
    (first, *_) = other.arrivals
    assert first.message(SECRET)["type"] == "feedback.alarm"
    assert {row.state for row in await rows(store, webhook)} == {"delivered"}


async def test_a_cause_is_told_once_and_only_to_whom_it_concerns(
    store: Store, other: Receiver, courier: Courier, clock: StoppedClock
) -> None:
    ours, theirs = await event(store), await event(store)
    await subscribe(store, other, event_id=ours)
    await tell(store, ours, "a", "a")
    await tell(store, theirs, "b")
    await send_all(courier, clock)
    assert (causes(other, ours), causes(other, theirs)) == (["a"], [])


async def test_what_fails_is_tried_again_over_a_day_and_holds_up_its_own_event_alone(
    store: Store, other: Receiver, courier: Courier, clock: StoppedClock
) -> None:
    failing, fine = await event(store), await event(store)
    webhook = await subscribe(store, other)
    await tell(store, failing, "a", "b")
    await tell(store, fine, "c")
    other.answer = lambda arrival: 500 if failing in arrival.body.decode() else 200
    clock.move(1)
    begun = clock.now
    for pause in (0, 5, 300, 1800, 7200, 18000, 36000, 36000):
        other.arrivals.clear()
        clock.move(pause * 0.98)
        if pause:
            assert not await courier.send_next()
        clock.move(pause * 0.13)
        while await courier.send_next():
            pass
        assert len(other.arrivals) == (1 if pause else 2)
    assert timedelta(hours=24) < clock.now - begun < timedelta(hours=36)
    stopped = await row_of(store, webhook)
    assert (stopped.state, stopped.waiting) == ("failing", 2)
    assert [(row.attempts, row.last_status) for row in await rows(store, webhook)] == [
        (8, 500), (0, None), (1, 200),
    ]  # fmt: skip


async def test_nothing_is_lost_while_a_webhook_waits(
    store: Store, other: Receiver, courier: Courier, clock: StoppedClock
) -> None:
    event_id, webhook = await event(store), await subscribe(store, other)
    async with store.write() as connection:
        await webhooks.change(connection, webhook.id, state="failing")
    await tell(store, event_id, "a", "b")
    await send_all(courier, clock)
    assert other.arrivals == []
    async with store.write() as connection:
        await webhooks.change(connection, webhook.id, state="active")
    await send_all(courier, clock)
    assert causes(other, event_id) == ["a", "b"]


async def test_410_ends_a_webhook(
    store: Store, other: Receiver, courier: Courier, clock: StoppedClock
) -> None:
    event_id, webhook = await event(store), await subscribe(store, other)
    await tell(store, event_id, "a", "b")
    other.answer = lambda _: 410
    await send_all(courier, clock)
    await tell(store, event_id, "c")
    await send_all(courier, clock)
    assert len(other.arrivals) == 1
    assert (await row_of(store, webhook)).state == "ended"
    assert [row.state for row in await rows(store, webhook)] == ["dropped", "dropped"]


async def test_two_secrets_are_good_for_a_day_after_a_rotation(
    store: Store, other: Receiver, courier: Courier, clock: StoppedClock
) -> None:
    event_id, webhook = await event(store), await subscribe(store, other)
    fresh = new_webhook_secret()
    async with store.write() as connection:
        await webhooks.rotate(connection, webhook, fresh)
    await tell(store, event_id, "a")
    await send_all(courier, clock)
    (arrival,) = other.arrivals
    assert arrival.headers["webhook-signature"].count("v1,") == 2
    assert arrival.is_signed_with(SECRET)
    assert arrival.is_signed_with(fresh)
    assert not arrival.is_signed_with(new_webhook_secret())
    async with store.write() as connection:
        await webhooks.end_old_secret(connection, webhook.id)
    await tell(store, event_id, "b")
    await send_all(courier, clock)
    assert not other.arrivals[-1].is_signed_with(SECRET)
    assert other.arrivals[-1].is_signed_with(fresh)


async def test_the_old_secret_ends_by_itself(
    store: Store, other: Receiver, clock: StoppedClock
) -> None:
    event_id, webhook = await event(store), await subscribe(store, other)
    async with store.write() as connection:
        await webhooks.rotate(connection, webhook, new_webhook_secret())
    await tell(store, event_id, "a")
    clock.move(24 * 3600 + 60)
    async with store.write() as connection:
        sent = await outbox.claim(connection, "w", clock.now)
    assert sent is not None
    assert len(sent.signing) == 1


async def test_a_message_is_sent_by_one_worker_at_a_time(
    store: Store, other: Receiver, clock: StoppedClock
) -> None:
    event_id, webhook = await event(store), await subscribe(store, other)
    await tell(store, event_id, "a", "b")
    clock.move(1)
    async with store.write() as connection:
        sent = await outbox.claim(connection, "worker-0", clock.now)
    async with store.write() as connection:
        assert sent is not None
        assert await outbox.claim(connection, "worker-1", clock.now) is None
    clock.move(outbox.SECONDS_TO_HOLD)
    async with store.write() as connection:
        again = await outbox.claim(connection, "worker-1", clock.now)
    assert again is not None
    assert (again.id, again.fence) == (sent.id, sent.fence + 1)
    outcome: dict[str, Any] = {"status": 200, "problem": None, "again_at": None}
    async with store.write() as connection:
        assert not await outbox.settle(connection, sent, clock.now, **outcome)
        assert await outbox.settle(connection, again, clock.now, **outcome)
    assert [row.state for row in await rows(store, webhook)] == ["delivered", "pending"]


async def test_what_a_dead_worker_held_is_free_when_one_of_its_name_begins(
    store: Store, other: Receiver, courier: Courier, clock: StoppedClock
) -> None:
    event_id, _ = await event(store), await subscribe(store, other)
    await tell(store, event_id, "a")
    clock.move(1)
    async with store.write() as connection:
        assert await outbox.claim(connection, "worker-0", clock.now)
    assert not await courier.send_next()
    await courier.release()
    await send_all(courier, clock)
    assert causes(other, event_id) == ["a"]


async def test_many_couriers_send_each_message_once_and_in_order(
    store: Store, other: Receiver
) -> None:
    ids = [await event(store) for _ in range(3)]
    webhook = await subscribe(store, other)
    couriers = [Courier(store, f"worker-{n}", local=True) for n in range(3)]
    working = [asyncio.create_task(courier.work()) for courier in couriers]
    for cause in "abcd":
        for event_id in ids:
            await tell(store, event_id, cause)
    async with asyncio.timeout(60):
        while (await row_of(store, webhook)).waiting:
            await asyncio.sleep(0.05)
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    assert set(other.times().values()) == {1}
    assert [causes(other, event_id) for event_id in ids] == [list("abcd")] * 3


async def test_a_webhook_that_was_allowed_before_is_not_sent_to_inside(
    store: Store, other: Receiver, clock: StoppedClock
) -> None:
    event_id, webhook = await event(store), await subscribe(store, other)
    await tell(store, event_id, "a")
    strict = Courier(store, "worker-0", local=False, now=clock)
    clock.move(1)
    assert await strict.send_next()
    assert (await rows(store, webhook))[0].problem == "address"
    assert other.connections == 0


async def test_messages_go_with_their_event(store: Store, other: Receiver) -> None:
    event_id, webhook = await event(store), await subscribe(store, other)
    await tell(store, event_id, "a")
    async with store.write() as connection:
        await connection.execute(sa.text("DELETE FROM events"))
        assert (await connection.execute(sa.select(webhook_messages))).all() == []
    assert (await row_of(store, webhook)).waiting == 0
