"""Who is asking: bearer keys, each of one organisation and one role."""

import hmac
import re
from hashlib import sha256
from typing import Annotated, NamedTuple

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.errors import NotAllowed, Unauthorised
from app.http.openapi import refuses
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
        self._known = tuple(
            (_digest(key.secret), Caller(key.organisation, key.role)) for key in keys
        )

    def caller(self, secret: str | None) -> Caller | None:
        """Who holds ``secret``; everybody is `LOCAL` when there are no keys."""
        if not self._known:
            return LOCAL
        digest, found = _digest(secret or ""), None
        for known, caller in self._known:
            if hmac.compare_digest(known, digest):
                found = caller
        return found


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::[0-9]*)?")


def _for_this_machine(host: str) -> bool:
    """Whether the caller used a loopback name: a page elsewhere can have its own name lead here."""
    found = HOST.fullmatch(host)
    return found is not None and is_loopback(found[1])


def require_organiser(caller: Caller, what: str = "this is") -> None:
    """Raise NotAllowed for a reader; ``what`` is for the organiser."""
    if caller.role != "organiser":
        raise NotAllowed(f"{what} for the organiser")


_bearer = HTTPBearer(auto_error=False, description="A key of your organisation.")


@refuses(Unauthorised, NotAllowed)
async def get_caller(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    """The caller, if the key is good and its role allows the verb: a reader may only read."""
    keys: Keys = request.app.state.keys
    caller = keys.caller(credentials.credentials if credentials else None)
    if caller is LOCAL and not _for_this_machine(request.headers.get("Host", "")):
        raise NotAllowed("without keys only this machine is served, by a name of its own")
    if caller is None:
        raise Unauthorised("a valid bearer key is needed")
    if caller.role == "reader" and request.method != "GET":
        raise NotAllowed("this key may only read")
    return caller


CallerDep = Annotated[Caller, Depends(get_caller)]
