"""Behind a proxy: what it says of callers is believed where it is one of ours, and only there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from tests.processes import site

KEY = "organiser:acme:behind-a-proxy-key"
TLS = {"X-Forwarded-Proto": "https"}


@contextmanager
def service(folder: Path, **environment: str) -> Iterator[httpx.Client]:
    """A client of an api that nobody works for; it comes from 127.0.0.1, as a proxy here would."""
    with site(Settings(data=folder)) as opened:
        _, client = opened.api("--workers", "0", TERTIUS_KEYS=KEY, **environment)
        yield client.http


def cookie_of(client: httpx.Client, headers: dict[str, str]) -> str:
    sent = headers | {"Sec-Fetch-Site": "same-origin"}
    answer = client.post("/sign-in", data={"key": KEY.rpartition(":")[2]}, headers=sent)
    assert answer.status_code == 303, answer.text
    return answer.headers["Set-Cookie"]


def try_wrong_keys(client: httpx.Client, addresses: list[str]) -> list[int]:
    """How wrong keys are answered that are told to come from these addresses."""
    answers = [
        client.get(
            "/v1/events", headers={"Authorization": "Bearer wrong", "X-Forwarded-For": address}
        )
        for address in addresses
    ]
    return [answer.status_code for answer in answers]


def test_a_proxy_of_ours_tells_of_tls_and_of_whom_it_asks_for(tmp_path: Path) -> None:
    with service(tmp_path, TERTIUS_WRONG_KEYS="1") as client:
        assert "; Secure" in cookie_of(client, TLS)
        assert "Secure" not in cookie_of(client, {})
        guesser = try_wrong_keys(client, ["192.0.2.1"] * 3)
        assert guesser == [401, 429, 429]
        assert try_wrong_keys(client, ["192.0.2.2"]) == [401]
        # What the guesser wrote stands before the address that the proxy saw.
        assert try_wrong_keys(client, ["198.51.100.7, 192.0.2.1"]) == [429]


@pytest.mark.parametrize("proxies", ["192.0.2.0/24", "none"])
def test_nobody_else_does(tmp_path: Path, proxies: str) -> None:
    with service(tmp_path, TERTIUS_WRONG_KEYS="1", TERTIUS_PROXIES=proxies) as client:
        assert "Secure" not in cookie_of(client, TLS)
        others = [f"198.51.100.{k}" for k in range(3)]
        assert try_wrong_keys(client, others) == [401, 429, 429]
