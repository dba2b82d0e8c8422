"""When something is wrong on our side, the answer is plain and the log holds no values."""

import json
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.logs import configure_logging
from app.store.engine import Store
from tests.api import TWO, Api, problem_in
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

SECRET = "a-very-private-remark"


def failing(error: Exception) -> Any:
    def fail(_: Store) -> None:
        raise error

    return fail


async def test_a_defect_is_answered_without_details(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("info")
    monkeypatch.setattr(Store, "write", failing(ValueError(SECRET)))
    answer = await api.send("POST", "/v1/events", TWO | {"name": SECRET})
    configure_logging("error")
    assert answer.status_code == 500
    assert problem_in(answer)["errors"] == []
    output = "".join(capsys.readouterr())
    assert SECRET not in answer.text + output
    line = json.loads(output.splitlines()[0])
    assert (line["error"], line["route"]) == ("ValueError", "/v1/events")
    assert any(place.startswith("test_problems.py:") for place in line["at"])


@pytest.mark.parametrize(
    "error", [OperationalError(SECRET, {"x": SECRET}, Exception(SECRET)), NoConnection(SECRET)]
)
async def test_a_busy_database_is_no_defect(
    api: Api, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(Store, "write", failing(error))
    answer = await api.send("POST", "/v1/events", TWO)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert SECRET not in answer.text
    problem_in(answer)
    monkeypatch.undo()
    await api.create()


async def test_answers_say_how_a_browser_must_treat_them(api: Api) -> None:
    for where in ("/healthz", "/v1/events", "/nothing"):
        answer = await api.send("GET", where)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-cache"
