"""Access: a key is of one organisation and one role; without keys only this machine is served."""

from pathlib import Path

import httpx
import pytest

from app.settings import OpenServerError, Settings
from tests.api import OTHER, READER, TWO, Api, problem_in, running

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def database() -> str:
    """Refused before any database is asked."""
    return "sqlite"


NO_KEYS = ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "acme-organiser-key"]


@pytest.mark.parametrize("header", NO_KEYS)
async def test_without_a_good_key_nothing_is_told(api: Api, header: str) -> None:
    url = await api.create()
    for verb, where in (("GET", url), ("POST", "/v1/events"), ("GET", f"/v1/events/{'0' * 32}")):
        answer = await api.client.request(verb, where, headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert "nonsense" not in answer.text


async def test_the_scheme_is_written_in_any_case(api: Api) -> None:
    for scheme in ("bearer", "BEARER"):
        header = {"Authorization": f"{scheme} acme-organiser-key"}
        assert (await api.client.get("/v1/events", headers=header)).status_code == 200


async def test_a_key_in_the_address_is_no_key(api: Api) -> None:
    for query in ("token=acme-organiser-key", "access_token=acme-organiser-key"):
        assert (await api.client.get(f"/v1/events?{query}")).status_code == 401


async def test_a_reader_reads_what_organisers_keep(api: Api) -> None:
    url = await api.create()
    assert (await api.as_(READER).get(url))["attendees"][0]["id"] == "a"


WRITES = [
    ("POST", ""), ("PUT", "/{e}"), ("PATCH", "/{e}"), ("DELETE", "/{e}"), ("POST", "/{e}/validate"),
    ("POST", "/{e}/attendees"), ("PUT", "/{e}/attendees"), ("DELETE", "/{e}/attendees/a"),
    ("POST", "/{e}/schedules/1/publish"), ("POST", "/{e}/solves"), ("POST", "/{e}/incidents"),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "path"), WRITES)
async def test_a_reader_changes_nothing(api: Api, verb: str, path: str) -> None:
    url = await api.create()
    where = "/v1/events" + path.replace("{e}", url.rpartition("/")[2])
    before = await api.seen(url)
    answer = await api.as_(READER).send(verb, where, TWO, tag=await api.tag(url))
    assert answer.status_code == 403
    assert await api.seen(url) == before


async def test_health_needs_no_key(api: Api) -> None:
    assert (await api.client.get("/healthz")).json()["status"] == "ok"
    answer = await api.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "unready", "database": True, "worker": False},
    )


async def test_without_keys_this_machine_alone_is_served(tmp_path: Path) -> None:
    async with running(Settings(data=tmp_path)) as api:
        for host in ("localhost", "127.0.0.1", "[::1]", "localhost:8000"):
            answer = await api.client.get("/v1/events", headers={"Host": host})
            assert answer.status_code == 200
        for host in ("tertius.example", "10.0.0.1", "localhost.example", ""):
            answer = await api.client.get("/v1/events", headers={"Host": host})
            assert answer.status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_no_key_is_needed_on_loopback(host: str) -> None:
    Settings().check_access(host, any_was_made=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "tertius.example", ""])
def test_off_loopback_there_must_be_a_key(host: str, tmp_path: Path) -> None:
    with pytest.raises(OpenServerError, match="TERTIUS_KEYS"):
        Settings().check_access(host, any_was_made=False)
    Settings().check_access(host, any_was_made=True)
    file = tmp_path / "keys"
    file.write_text("# ours\n\norganiser:acme:a-long-enough-key:with-colon\n")
    settings = Settings(keys_file=file)
    assert (
        settings.check_access(host, any_was_made=False).access[0].secret
        == "a-long-enough-key:with-colon"
    )


@pytest.mark.parametrize(
    "row",
    [
        "acme",
        "guest:acme:a-long-enough-key",
        "reader::a-long-enough-key",
        "reader:acme:short",
        "steward:acme:a-long-enough-key",
        "owner@01a228e5f034652cc597f4c6445c6887:acme:a-long-enough-key",
    ],
)
def test_an_ill_formed_key_is_refused_without_being_shown(row: str) -> None:
    with pytest.raises(ValueError, match="key") as refusal:
        Settings(keys=f"organiser:acme:a-long-enough-key,{row}").access  # type: ignore[arg-type]  # noqa: B018
    assert row not in str(refusal.value)


async def test_an_unused_verb_with_a_body_is_not_read(api: Api) -> None:
    answer = await api.client.request("DELETE", "/v1/events", content=b"x" * 100)
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 405


STRANGE_PAGES = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "null"},
    {"Origin": "http://[evil"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", STRANGE_PAGES)
async def test_without_keys_pages_from_elsewhere_change_nothing(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    async with running(Settings(data=tmp_path)) as api:
        url = await api.create()
        before = await api.seen(url)
        for verb, where, body in (
            ("POST", f"{url}/solves", None),
            ("POST", f"{url}/schedules/1/publish", None),
            ("POST", f"{url}/validate", None),
            ("POST", "/v1/events", b"{}"),
            ("DELETE", url, None),
            ("GET", url, None),
        ):
            how = {"Content-Type": "text/plain", "If-Match": "*", **headers}
            answer = await api.client.request(verb, where, content=body, headers=how)
            assert answer.status_code == 403, (verb, where)
        assert await api.seen(url) == before


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:80"])
async def test_without_keys_pages_of_this_machine_are_served(tmp_path: Path, origin: str) -> None:
    async with running(Settings(data=tmp_path)) as api:
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-site"}
        answer = await api.client.get("/v1/events", headers=headers)
        assert answer.status_code == 200


def key(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def test_an_address_that_tries_wrong_keys_waits_and_good_ones_pass(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, keys=f"organiser:acme:{OTHER}", wrong_keys=3)  # type: ignore[arg-type]
    async with running(settings) as api:
        tried = [await api.client.get("/v1/events", headers=key(f"nonsense-{k}")) for k in range(5)]
        assert [answer.status_code for answer in tried] == [401, 401, 401, 429, 429]
        assert tried[-1].headers["Retry-After"] == "60"
        assert tried[-1].headers["Connection"] == "close"
        problem_in(tried[-1])
        assert (await api.client.get("/v1/events", headers=key(OTHER))).status_code == 200
        assert (await api.client.get("/v1/events")).status_code == 401


async def test_a_caller_has_so_many_requests_under_way_and_others_are_served(
    tmp_path: Path,
) -> None:
    keys = "organiser:acme:acme-organiser-key,reader:acme:acme-reader-key-1"
    async with running(Settings(data=tmp_path, keys=keys, key_requests=2)) as api:  # type: ignore[arg-type]
        places = api.app.state.places
        with places.take(("acme", "organiser")), places.take(("acme", "organiser")):
            refused = await api.send("GET", "/v1/events")
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
            assert (await api.as_(READER).send("GET", "/v1/events")).status_code == 200
        for _ in range(5):
            assert (await api.send("GET", "/v1/events")).status_code == 200
