"""The tables. Documents are JSON text; what the server owns stands in columns beside them.

A stored event lacks ``held_rounds`` and ``published``, a stored schedule lacks ``event_id``,
``version``, ``status`` and ``created_at``: the columns say them, and reading joins the two.
Benefits, the bulk of a large event, stand in a row of their own: an incident does not touch them.
So do the documents of schedules: what else is known of a version is asked for far more often. Every
version is kept as long as its event, since all can be asked for; packed, for there are hundreds.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from app.store.sealed import SealedBytes, SealedPack, SealedText


class Instant(sa.types.TypeDecorator[datetime]):
    """A time in UTC, also where the database forgets the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, _: Any) -> datetime | None:
        """The value as it was stored."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _event_id(*, primary_key: bool = False) -> sa.Column[str]:
    """The event a row belongs to, and goes with."""
    return sa.Column(
        "event_id",
        sa.String(32),
        sa.ForeignKey("events.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("document", SealedText("events.document"), nullable=False),
    sa.Column("benefits", sa.String(64), nullable=False, default=""),
    sa.Column("day", SealedText("events.day"), nullable=False),
    sa.Column("held_rounds", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("attendees", sa.Integer, nullable=False),
    sa.Column("rounds", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("forgotten_at", Instant),
    sa.Index("ix_events_organisation", "organisation", "id"),
)

wipes = sa.Table(  # keys of events that were deleted, until they are wiped
    "wipes",
    metadata,
    sa.Column("event_id", sa.String(32), primary_key=True),
)

benefits = sa.Table(
    "benefits",
    metadata,
    _event_id(primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("document", SealedText("benefits.document"), nullable=False),
)

edits = sa.Table(
    "edits",
    metadata,
    _event_id(primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("changed", sa.Text, nullable=False),
)

schedules = sa.Table(
    "schedules",
    metadata,
    _event_id(primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("objective", sa.Float(53)),
    sa.Column("upper_bound", sa.Float(53)),
    sa.Column("gap", sa.Float(53)),
    sa.Column("proof", sa.String(16)),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("made", sa.String(64), nullable=False),
    sa.Column("cause", sa.String(16), nullable=False),
    sa.Column("revision", sa.Integer),
    sa.Column("incidents", sa.Integer),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_schedules_status", "event_id", "status"),
)

schedule_documents = sa.Table(
    "schedule_documents",
    metadata,
    _event_id(primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("document", SealedPack("schedule_documents.document"), nullable=False),
    sa.Column("repair", SealedText("schedule_documents.repair")),
)

proposals = sa.Table(
    "proposals",
    metadata,
    _event_id(primary_key=True),
    sa.Column("id", sa.String(12), nullable=False),
    sa.Column("basis", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer),
    sa.Column("told", SealedText("proposals.told"), nullable=False),
    sa.Column("document", SealedPack("proposals.document"), nullable=False),
)

solves = sa.Table(
    "solves",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    _event_id(),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer),
    sa.Column("objective", sa.Float(53)),
    sa.Column("upper_bound", sa.Float(53)),
    sa.Column("gap", sa.Float(53)),
    sa.Column("conflict", SealedText("solves.conflict")),
    sa.Column("advice", SealedText("solves.advice")),
    sa.Column("repair", SealedText("solves.repair")),
    sa.Column("stop", sa.Boolean, nullable=False, default=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Index("ix_solves_event_id", "event_id", "id"),
    sa.Index("ix_solves_state", "state"),
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("organisation", sa.Text, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("taken_at", Instant, nullable=False),
)

progress = sa.Table(
    "progress",
    metadata,
    sa.Column(
        "solve_id",
        sa.String(32),
        sa.ForeignKey("solves.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)

incidents = sa.Table(
    "incidents",
    metadata,
    _event_id(primary_key=True),
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("solve_id", sa.String(32)),
    sa.Column("document", SealedText("incidents.document"), nullable=False),
    sa.Column("effect", SealedText("incidents.effect")),
    sa.Column("undone", sa.Boolean),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_incidents_event_id", "event_id", "position"),
)

news = sa.Table(
    "news",
    metadata,
    _event_id(primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer),
    sa.Column("document", SealedText("news.document"), nullable=False),
    sa.Column("changes", SealedText("news.changes")),
    sa.Column("created_at", Instant, nullable=False),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("organisation", sa.Text, primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("request", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("headers", sa.Text),
    sa.Column("body", SealedBytes("idempotency.body")),
    sa.Column("event_id", sa.String(32)),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_idempotency_created_at", "created_at"),
    sa.Index("ix_idempotency_event_id", "event_id"),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(128), primary_key=True),
    sa.Column("holder", sa.String(128), nullable=False),
    sa.Column("until", Instant, nullable=False),
)

feedback = sa.Table(
    "feedback",
    metadata,
    _event_id(primary_key=True),
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("attendee", sa.String(64), nullable=False),
    sa.Column("partner", sa.String(64), nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("document", SealedText("feedback.document"), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_feedback_event_id", "event_id", "position"),
)

erased = sa.Table(
    "erased",
    metadata,
    _event_id(primary_key=True),
    sa.Column("attendee", sa.String(64), primary_key=True),
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    _event_id(primary_key=True),
    sa.Column("pair", sa.String(64), primary_key=True),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("need", SealedText("verdicts.need"), nullable=False),
    sa.Column("offer", SealedText("verdicts.offer"), nullable=False),
    sa.Column("settled_at", Instant, nullable=False),
    sa.Index("ix_verdicts_organisation", "organisation", "settled_at"),
)

column_mappings = sa.Table(
    "column_mappings",
    metadata,
    sa.Column("organisation", sa.Text, primary_key=True),
    sa.Column("header", sa.String(64), primary_key=True),
    sa.Column("columns", sa.Text, nullable=False),
    sa.Column("used_at", Instant, nullable=False),
)

prints = sa.Table(
    "prints",
    metadata,
    _event_id(primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("paper", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("cards", sa.Integer, nullable=False),
)

printed_cards = sa.Table(
    "printed_cards",
    metadata,
    _event_id(primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("attendee", sa.String(64), primary_key=True),
    sa.Column("marks", sa.Text, nullable=False),
)

attendee_links = sa.Table(
    "attendee_links",
    metadata,
    _event_id(primary_key=True),
    sa.Column("attendee", sa.String(64), primary_key=True),
    sa.Column("medium", sa.String(8), primary_key=True),  # what carries it: link, card
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_attendee_links_digest", "digest", unique=True),
)

ticks = sa.Table(
    "ticks",
    metadata,
    _event_id(primary_key=True),
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("attendee", sa.String(64), nullable=False),
    sa.Column("told", sa.Boolean, nullable=False),
    sa.Column("by", SealedText("ticks.by"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_ticks_event_id", "event_id", "position"),
)

series = sa.Table(
    "series",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_series_organisation", "organisation", "id"),
)

series_events = sa.Table(
    "series_events",
    metadata,
    sa.Column(
        "series_id",
        sa.String(32),
        sa.ForeignKey("series.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    _event_id(primary_key=True),
    sa.Column("history", SealedText("series_events.history")),
    sa.Column("joined_at", Instant, nullable=False),
    sa.Index("ix_series_events_event_id", "event_id"),
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("event_id", sa.String(32), sa.ForeignKey("events.id", ondelete="CASCADE")),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("kinds", sa.Text, nullable=False),
    sa.Column("secret", SealedText("webhooks.secret"), nullable=False),
    sa.Column("old_secret", SealedText("webhooks.secret")),
    sa.Column("old_secret_until", Instant),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("holder", sa.String(128), nullable=False, default=""),
    sa.Column("held_until", Instant, nullable=False),
    sa.Column("fence", sa.Integer, nullable=False, default=0),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_webhooks_organisation", "organisation", "id"),
    sa.Index("ix_webhooks_event_id", "event_id"),
)

webhook_messages = sa.Table(
    "webhook_messages",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column(
        "webhook_id",
        sa.String(32),
        sa.ForeignKey("webhooks.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("event_id", sa.String(32), sa.ForeignKey("events.id", ondelete="CASCADE")),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("cause", sa.String(128), nullable=False),
    sa.Column("body", SealedText("webhook_messages.body"), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("tries", sa.Integer, nullable=False, default=0),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("last_status", sa.Integer),
    sa.Column("problem", sa.String(16)),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_webhook_messages_cause", "webhook_id", "event_id", "cause", unique=True),
    sa.Index("ix_webhook_messages_state", "webhook_id", "state", "event_id", "number"),
    sa.Index("ix_webhook_messages_event_id", "event_id"),
)

access_keys = sa.Table(
    "access_keys",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("event_id", sa.String(32)),  # stays when the event goes, or it would open all others
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("prefix", sa.String(32), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("revoked_at", Instant),
    sa.Column("last_used_at", Instant),
    sa.Index("ix_access_keys_digest", "digest", unique=True),
    sa.Index("ix_access_keys_organisation", "organisation", "id"),
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("key", sa.String(32), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("operation", sa.String(64), nullable=False),
    sa.Column("event_id", sa.String(32)),  # stays when the event goes
    sa.Column("status", sa.Integer, nullable=False),
    sa.Index("ix_audit_log_organisation", "organisation", "id"),
    sa.Index("ix_audit_log_at", "at"),
)
