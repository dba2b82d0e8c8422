"""Presets: events of usual kinds, to begin with."""

from fastapi import APIRouter, Response

from app.http.access import CallerDep
from app.http.conditional import json_answer
from app.presets.catalogue import list_presets
from schemas.preset import PresetList

router = APIRouter(prefix="/v1/presets", tags=["events"])


@router.get("", response_model=PresetList)
async def get_presets(_: CallerDep) -> Response:
    """Every preset for `POST /v1/events?preset=`: what it fills in, and why."""
    return json_answer(list_presets())
