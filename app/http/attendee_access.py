"""Attendees of one event, let in by the secret of their link: to their own, and no further.

Nothing that asks for a `Caller` lets them in, and addresses for them name neither event nor person:
both are those of the link. So there is nothing to guess at.
"""

import re
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.security import APIKeyCookie

from app.errors import Invalid, NotAllowed, TooMany, Unauthorised, Unavailable
from app.http.access import (
    check_own_page,
    forget_cookie,
    keep_cookie,
    stranger_refusal,
)
from app.http.openapi import refuses
from app.http.parameters import check_open_parameters
from app.http.request_places import RequestPlaces
from app.http.state import SettingsDep, StoreDep, from_state
from app.large_documents import lend_child
from app.settings import Settings
from app.store import attendee_links
from app.store.access_keys import digest_of_key
from app.store.attendee_links import LinkHolder
from app.store.engine import Store
from app.workers.body_reader import BodyReader

PAGE = "/me"
"""Where the page of an attendee is."""
ADDRESS = "/v1/me"
"""Where the api of attendees begins: browsers send their cookie nowhere else."""
LINK_COOKIE = "tertius_me"
PREFIX = "tertius_me_"
"""By which secrets are known that lie about where they should not."""
SECRET = re.compile(PREFIX + "[A-Za-z0-9_-]{24}")
SECRET_BYTES = 18


def new_secret() -> str:
    """A secret of 144 bits that nobody can guess."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest_of_secret(secret: str) -> str:
    """What is kept of a secret."""
    return digest_of_key(secret).hex()


async def find_holder(
    request: Request, store: Store, settings: Settings, secret: str | None
) -> LinkHolder:
    """Whose link has this secret; Unauthorised if it is nobody's, or nobody's any more."""
    if secret is not None and SECRET.fullmatch(secret):
        since = datetime.now(UTC) - timedelta(days=settings.link_days)
        async with store.read() as connection:
            holder = await attendee_links.find_holder(connection, digest_of_secret(secret), since)
        if holder is not None:
            return holder
    raise stranger_refusal(request, secret, "a link that is still good is needed")


def keep_secret(request: Request, answer: Response, secret: str, days: int) -> None:
    """Have the browser keep the secret of a link, where no script can read it."""
    keep_cookie(request, answer, LINK_COOKIE, secret, path=ADDRESS, max_age=days * 24 * 3600)


def forget_secret(answer: Response) -> None:
    """Have the browser forget it."""
    forget_cookie(answer, LINK_COOKIE, ADDRESS)


_cookie = APIKeyCookie(
    name=LINK_COOKIE,
    scheme_name="AttendeeLink",
    auto_error=False,
    description="The secret of an attendee's link, as `POST /v1/me` sets it.",
)


@refuses(Unauthorised, NotAllowed, TooMany, Unavailable)
async def get_attendee(
    request: Request,
    secret: Annotated[str | None, Depends(_cookie)],
    store: StoreDep,
    settings: SettingsDep,
) -> AsyncIterator[LinkHolder]:
    """The attendee whose link the browser followed, asking from a page of ours."""
    if secret is not None:
        check_own_page(request)
    holder = await find_holder(request, store, settings, secret)
    if connection := getattr(request.state, "connection", None):
        connection().greet(digest_of_key(secret or ""))
    places: RequestPlaces[object] = request.app.state.places
    with places.take(holder, changes=request.method != "GET") as place:
        request.state.place = place
        await place.wait()
        yield holder


AttendeeDep = Annotated[LinkHolder, Depends(get_attendee)]


@refuses(Invalid)
async def check_own_parameters(request: Request, _attendee: AttendeeDep) -> None:
    """Raise Invalid unless each parameter of the route is written as OpenAPI says."""
    await check_open_parameters(request)


async def lend_reader_to(
    attendee: AttendeeDep, reader: Annotated[BodyReader, from_state("body_reader")]
) -> None:
    """What is large of the event's documents is worked on in the turn of its organisation."""
    lend_child(reader.of(attendee.organisation).work)
