"""A key asks so often in ten seconds, and is told how often it still may."""

from pathlib import Path

import pytest

from app.errors import TooFast
from app.http import key_rates
from app.http.key_rates import KeyRates
from app.settings import Settings
from tests.api import OTHER, Api, problem_in, running

pytestmark = pytest.mark.anyio


def test_who_asks_too_often_waits_for_the_next_window(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(key_rates, "monotonic", lambda: now[0])
    rates = KeyRates(2)
    assert dict(rates.take("a"))[b"ratelimit"] == b'"key";r=1;t=10'
    now[0] += 4.5
    assert dict(rates.take("a"))[b"ratelimit"] == b'"key";r=0;t=6'
    with pytest.raises(TooFast):
        rates.take("a")
    assert dict(rates.take("b"))[b"ratelimit-policy"] == b'"key";q=2;w=10'
    now[0] += 5.5
    rates.take("a")


async def test_one_key_too_fast_leaves_others_and_health_alone(tmp_path: Path) -> None:
    keys = f"organiser:acme:acme-organiser-key,organiser:other:{OTHER}"
    async with running(Settings(data=tmp_path, keys=keys, key_rate=3)) as api:  # type: ignore[arg-type]
        answers = [await api.send("GET", "/v1/events") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[0].headers["RateLimit-Policy"] == '"key";q=3;w=10'
        assert answers[0].headers["RateLimit"].startswith('"key";r=2;t=')
        assert answers[3].headers["Retry-After"] == "10"
        problem_in(answers[3])
        assert (await api.as_(OTHER).send("GET", "/v1/events")).status_code == 200
        for _ in range(5):
            assert (await api.client.get("/healthz")).status_code == 200


async def test_a_refusal_of_role_counts_and_tells_what_is_left(api: Api) -> None:
    answer = await api.send("GET", "/v1/keys")
    assert answer.status_code == 403
    assert "RateLimit" in answer.headers
