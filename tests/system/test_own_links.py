"""Secrets of attendees' links: in no file of the service, whatever is done with them."""

from pathlib import Path

from app.settings import Settings
from tests.processes import Site

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


def test_no_secret_of_a_link_is_in_any_file_or_log(tmp_path: Path) -> None:
    site = Site(Settings(data=tmp_path / "data"))
    try:
        _, client = site.api(TERTIUS_LOG_LEVEL="debug")
        place = client.event(rounds={"count": 1}, attendees=[{"id": "a"}, {"id": "b"}])
        link = client.http.post(f"{place}/attendees/a/link").json()
        secret = link["secret"]
        wrong = secret[:-1] + ("A" if secret[-1] != "A" else "B")
        for sent, status in ((secret, 200), (wrong, 401)):
            answer = client.http.post("/v1/me", json={"secret": sent}, headers=OWN_PAGE)
            assert answer.status_code == status
            cookie = {"Cookie": f"tertius_me={sent}", **OWN_PAGE}
            assert client.http.get("/v1/me", headers=cookie).status_code == status
            client.http.post("/v1/me/incidents", json={"x": sent}, headers=cookie)
            client.http.get(f"/v1/me?x={sent}", headers=cookie)
            client.http.cookies.clear()
        client.http.post(f"{place}/links")
    finally:
        site.close()
    files = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
    assert {"tertius.db", "process-0.log"} <= {file.name for file in files}
    for file in files:
        raw = file.read_bytes()
        assert secret.encode() not in raw, file
        assert wrong.encode() not in raw, file
