"""Settings as a command reads them: what is wrong with them is told in words."""

from pathlib import Path

from pydantic import ValidationError

from app.settings import Settings
from app.terminal.failure import Failure


def settings_or_failure(data: Path | None = None) -> Settings:
    """The settings of the environment, with ``data`` instead of its folder."""
    try:
        settings = Settings() if data is None else Settings(data=data)
        settings.access  # noqa: B018 - reads the keys, which may be ill-formed
    except ValidationError as error:
        rows = error.errors(include_input=False, include_url=False, include_context=False)
        raise Failure(*(f"TERTIUS_{_name(row['loc'])}: {row['msg']}" for row in rows)) from None
    except (OSError, ValueError) as error:
        raise Failure(f"TERTIUS_KEYS: {error}") from None
    return settings


def _name(where: tuple[int | str, ...]) -> str:
    return "_".join(str(step) for step in where).upper()
