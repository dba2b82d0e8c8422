"""The shared checker of schedules: written apart from this code, it tells whether both agree."""

import importlib.util
from functools import cache
from types import ModuleType
from typing import Any

import pytest

from bench.real.shared import absent, shared
from schemas.event import Event

needs_shared = pytest.mark.skipif(absent(), reason="no shared data here; see TERTIUS_SHARED")


@cache
def checker() -> ModuleType:
    """The checker as a module."""
    spec = importlib.util.spec_from_file_location("checker", shared("check_schedule.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judged(
    event: Event, schedule: dict[str, Any], graph: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What the checker finds: the true figures, and ``violations`` of rules or false figures."""
    document = event.model_dump(mode="json", exclude_none=True)
    found: dict[str, Any] = checker().check(checker().Event(document, graph), schedule)
    return found


def broken_rules(found: dict[str, Any]) -> list[str]:
    """The violations of hard rules, H1 to H11, without those of stated figures."""
    return [line for line in found["violations"] if line[0] == "H" and line[1].isdigit()]
