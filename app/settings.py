"""The environment variables of the service (``TERTIUS_…``), typed, with their defaults.

All but two: TERTIUS_ENCODER and TERTIUS_CACHE are read where texts are encoded
(``solver.meaning.encoders``), for the solver knows no settings; ``app.workers.child_pool`` sets the
second for children. Benchmarks read TERTIUS_SHARED besides, and tests TERTIUS_SOAK.
"""

import re
from functools import cached_property
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal, NamedTuple, Self, TypeGuard

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from schemas.access_key import Role

ROLES: tuple[Role, ...] = ("owner", "organiser", "steward", "reader")
"""From the one that may do most to the one that may do least."""
MIB = 2**20


class Key(NamedTuple):
    """A bearer key: what it may do, for whom."""

    role: Role
    organisation: str
    secret: str
    event: str | None = None
    """The only event that it opens; all of the organisation where there is none."""


class OpenServerError(Exception):
    """The server would be reachable from other machines without any key."""


class Settings(BaseSettings):
    """How one process of Tertius is set up; the same for api, worker and command line."""

    model_config = SettingsConfigDict(
        env_prefix="TERTIUS_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    data: Path = Path("data")
    """The folder of the embedded databases."""
    database_url: SecretStr | None = None
    """``postgresql://…`` for a server of its own; SQLite in ``data`` without it."""
    keys: SecretStr = SecretStr("")
    """``role:organisation:key`` separated by commas; ``role@event`` is a key of one event alone."""
    keys_file: Path | None = None
    """The same, one a line; lines that start with ``#`` are comments."""

    master_key: SecretStr | None = None
    """What the keys of events are wrapped with: 32 random bytes in base64."""
    master_key_file: Path | None = None
    """The same in a file that nobody else may read; ``master.key`` in ``data`` without either."""

    event_bytes: int = Field(default=64 * MIB, ge=1)
    """The largest body of an event or a list of attendees."""
    body_bytes: int = Field(default=1 * MIB, ge=1)
    """The largest of every other body."""
    body_seconds: float = Field(default=30.0, gt=0)
    """How long a body may take, besides one second for each 64 KiB that has come."""
    link_days: int = Field(default=90, ge=1)
    """How long an attendee's link is good, from when it was made."""
    retention_days: int = Field(default=30, ge=0)
    """How many days after its last round, or its last change, an event keeps what it knows of
    people but ids and numbers; 0: for ever."""
    idempotency_hours: int = Field(default=48, ge=1)
    """How long the answer to an Idempotency-Key is remembered."""

    solve_seconds: float = Field(default=10.0, gt=0)
    """How long a solve searches that names no budget of its own."""
    longest_solve_seconds: float = Field(default=600.0, gt=0)
    """The most a solve may ask for; one that names ``work`` alone is stopped after this long."""
    improvement_work: int = Field(default=5_000_000, ge=0)
    """How many steps a search may take that looks, after repairs, for something better; 0: none."""
    quiet_seconds: float = Field(default=3.0, ge=0)
    """How long nothing must have happened to an event before that search begins."""
    open_solves: int = Field(default=4, ge=1)
    """How many solves of one event may be queued or running."""
    organisation_solves: int = Field(default=100, ge=1)
    """How many solves of all events of one organisation may be."""
    solves_at_once: int = Field(default=1, ge=1)
    """How many solves one worker runs at a time; repairs have a place of their own beside them."""
    stateless_solves: int = Field(default=2, ge=1)
    """How many stateless solves one api process runs at a time for one organisation.

    It runs one more if another organisation asks meanwhile.
    """
    stateless_patience: float = Field(default=5.0, ge=0)
    """How many seconds a stateless solve waits for its turn before it is refused."""
    task_seconds: float = Field(default=60.0, gt=0)
    """How long a graph, a diagnosis, an agenda or another task of a request may take."""
    child_bytes: int = Field(default=4096 * MIB, ge=256 * MIB)
    """The most memory that a child of an api process may hold: beyond it, it is killed."""

    proxies: str = "127.0.0.1,::1"
    """Addresses and networks of the proxies in front, separated by commas; ``none``: nobody is.

    What they say in X-Forwarded-For and X-Forwarded-Proto of a caller is believed; of others, not.
    """
    connections: int = Field(default=1_000, ge=64)
    """How many connections one api process holds open."""
    address_connections: int = Field(default=64, ge=1)
    """How many of one address, as long as no good key has come by them."""
    key_requests: int = Field(default=200, ge=1)
    """How many requests and streams of one organisation's keys of one role may be under way."""
    unread_bytes: int = Field(default=64 * MIB, ge=1)
    """How much is held in all for those who do not read their answers."""
    audit_days: int = Field(default=400, ge=1)
    """How long it is remembered who did what."""
    key_rate: int = Field(default=10_000, ge=1)
    """How many requests with one key one api process takes within ten seconds."""
    wrong_keys: int = Field(default=10, ge=1)
    """How many wrong keys of one address within a minute are answered as the first one is."""

    webhooks_local: bool = False
    """Whether messages may go to this machine, by http and to any port: for tests alone."""

    encoder: Literal["minilm", "wordllama"] = "minilm"
    """What reads texts: `solver.meaning.encoders`, which asks the environment itself."""
    metrics_key: SecretStr | None = None
    """A key that lets in to ``/metrics``, and nowhere else."""
    security_contact: str | None = None
    """Whom to tell of a hole: ``mailto:…`` or ``https://…``, shown in ``security.txt``."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, url: SecretStr | None) -> SecretStr | None:
        if url and _backend(url) != "postgresql":
            raise ValueError("only postgresql:// is supported; leave it out for SQLite")
        return url

    @field_validator("proxies")
    @classmethod
    def _networks(cls, told: str) -> str:
        rows = () if told == "none" else told.split(",")
        try:
            return ",".join(str(ip_network(row.strip())) for row in rows)
        except ValueError:
            raise ValueError("addresses or networks are needed, as 10.0.0.0/8, or none") from None

    @field_validator("metrics_key")
    @classmethod
    def _long(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            _check_secret(key.get_secret_value())
        return key

    @field_validator("security_contact")
    @classmethod
    def _contact(cls, contact: str | None) -> str | None:
        if contact is not None and not CONTACT.fullmatch(contact):
            raise ValueError("write mailto:somebody@example.org, https://… or tel:…")
        return contact

    @property
    def store_url(self) -> str:
        """Where our own tables live, as SQLAlchemy's address."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.data / 'tertius.db'}"
        url = make_url(self.database_url.get_secret_value())
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)

    @property
    def jobs_url(self) -> str:
        """Where the tables of the durable jobs live."""
        if self.database_url is None:
            return f"sqlite:///{self.data / 'dbos.db'}"
        url = make_url(self.database_url.get_secret_value())
        return url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def requests_at_once(self) -> int:
        """How many requests may be under way: fewer than connections, so that some can give way."""
        return self.connections - self.connections // 8

    @cached_property
    def access(self) -> tuple[Key, ...]:
        """Every key that was set at the start; else as ``read_keys``."""
        return self.read_keys()

    def read_keys(self) -> tuple[Key, ...]:
        """Every key that is set now; an ill-formed one raises ValueError without showing it."""
        rows = self.keys.get_secret_value().split(",")
        if self.keys_file is not None:
            rows += self.keys_file.read_text(encoding="utf-8").splitlines()
        kept = [row.strip() for row in rows]
        return tuple(_key(row) for row in kept if row and not row.startswith("#"))

    def check_access(self, host: str, *, any_was_made: bool) -> Self:
        """Raise OpenServerError unless ``host`` is a loopback address, or there are keys.

        ``any_was_made`` says whether there are some in the database, be they revoked: then nobody
        enters without one.
        """
        if not self.access and not any_was_made and not is_loopback(host):
            raise OpenServerError(
                f"{host} can be reached from other machines: make a key by tertius key add,"
                " or set TERTIUS_KEYS or TERTIUS_KEYS_FILE"
            )
        return self


