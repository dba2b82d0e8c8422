"""The default table of contact spheres is one that an organiser can read and edit."""

import json
from pathlib import Path
from typing import Any

import pytest

from solver import compatibility

LEAST_PROFESSIONS = 6
TABLE = Path(compatibility.__file__).parent / "data" / "contact_spheres.json"
SPHERES: list[dict[str, Any]] = json.loads(TABLE.read_text("utf-8"))

each_sphere = pytest.mark.parametrize("sphere", SPHERES, ids=lambda sphere: sphere["sphere"])


def test_every_sphere_has_a_name_of_its_own() -> None:
    names = [sphere["sphere"] for sphere in SPHERES]
    assert names
    assert len(set(names)) == len(names)


@each_sphere
def test_a_sphere_names_enough_professions_and_none_twice(sphere: dict[str, Any]) -> None:
    assert set(sphere) == {"sphere", "professions"}
    professions = sphere["professions"]
    assert len(professions) >= LEAST_PROFESSIONS
    assert len(set(professions)) == len(professions)


@each_sphere
def test_every_name_is_lower_case_and_evenly_spaced(sphere: dict[str, Any]) -> None:
    for name in (sphere["sphere"], *sphere["professions"]):
        assert name == " ".join(name.casefold().split()) != ""
