"""A reader of pages, without a browser: what the pages say, link to and take."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from fastapi import FastAPI

from tests.api import Api

OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class PageReader:
    """Somebody at a browser that keeps cookies."""

    client: httpx.AsyncClient

    async def page(self, path: str, status: int = 200, language: str = "en") -> str:
        """The text of a page."""
        answer = await self.client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == status, answer.text
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        return answer.text

    async def submit(self, path: str, **fields: Any) -> httpx.Response:
        """What a form that is sent from one of our pages leads to."""
        return await self.client.post(path, content=urlencode(fields), headers=OWN_PAGE)

    async def send_file(self, path: str, content: bytes, keep: bool = False) -> httpx.Response:
        """What a file leads to that is chosen on one of our pages."""
        headers = OWN_PAGE | {"Content-Type": "application/octet-stream"}
        query = {"keep": "true"} if keep else {}
        return await self.client.post(path, content=content, headers=headers, params=query)

    async def sign_in(self, key: str) -> None:
        """Sign in with a good key."""
        answer = await self.submit("/sign-in", key=key)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")


@asynccontextmanager
async def reading(app: FastAPI) -> AsyncIterator[PageReader]:
    """A reader of the pages of a service that runs."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield PageReader(client)


async def event_with(api: Api, **fields: Any) -> str:
    """The id of a new event for two, with other ``fields``."""
    return (await api.create(**fields)).rpartition("/")[2]
