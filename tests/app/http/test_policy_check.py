"""An operation without a rule, or against its rule, keeps the service from starting."""

from typing import Any

import pytest
from fastapi import FastAPI

from app.http import policy_check
from app.http.access import CallerDep
from app.http.policy import POLICY, AccessRule
from app.http.policy_check import PolicyError, check_policy
from app.main import create_app
from app.settings import Settings
from schemas.event import Event
from tests.documented import operations


def test_every_operation_has_a_rule() -> None:
    assert {name.partition("?")[0] for name in POLICY} == {row.name for row in operations()}


def test_the_document_names_the_roles_of_each_operation() -> None:
    for operation in operations():
        assert operation.described["x-roles"] == list(POLICY[operation.name].roles)


def test_an_operation_without_a_rule_is_refused() -> None:
    app = create_app(Settings())

    @app.get("/v1/secrets")
    async def get_secrets(_: CallerDep) -> str:
        return "hush"

    with pytest.raises(PolicyError, match="get_secrets: has no rule"):
        check_policy(app)


def policed(monkeypatch: pytest.MonkeyPatch, rule: AccessRule) -> FastAPI:
    """A service of one operation, which asks for a key and answers with an event."""
    app = FastAPI(generate_unique_id_function=lambda route: route.name)

    @app.get("/one", response_model=Event)
    async def get_one(_: CallerDep) -> Any: ...

    @app.get("/open", response_model=str)
    async def get_open() -> Any: ...

    monkeypatch.setattr(policy_check, "POLICY", {"get_one": rule, "get_open": AccessRule("open")})
    return app


def test_an_operation_that_asks_for_less_than_its_rule_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check_policy(policed(monkeypatch, AccessRule("key", ("owner", "reader"))))
    for door in ("link", "open"):
        with pytest.raises(PolicyError, match="get_one: does not ask"):
            check_policy(policed(monkeypatch, AccessRule(door)))


def test_a_role_that_is_not_shown_all_sees_nothing_that_nobody_thought_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.http.reader_view.NARROWED", {"reader": {}, "steward": {}})
    with pytest.raises(PolicyError, match="get_one: answers with what nobody said"):
        check_policy(policed(monkeypatch, AccessRule("key", ("owner", "reader"))))


def test_a_rule_without_an_operation_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    app = policed(monkeypatch, AccessRule("key", ("owner",)))
    monkeypatch.setitem(policy_check.POLICY, "get_two", AccessRule("open"))  # type: ignore[attr-defined]
    with pytest.raises(PolicyError, match="get_two: is no operation"):
        check_policy(app)
