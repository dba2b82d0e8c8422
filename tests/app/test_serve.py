"""What keeps the service from starting is told in words, and never shows a secret."""

from pathlib import Path

import pytest

from app.serve import serve
from app.terminal.failure import Failure


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TERTIUS_KEYS", "TERTIUS_KEYS_FILE", "TERTIUS_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_it_is_not_open_to_other_machines_without_a_key(host: str, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="TERTIUS_KEYS"):
        serve(host, 0, tmp_path)


WRONG = {
    "a key without a role": ("TERTIUS_KEYS", "hush-hush-hush-hush"),
    "a short key": ("TERTIUS_KEYS", "organiser:x:hush"),
    "a file that is not there": ("TERTIUS_KEYS_FILE", "/nowhere/hush"),
    "another database": ("TERTIUS_DATABASE_URL", "mysql://root:hush@localhost/x"),
    "no address at all": ("TERTIUS_DATABASE_URL", "hush"),
    "an endless solve": ("TERTIUS_SOLVE_SECONDS", "hush"),
}


@pytest.mark.parametrize(("name", "value"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_setting_is_named_without_its_value(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Failure) as failure:
        serve("127.0.0.1", 0, tmp_path)
    told = str(failure.value)
    assert told.startswith("TERTIUS_")
    if "FILE" not in name:
        assert "hush" not in told