def _backend(url: SecretStr) -> str | None:
    try:
        return make_url(url.get_secret_value()).get_backend_name()
    except (ArgumentError, ValueError):
        return None


SHORTEST_KEY = 16
CONTACT = re.compile(r"(mailto:[!-~]+@[!-~]+|https://[!-~]+|tel:[!-~]+)")


def _key(row: str) -> Key:
    scope, _, rest = row.partition(":")
    organisation, _, secret = rest.partition(":")
    role, _, event = scope.partition("@")
    if not is_role(role) or not organisation:
        raise ValueError(f"a key is written role:organisation:key, role being {' or '.join(ROLES)}")
    check_scope(role, event or None)
    _check_secret(secret)
    return Key(role, organisation, secret, event or None)


def is_role(text: str) -> TypeGuard[Role]:
    """Whether a role is called so."""
    return text in ROLES


def check_scope(role: Role, event: str | None) -> None:
    """Raise ValueError where a role goes with no event, or only with one."""
    if role == "steward" and event is None:
        raise ValueError("a steward's key is of one event: steward@EVENT:organisation:key")
    if role == "owner" and event is not None:
        raise ValueError("an owner's key is of the organisation, not of one event")


def _check_secret(secret: str) -> None:
    if len(secret) < SHORTEST_KEY or not (secret.isascii() and secret.isprintable()):
        raise ValueError(f"a key needs at least {SHORTEST_KEY} printable ASCII characters")


def is_loopback(host: str) -> bool:
    """Whether a name or an address can only mean this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
