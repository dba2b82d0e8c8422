"""Readers of pages of the running service."""

from collections.abc import AsyncIterator

import pytest

from tests.api import ORGANISER, Api
from tests.app.console.reader import PageReader, reading


@pytest.fixture(scope="module")
def database() -> str:
    """Pages know no database: one will do."""
    return "sqlite"


@pytest.fixture
async def visitor(api: Api) -> AsyncIterator[PageReader]:
    """Somebody who has not signed in."""
    async with reading(api.app) as reader:
        yield reader


@pytest.fixture
async def signed_in(visitor: PageReader) -> PageReader:
    """An organiser of acme."""
    await visitor.sign_in(ORGANISER)
    return visitor
