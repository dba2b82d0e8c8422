"""Attendees over HTTP: links that the organiser makes, and browsers that follow them."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.api import Api

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


async def link_of(api: Api, url: str, attendee: str) -> str:
    """The secret of a new link."""
    answer = await api.send("POST", f"{url}/attendees/{attendee}/link")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["secret"])


@dataclass(frozen=True)
class Holder:
    """A browser that followed a link, on a page of ours."""

    api: Api
    secret: str

    async def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """A request as that page sends it; an address that begins with a slash is used as it is."""
        url = path if path.startswith("/") else f"/v1/me/{path}".rstrip("/")
        cookie = {"Cookie": f"tertius_me={self.secret}", **OWN_PAGE}
        return await self.api.client.request(method, url, json=body, headers={**cookie, **headers})

    async def day(self) -> Any:
        """The page."""
        answer = await self.send("GET", "")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def report(self, kind: str, number: int | None, name: str) -> httpx.Response:
        """Report something under an id."""
        row = {"id": name, "kind": kind} | ({"round": number} if number else {})
        return await self.send("POST", "incidents", {"incidents": [row]})

    async def wish(self, wish: str, name: str, **more: str) -> httpx.Response:
        """Tell a wish."""
        return await self.send("POST", "wishes", {"wish": wish, "name": name, **more})

    async def say(self, partner: str, name: str, **said: Any) -> httpx.Response:
        """Say how a meeting was."""
        row = {"id": name, "partner": partner, **said}
        return await self.send("POST", "feedback", {"feedback": [row]})


async def holder_of(api: Api, url: str, attendee: str) -> Holder:
    """Somebody who followed a new link."""
    return Holder(api, await link_of(api, url, attendee))
