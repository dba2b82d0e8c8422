"""What tests share: how hypothesis searches, databases, the running app and its client."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from app.logs import configure_logging
from tests.api import Api, running
from tests.databases import postgres_server, settings_on

settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

KEYS = ",".join(
    (
        "owner:acme:acme-owner-key-01",
        "organiser:acme:acme-organiser-key",
        "reader:acme:acme-reader-key-1",
        "organiser:other:other-organiser-key",
    )
)


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    configure_logging("error")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for the session, so that the app may outlive a test."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a Postgres server."""
    with postgres_server() as address:
        yield address


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """``sqlite``, then the address of a Postgres server."""
    if request.param == "sqlite":
        return "sqlite"
    address: str = request.getfixturevalue("postgres")
    return address


@pytest.fixture(scope="module")
async def api(
    anyio_backend: str, database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Api]:
    """The service on an empty database, and the organiser of acme as its client."""
    folder: Path = tmp_path_factory.mktemp("data")
    async with running(settings_on(database, folder, keys=KEYS, wrong_keys=1_000)) as api:
        yield api
