"""Who is asking: by a bearer key, and what the policy lets its role do.

A browser that signed in sends its key as a cookie, which only pages of this service may use.
"""

import hmac
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.errors import NotAllowed, Refused, TooMany, TooManyWrongKeys, Unauthorised, Unavailable
from app.http.key_rates import KeyRates
from app.http.keys import LOCAL, Caller, Keys
from app.http.openapi import refuses
from app.http.policy import ORGANISERS, check_allowed
from app.http.reader_view import NARROWED
from app.http.request_places import RequestPlaces
from app.http.wrong_keys import WrongKeys
from app.settings import is_loopback
from app.store.access_keys import digest_of_key
from schemas.access_key import Role

HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::[0-9]*)?")


def _for_this_machine(host: str) -> bool:
    """Whether the caller used a loopback name: a page elsewhere can have its own name lead here."""
    found = HOST.fullmatch(host)
    return found is not None and is_loopback(found[1])


def _from_this_machine(origin: str) -> bool:
    """Whether a page's origin is a loopback name; ``null`` is none."""
    try:
        return is_loopback(urlsplit(origin).hostname or "")
    except ValueError:
        return False


def _check_local(request: Request) -> None:
    """Raise NotAllowed unless a program of this machine asks, or a page of it.

    A page of somebody else's in a browser here can send requests, if it cannot read answers.
    """
    headers = request.headers
    if not _for_this_machine(headers.get("Host", "")):
        raise NotAllowed("without keys only this machine is served, by a name of its own")
    if "Origin" in headers and not _from_this_machine(headers["Origin"]):
        raise NotAllowed("without keys only pages of this machine are served")
    if headers.get("Sec-Fetch-Site") == "cross-site":
        raise NotAllowed("without keys only pages of this machine are served")


COOKIE = "tertius_key"
"""What the cookie is called by which a browser that signed in sends its key."""


def check_own_page(request: Request) -> None:
    """Raise NotAllowed where a page of somebody else's has a browser send its cookie (CSRF).

    Browsers tell who made them ask; the older ones at least with requests that change something.
    """
    headers = request.headers
    asked_by = headers.get("Sec-Fetch-Site")
    if asked_by is None:
        origin = headers.get("Origin")
        is_own = request.method == "GET" if origin is None else _is_of(origin, headers["Host"])
    else:
        is_own = asked_by == "same-origin" or (asked_by == "none" and request.method == "GET")
    if not is_own:
        raise NotAllowed("only pages of this service may do this")


def keep_cookie(request: Request, answer: Response, name: str, secret: str, **how: Any) -> None:
    """Have the browser keep a secret where no script can read it, and no other site can use it."""
    is_secure = request.url.scheme == "https"
    answer.set_cookie(name, secret, httponly=True, secure=is_secure, samesite="strict", **how)


def forget_cookie(answer: Response, name: str, path: str = "/") -> None:
    """Have the browser forget it."""
    answer.delete_cookie(name, path=path, httponly=True, samesite="strict")


def _is_of(origin: str, host: str) -> bool:
    return origin.partition("://")[2] == host


_bearer = HTTPBearer(auto_error=False, description="A key of your organisation.")


@refuses(Unauthorised, NotAllowed, TooMany, Unavailable)
async def get_caller(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> AsyncIterator[Caller]:
    """The caller, if the key is good and the policy lets its role do this."""
    secret = credentials.credentials if credentials else _secret_of_browser(request)
    caller = await _caller(request, secret)
    if caller is LOCAL:
        _check_local(request)
    if connection := getattr(request.state, "connection", None):
        connection().greet(digest_of_key(secret or ""))
    rates: KeyRates = request.app.state.key_rates
    request.state.rate = rates.take(caller.key)
    request.state.caller = caller
    check_caller(request, caller, request.scope["route"].name)
    request.state.narrowed = caller.role if caller.role in NARROWED else None
    places: RequestPlaces[tuple[str, Role]] = request.app.state.places
    owner = (caller.organisation, caller.role)
    with places.take(owner, changes=request.method != "GET") as place:
        request.state.place = place
        if request.method == "GET":
            await place.wait()
        yield caller


async def find_caller(request: Request) -> Caller | None:
    """Who reads a page, for what it offers them; what they may do is decided where they do it."""
    keys: Keys = request.app.state.keys
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    is_sent = scheme.lower() == "bearer"
    return await keys.caller(secret if is_sent else request.cookies.get(COOKIE))


def check_caller(request: Request, caller: Caller, operation: str) -> None:
    """Raise NotAllowed unless the policy opens an operation, or an answer of it, to the caller."""
    request.state.operation = operation
    of_event, changes = caller.event is not None, request.method != "GET"
    check_allowed(operation, caller.role, of_event=of_event, changes=changes)


def _secret_of_browser(request: Request) -> str | None:
    secret = request.cookies.get(COOKIE)
    if secret is not None:
        check_own_page(request)
    return secret


async def _caller(request: Request, secret: str | None) -> Caller:
    """Who holds ``secret``; Unauthorised if nobody does, TooManyWrongKeys if that goes on.

    Whoever has a good key is never told to wait for what others try from the same address.
    """
    keys: Keys = request.app.state.keys
    if caller := await keys.caller(secret):
        return caller
    raise stranger_refusal(request, secret, "a valid bearer key is needed")


def stranger_refusal(request: Request, secret: str | None, why: str) -> Refused:
    """Unauthorised, or TooManyWrongKeys where many secrets from one address were nobody's."""
    wrong_keys: WrongKeys = request.app.state.wrong_keys
    host = request.client.host if request.client else ""
    if secret is not None and wrong_keys.add(host):
        return TooManyWrongKeys()
    return Unauthorised(why)


@refuses(Unauthorised, NotAllowed, TooManyWrongKeys)
async def check_overseer(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Raise Unauthorised unless whoever asks may see figures of the whole service.

    That is an organiser, or the key that is set for it; without keys everybody on this machine.
    It counts for nobody's requests under way: a busy service is to be looked at.
    """
    secret = credentials.credentials if credentials else ""
    of_its_own = request.app.state.settings.metrics_key
    if of_its_own and hmac.compare_digest(of_its_own.get_secret_value().encode(), secret.encode()):
        return
    caller = await _caller(request, secret)
    if caller is LOCAL:
        _check_local(request)
    if caller.role not in ORGANISERS or caller.event is not None:
        raise NotAllowed("this is for the organiser")


CallerDep = Annotated[Caller, Depends(get_caller)]
