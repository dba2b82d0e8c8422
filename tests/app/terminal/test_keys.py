"""Keys from the terminal: the secret alone on standard output, once."""

from asyncio import to_thread
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import commands
from app.settings import Settings
from app.store.access_keys import SECRET
from tests.api import running

RUN = CliRunner()
OWNER_OF_ACME = ("--role", "owner", "--organisation", "acme")


def key(folder: Path, *words: str) -> tuple[int, str, str]:
    """What a command tells: exit code, standard output, standard error."""
    told = RUN.invoke(commands, ["key", *words, "--data", str(folder)])
    return told.exit_code, told.stdout, told.stderr


def test_a_key_is_made_listed_and_revoked(tmp_path: Path) -> None:
    wanted = (
        "--role",
        "owner",
        "--organisation",
        "acme",
        "--label",
        "Ours",
        "--until",
        "2099-01-01",
    )
    code, out, err = key(tmp_path, "add", *wanted)
    assert code == 0
    assert SECRET.fullmatch(out.strip())
    assert out.strip() not in err
    key_id = err.split()[1].rstrip(":")
    _, listed, _ = key(tmp_path, "list")
    assert key_id in listed  # whole, on a narrow terminal too
    assert "owner" in listed
    assert out.strip() not in listed
    assert key(tmp_path, "revoke", key_id)[0] == 0
    assert "revoked" in key(tmp_path, "list")[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--role", "guest", "--organisation", "acme"), "--role"),
        (("--role", "steward", "--organisation", "acme"), "--event"),
        (("--role", "owner", "--organisation", "acme", "--event", "0" * 32), "--event"),
        (("--role", "reader", "--organisation", "acme", "--event", "0" * 32), "--event"),
        (("--role", "reader", "--organisation", " "), "--organisation"),
        (("--role", "reader", "--organisation", "acme", "--until", "2020-01-01"), "--until"),
        (("--role", "reader", "--organisation", "acme", "--label", "a\nb"), "--label"),
    ],
)
def test_a_key_that_could_open_nothing_is_refused(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    code, out, err = key(tmp_path, "add", *words)
    assert (code, out) == (2, "")
    assert err.startswith(told)


def test_an_id_of_no_key_is_told(tmp_path: Path) -> None:
    code, _, err = key(tmp_path, "revoke", "0" * 32)
    assert code == 2
    assert "tertius key list" in err


@pytest.mark.anyio
async def test_a_service_is_opened_by_what_the_terminal_made(tmp_path: Path) -> None:

    _, secret, _ = await to_thread(
        key, tmp_path, "add", "--role", "owner", "--organisation", "acme"
    )
    async with running(Settings(data=tmp_path)) as api:
        assert (await api.client.get("/v1/events")).status_code == 401
        assert (await api.as_(secret.strip()).send("GET", "/v1/events")).status_code == 200
