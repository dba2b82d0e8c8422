"""What the process keeps for every request: its settings and its database."""

from typing import Annotated, Any

from fastapi import Depends, Request

from app.errors import Refused, Unavailable
from app.http.openapi import refuses
from app.settings import Settings
from app.store.engine import Store


def from_state(name: str, *refusals: type[Refused]) -> Any:
    """What this process keeps under a name, as a dependency; what it may refuse with is said."""

    @refuses(Unavailable, *refusals)
    async def of(request: Request) -> Any:
        return getattr(request.app.state, name)

    return Depends(of)


def get_settings(request: Request) -> Settings:
    """The settings of this process."""
    settings: Settings = request.app.state.settings
    return settings


SettingsDep = Annotated[Settings, Depends(get_settings)]


StoreDep = Annotated[Store, from_state("store")]
