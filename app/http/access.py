"""Who is asking: bearer keys, each of one organisation and one role.

A browser that signed in sends its key as a cookie, which only pages of this service may use.
"""

import hmac
import re
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.errors import NotAllowed, Refused, TooMany, TooManyWrongKeys, Unauthorised, Unavailable
from app.http.openapi import refuses
from app.http.reader_view import is_for_readers
from app.http.request_places import RequestPlaces
from app.http.wrong_keys import WrongKeys
from app.settings import Key, Role, is_loopback


class Caller(NamedTuple):
    """Whoever sent the request."""

    organisation: str
    role: Role


LOCAL = Caller("local", "organiser")
"""Everybody, when no keys are set: the server then listens on loopback only."""


class Keys:
    """Every key as a digest, so that comparing takes as long for any guess."""

    def __init__(self, keys: tuple[Key, ...]) -> None:
        self._known = _digests(keys)

    def caller(self, secret: str | None) -> Caller | None:
        """Who holds ``secret``; everybody is `LOCAL` when there are no keys."""
        if not self._known:
            return LOCAL
        digest, found = digest_of_key(secret or ""), None
        for known, caller in self._known:
            if hmac.compare_digest(known, digest):
                found = caller
        return found

    def has(self, digest: bytes) -> bool:
        """Whether the key with this digest is good."""
        return any(known == digest for known, _ in self._known)

    def renew(self, keys: tuple[Key, ...]) -> bool:
        """Take these instead; tells whether they are others. ValueError if they are none.

        Nobody meant to let everybody in who had keys a moment before.
        """
        before, known = self._known, _digests(keys)
        if before and not known:
            raise ValueError("no key is left")
        self._known = known
        return known != before


def _digests(keys: tuple[Key, ...]) -> tuple[tuple[bytes, Caller], ...]:
    return tuple((digest_of_key(key.secret), Caller(key.organisation, key.role)) for key in keys)


def digest_of_key(secret: str) -> bytes:
    """What is remembered of a key."""
    return sha256(secret.encode()).digest()


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
    """The caller, if the key is good and its role allows it: a reader only reads, and not all."""
    secret = credentials.credentials if credentials else _secret_of_browser(request)
    caller = _caller(request, secret)
    if caller is LOCAL:
        _check_local(request)
    if connection := getattr(request.state, "connection", None):
        connection().greet(digest_of_key(secret or ""))
    if caller.role == "reader" and request.method != "GET":
        raise NotAllowed("this key may only read")
    request.state.reader = caller.role == "reader"
    if request.state.reader and not is_for_readers(request.scope["route"]):
        raise NotAllowed("this is for the organiser")
    places: RequestPlaces[Caller] = request.app.state.places
    with places.take(caller, changes=request.method != "GET") as place:
        request.state.place = place
        if request.method == "GET":
            await place.wait()
        yield caller


def _secret_of_browser(request: Request) -> str | None:
    secret = request.cookies.get(COOKIE)
    if secret is not None:
        check_own_page(request)
    return secret


def _caller(request: Request, secret: str | None) -> Caller:
    """Who holds ``secret``; Unauthorised if nobody does, TooManyWrongKeys if that goes on.

    Whoever has a good key is never told to wait for what others try from the same address.
    """
    keys: Keys = request.app.state.keys
    if caller := keys.caller(secret):
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
    caller = _caller(request, secret)
    if caller is LOCAL:
        _check_local(request)
    if caller.role != "organiser":
        raise NotAllowed("this is for the organiser")


CallerDep = Annotated[Caller, Depends(get_caller)]
