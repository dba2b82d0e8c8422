"""When something is wrong on our side, the answer is plain and the log holds no values."""

import json
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.http.problems import problem_answer
from app.logs import configure_logging
from app.store.engine import Store
from schemas.problem import Problem
from schemas.solve import Advice, Conflict, Shortage
from tests.api import TWO, Api, problem_in
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

SECRET = "a-very-private-remark"


def failing(error: Exception) -> Any:
    def fail(_: Store) -> None:
        raise error

    return fail


@pytest.mark.usefixtures("database")
def test_a_long_problem_keeps_what_to_do_as_long_as_it_lists_rules() -> None:
    rules = tuple(Conflict(pointer="", code="min", message="x" * 100) for _ in range(400))
    people = tuple(f"v{k:06}" for k in range(500))
    short = Shortage(kind="rounds", needed=2, available=1, attendees=people, message="")
    problem = Problem(title="", status=422, conflict=rules, advice=Advice(shortages=(short,)))
    told = json.loads(bytes(problem_answer(problem).body))
    assert told["advice"]["shortages"][0]["attendees"] == list(people)
    assert 0 < len(told["conflict"]) < 400
    endless = problem.model_copy(update={"advice": Advice(shortages=(short,) * 20)})
    told = json.loads(bytes(problem_answer(endless).body))
    assert (told["advice"], told["conflict"]) == (None, [])


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
