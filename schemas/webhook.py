"""Webhooks: who is told of what happens to events, and the messages that tell it.

Messages are thin: ids, numbers and codes, no name, no text and no address. Whoever wants to know
more reads it with a key.
"""

from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from schemas.base import Id, Wire
from schemas.diagnosis import Code

WebhookKind = Literal[
    "solve.finished",
    "schedule.published",
    "repair.published",
    "diagnosis.critical",
    "feedback.alarm",
]
KINDS: tuple[WebhookKind, ...] = get_args(WebhookKind)
TEST = "webhook.test"
"""The kind of the message that is sent on request: nobody subscribes to it."""

WebhookState = Literal["active", "paused", "failing", "ended"]
"""``failing``: paused by the service, after a day of failures; ``ended``: answered with 410."""
DeliveryState = Literal["pending", "delivered", "dropped"]
SendProblem = Literal["name", "address", "connection", "timeout", "answer"]
"""What went wrong: the name has no address, or one that is not public; nobody took the connection,
or not with a certificate of that name; it took too long; the answer was none of 2xx."""

WebhookUrl = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Kinds = Annotated[tuple[WebhookKind, ...], Field(min_length=1, max_length=len(KINDS))]
MOST_CHANGED = 1_000
"""So many ids are told of whose day a version changes; of more, the first ones."""


class NewWebhook(Wire):
    """A webhook to be made."""

    url: WebhookUrl
    """Where messages are sent: https, on port 443 or 8443 of a public address."""
    events: Kinds = KINDS
    """The kinds of messages. Left out: all."""
    event: Annotated[str, StringConstraints(max_length=32)] | None = None
    """The id of the event that is told of. Left out: all of the organisation."""


class WebhookChange(Wire):
    """What is to change of a webhook; what is left out stays."""

    url: WebhookUrl = ""
    """Where messages are sent. Left out: where they were."""
    events: Kinds = ()
    """The kinds of messages. Left out: those before."""
    paused: bool | None = None
    """True: messages wait; false: they are sent, those that waited first. Left out: as it was."""


class Webhook(Wire):
    """A webhook without its secret."""

    id: str
    """The id of the webhook."""
    url: str
    """Where messages are sent."""
    events: tuple[WebhookKind, ...]
    """The kinds of messages."""
    event: str | None
    """The id of the event that is told of; null: all of the organisation."""
    state: WebhookState
    """`active`; `paused`: messages wait; `failing`: they wait since none came through for a day;
    `ended`: the other side answered that it wants no more."""
    waiting: int
    """How many messages have not come through yet."""
    old_secret_until: datetime | None
    """Until when messages are signed with the secret before this one, too; null: they are not."""
    created_at: datetime
    """When it was made."""


class WebhookWithSecret(Webhook):
    """A webhook with its secret, which is told this once."""

    secret: str
    """What messages are signed with, as the Standard Webhooks write it."""


class WebhookList(Wire):
    """Webhooks of the organisation, oldest first."""

    webhooks: tuple[Webhook, ...]
    """Webhooks of the organisation, oldest first."""


class Delivery(Wire):
    """What became of one message."""

    id: str
    """The id of the message: `webhook-id` of every try."""
    type: str
    """Its kind."""
    event: str | None
    """The id of the event that it tells of; null for a test."""
    state: DeliveryState
    """`pending`, `delivered`, or `dropped` because the webhook ended."""
    attempts: int
    """How often it was tried."""
    next_attempt_at: datetime | None
    """When it is tried next, unless another one of the event waits before it; null: never."""
    last_status: int | None
    """The status of the last answer; null if there was none."""
    problem: SendProblem | None
    """What went wrong with the last try; null if nothing did."""
    created_at: datetime
    """When it came to be."""


class DeliveryList(Wire):
    """The newest messages of a webhook, newest first."""

    deliveries: tuple[Delivery, ...]
    """The newest messages of a webhook, newest first."""


class SolveEnd(Wire):
    """A solve that has ended."""

    event: str
    """The id of the event."""
    solve: str
    """The id of the solve."""
    kind: Literal["solve", "repair", "improvement"]
    """What it was for."""
    state: Literal["done", "stopped", "infeasible", "failed"]
    """How it ended."""
    version: int | None
    """The version of the schedule that came of it; null if none did."""


class Publishing(Wire):
    """A version that was published."""

    event: str
    """The id of the event."""
    version: int
    """Its number."""
    previous: int | None
    """The number of the one published before; null if it is the first."""
    changed: tuple[Id, ...]
    """Ids of attendees whose day it changes, in order; at most 1,000 of them."""
    changed_count: int
    """How many there are."""


class CriticalDiagnosis(Wire):
    """A diagnosis that found something critical."""

    event: str
    """The id of the event."""
    revision: int
    """The revision of the event that was looked at."""
    codes: tuple[Code, ...]
    """The codes of what is critical."""


class FeedbackAlarm(Wire):
    """Feedback that an organiser should look at."""

    event: str
    """The id of the event."""
    reason: Literal["undisclosed_pitches", "not_held"]
    """Several people reported the same attendee, or many meetings of a round did not take
    place."""
    round: int | None
    """The round, from 1; null if it is about no single one."""


class WebhookTest(Wire):
    """What a test tells."""

    webhook: str
    """The id of the webhook."""


class WebhookMessage(Wire):
    """What all messages have in common."""

    timestamp: datetime
    """When it happened."""


class SolveFinishedMessage(WebhookMessage):
    """A solve, a repair or an improvement has ended, whichever way."""

    type: Literal["solve.finished"] = "solve.finished"
    """The kind."""
    data: SolveEnd
    """What happened."""


class SchedulePublishedMessage(WebhookMessage):
    """A version was published that no repair made."""

    type: Literal["schedule.published"] = "schedule.published"
    """The kind."""
    data: Publishing
    """What happened."""


class RepairPublishedMessage(WebhookMessage):
    """A version was published that mends the one before."""

    type: Literal["repair.published"] = "repair.published"
    """The kind."""
    data: Publishing
    """What happened."""


class DiagnosisCriticalMessage(WebhookMessage):
    """Somebody had the event diagnosed, and something critical was found; once a revision."""

    type: Literal["diagnosis.critical"] = "diagnosis.critical"
    """The kind."""
    data: CriticalDiagnosis
    """What happened."""


class FeedbackAlarmMessage(WebhookMessage):
    """Feedback is such that an organiser should look; once for each cause."""

    type: Literal["feedback.alarm"] = "feedback.alarm"
    """The kind."""
    data: FeedbackAlarm
    """What happened."""


class WebhookTestMessage(WebhookMessage):
    """A test, sent because somebody asked for it."""

    type: Literal["webhook.test"] = "webhook.test"
    """The kind."""
    data: WebhookTest
    """What happened."""


MESSAGES = (
    SolveFinishedMessage,
    SchedulePublishedMessage,
    RepairPublishedMessage,
    DiagnosisCriticalMessage,
    FeedbackAlarmMessage,
    WebhookTestMessage,
)
"""Every kind of message that is sent."""
