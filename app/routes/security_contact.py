"""Whom to tell of a hole in the service (RFC 9116)."""

from datetime import UTC, datetime, time, timedelta

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

from app.errors import NotFound
from app.http.openapi import refuses
from app.http.state import SettingsDep

router = APIRouter(include_in_schema=False)

GOOD_FOR = timedelta(days=180)
"""The standard asks for less than a year."""


@router.get("/.well-known/security.txt")
@refuses(NotFound)
async def get_security_txt(settings: SettingsDep) -> PlainTextResponse:
    """The contact that is set; NotFound if none is."""
    if settings.security_contact is None:
        raise NotFound
    until = datetime.combine(datetime.now(UTC).date() + GOOD_FOR, time(), UTC)
    lines = (f"Contact: {settings.security_contact}", f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}")
    return PlainTextResponse("\n".join((*lines, "Preferred-Languages: en", "")))
