"""The process' memory of texts is empty when a test of the store begins."""

import pytest

from app.store import events, schedules
from app.store.text_cache import TextCache


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """No text is remembered from another test."""
    monkeypatch.setattr(events, "_BENEFITS", TextCache(most=10**6))
    monkeypatch.setattr(schedules, "_DOCUMENTS", TextCache(most=10**6))
