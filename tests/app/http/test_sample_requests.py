"""Every operation has a sample, and the service takes it."""

import shlex
from typing import Any

import pytest

from app.http.sample_requests import PARAMETERS, SampleRequest, curl_of, sample_request
from tests.api import OWNER, Api
from tests.app.http.test_openapi import address, by_link, example
from tests.databases import SQLITE_ONLY
from tests.documented import Operation, document, operations

LONG = {"solve_event", "watch_progress"}
"""One searches for as long as it says, one waits for a worker."""
NOT_HERE = {"readyz": 503, "get_repair": 404, "erase_attendee": 404}
NOT_HERE |= {"get_proposal": 404, "publish_proposal": 404}
"""What a service without a worker answers; no repair was made, nothing is proposed, nobody is in a
series."""


def sample_of(operation: Operation) -> SampleRequest:
    examples = document()["components"]["examples"]
    return sample_request(operation.method, operation.path, operation.described, examples)


@SQLITE_ONLY
@pytest.mark.anyio
async def test_the_service_takes_the_sample_of_every_operation(api: Api) -> None:
    for operation in operations():
        if operation.name in LONG:
            continue
        sample, ids = sample_of(operation), {}
        if "solve_id" in sample.path:
            url = await api.create(**example("Event"))
            started = await api.send("POST", f"{url}/solves", {"seconds": 1})
            ids = {"solve_id": started.headers["Location"].rpartition("/")[2]}
            ids["event_id"] = url.rpartition("/")[2]
        url = await address(api.as_(OWNER), operation, **ids)
        answer = await api.client.request(
            sample.method,
            url,
            params=sample.query,
            **_body_of(sample),
            headers={
                **sample.headers,
                "if-match": "*",
                "Authorization": f"Bearer {OWNER}",
                **by_link(operation),
            },
        )
        wanted = NOT_HERE.get(operation.name, range(200, 300))
        known = wanted if isinstance(wanted, range) else [wanted]
        assert answer.status_code in known, (operation.name, answer.text)


def _body_of(sample: SampleRequest) -> dict[str, Any]:
    """What is sent, a file as it is."""
    if isinstance(sample.body, str):
        return {"content": sample.body}
    return {"json": sample.body}


def test_a_sample_is_a_line_for_a_terminal() -> None:
    headers = {"if-match": '"1.0"'}
    sample = SampleRequest(
        "PATCH", "/v1/events/{event_id}", {"from": "1"}, headers, {"name": "It's"}
    )
    assert shlex.split(curl_of(sample)) == [
        *("curl", "-X", "PATCH"),
        f"http://127.0.0.1:8000/v1/events/{PARAMETERS['event_id']}?from=1",
        *("-H", 'if-match: "1.0"', "-d", '{"name": "It\'s"}'),
    ]


def test_what_is_needed_is_in_the_sample() -> None:
    for operation in operations():
        needed = {
            row["name"] for row in operation.described.get("parameters", ()) if row["required"]
        }
        sample = sample_of(operation)
        in_path = {row["name"] for row in operation.parameters("path")}
        assert needed - in_path <= {*sample.query, *sample.headers}
        assert (sample.body is None) == ("requestBody" not in operation.described)
