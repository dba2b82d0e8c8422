"""security.txt: the contact that is set, good for half a year; none where none is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings
from tests.api import Api, running

pytestmark = pytest.mark.anyio

PLACE = "/.well-known/security.txt"


async def test_whom_to_tell_is_told_to_anybody(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, security_contact="mailto:holes@example.org")
    async with running(settings) as api:
        answer = await api.client.get(PLACE)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    told = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert told["Contact"] == "mailto:holes@example.org"
    until = datetime.fromisoformat(told["Expires"])
    assert timedelta(30) < until - datetime.now(UTC) < timedelta(365)


async def test_without_a_contact_there_is_none(api: Api) -> None:
    answer = await api.client.get(PLACE)
    assert answer.status_code == 404


@pytest.mark.parametrize("contact", ["holes@example.org", "http://x", "mailto:a@b\nExpires: x", ""])
def test_what_is_no_contact_is_refused(contact: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Settings(data=tmp_path, security_contact=contact)
