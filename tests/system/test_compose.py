"""docker-compose.yml is well formed, and what it describes works: here without containers."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.databases import settings_on
from tests.processes import ROOT, Client, Site, crowd, site, until, watched

COMPOSE = ROOT / "docker-compose.yml"
KEY = "a-key-for-the-test"


@pytest.fixture(scope="module")
def compose() -> Any:
    return YAML(typ="safe").load(COMPOSE)


def validated(file: Path) -> "subprocess.CompletedProcess[str]":
    command = ["check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )


def test_the_file_is_well_formed() -> None:
    found = validated(COMPOSE)
    assert found.returncode == 0, found.stdout


def test_a_slip_of_the_pen_would_be_named(tmp_path: Path) -> None:
    slip = tmp_path / "docker-compose.yml"
    slip.write_text(COMPOSE.read_text().replace("healthcheck:", "healthchek:", 1))
    found = validated(slip)
    assert found.returncode != 0
    assert "healthchek" in found.stdout


def test_every_service_is_looked_after(compose: Any) -> None:
    services = compose["services"]
    assert services.keys() == {"api", "worker", "postgres"}
    for service in services.values():
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"]
    assert services["worker"]["deploy"]["replicas"] == 2
    for name in ("api", "worker"):
        assert services[name]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_secrets_come_from_outside_and_the_database_stays_inside(compose: Any) -> None:
    services = compose["services"]
    required = "${TERTIUS_POSTGRES_PASSWORD:?"
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith(required)
    assert services["api"]["environment"]["TERTIUS_KEYS"].startswith("${TERTIUS_KEYS:?")
    for name in ("api", "worker"):
        assert required in services[name]["environment"]["TERTIUS_DATABASE_URL"]
        assert services[name]["environment"]["TERTIUS_MASTER_KEY"].startswith(
            "${TERTIUS_MASTER_KEY:?"
        )
    assert "ports" not in services["postgres"]
    assert services["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]
    assert set(compose["volumes"]) == {"api", "worker", "postgres"}


def test_plain_http_is_for_this_machine_alone(compose: Any) -> None:
    published = {name: service.get("ports", []) for name, service in compose["services"].items()}
    assert published["api"] == ["127.0.0.1:${TERTIUS_PORT:-8000}:8000"]
    assert not published["worker"]
    assert not published["postgres"]


@pytest.fixture(scope="module")
def place(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with site(settings_on(postgres, tmp_path_factory.mktemp("compose"))) as running:
        yield running


def test_its_processes_do_the_main_job_and_outlive_a_worker(place: Site, compose: Any) -> None:
    services = compose["services"]
    command, workers = services["api"]["command"], services["worker"]["deploy"]["replicas"]
    assert command[:2] == ["serve", "--host"]
    assert services["worker"]["command"] == ["worker"]
    _, client = place.api(*command[command.index("--workers") :], TERTIUS_KEYS=f"organiser:x:{KEY}")
    assert client.http.get("/v1/events").status_code == 401
    client.http.headers["Authorization"] = f"Bearer {KEY}"
    running = [place.worker() for _ in range(workers)]
    until(client.ready)

    event = _published(client)
    left = {"id": "1", "kind": "drop_out", "attendee": "a007"}
    repair = client.report(event, left).json()
    assert (repair["status"], repair["version"]) == ("published", 2)
    assert {change["attendee"] for change in repair["changes"]} >= {"a007"}

    solve = client.solve(event, seconds=3)
    next(watched(client, solve))
    busy = next(w for w in running if w.logged(event="begun", solve=solve.rpartition("/")[2]))
    busy.kill()
    ended = client.ended(solve)
    assert (ended["state"], ended["version"]) == ("done", 3)
    assert client.get(f"{event}/schedule")["version"] == 2


def _published(client: Client) -> str:
    """The address of an event that was solved while somebody watched, and published."""
    event = client.event(**crowd(40, 6))
    *progress, end = watched(client, client.solve(event, seconds=1))
    assert progress
    client.post(f"{event}/schedules/{end.data['version']}/publish")
    return event
