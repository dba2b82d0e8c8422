"""What the service can do is told to machines and to people, without a key."""

import pytest

from app.http.api_page import POLICY
from tests.api import Api
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]


async def test_the_document_has_two_addresses(api: Api) -> None:
    short, versioned = [await api.client.get(url) for url in ("/openapi.json", "/v1/openapi.json")]
    assert short.json() == versioned.json() == api.app.openapi()
    assert short.headers["Content-Type"] == "application/json"


async def test_the_page_may_load_its_style_and_nothing_else(api: Api) -> None:
    answer = await api.client.get("/docs")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.text.startswith("<!doctype html>")
    assert 'id="start_solve"' in answer.text
