"""What a process counts: answers by operation, refusals by code, and never who or what for."""

from prometheus_client import generate_latest

from app.http.metrics import Metrics
from schemas.problem import ProblemError


def told(metrics: Metrics) -> list[str]:
    return generate_latest(metrics).decode().splitlines()


def test_answers_are_counted_by_operation_and_class() -> None:
    metrics = Metrics()
    for status in (200, 201, 404):
        metrics.count_answer("get_event", status, 0.02)
    metrics.count_answer(None, 404, 0.02)
    lines = told(metrics)
    assert 'tertius_requests_total{operation="get_event",status="2xx"} 2.0' in lines
    assert 'tertius_requests_total{operation="get_event",status="4xx"} 1.0' in lines
    assert 'tertius_requests_total{operation="other",status="4xx"} 1.0' in lines
    assert 'tertius_request_seconds_bucket{le="0.05",operation="get_event"} 3.0' in lines
    assert 'tertius_request_seconds_bucket{le="0.01",operation="get_event"} 0.0' in lines


def test_a_refusal_is_counted_once_for_each_of_its_codes() -> None:
    metrics = Metrics()
    errors = [ProblemError(pointer="", code=code, message="m") for code in ("a", "a", "b")]
    metrics.count_problem("Invalid", errors)
    metrics.count_problem("NotFound")
    lines = told(metrics)
    assert 'tertius_problems_total{code="a",kind="Invalid"} 1.0' in lines
    assert 'tertius_problems_total{code="b",kind="Invalid"} 1.0' in lines
    assert 'tertius_problems_total{code="",kind="NotFound"} 1.0' in lines


def test_a_code_that_is_none_is_not_told() -> None:
    metrics = Metrics()
    metrics.count_problem("Invalid", [ProblemError(pointer="", code="Ada L.", message="m")])
    assert not [line for line in told(metrics) if "Ada" in line]
