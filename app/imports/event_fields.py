"""An event with some of its fields changed, valid as a whole."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from app.errors import from_validation
from schemas.event import Event


def change_event(event: Event, fields: Mapping[str, Any]) -> Event:
    """The event with these fields, and those that it says; Invalid where they do not go together.

    The same event where there are none.
    """
    said = {name: getattr(event, name) for name in event.model_fields_set}
    return make_event({**said, **fields}) if fields else event


def make_event(fields: Mapping[str, Any]) -> Event:
    """The event of these fields, or Invalid."""
    try:
        return Event(**fields)
    except ValidationError as error:
        raise from_validation(error) from None
