"""A request to try for every operation of the OpenAPI document, as a line for a terminal."""

import json
import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

PARAMETERS: Mapping[str, Any] = {
    "event_id": "01a228e5f034652cc597f4c6445c6887",
    "series_id": "01a228e6110c49364da385e52c8d2bce",
    "webhook_id": "01a228e6158a6f0e0c5d7b2fd94a1e63",
    "key_id": "01a228e5f9aa41c2b3d4e5f60718293a",
    "solve_id": "01a228e5f871d2da505a1674a2fa109f",
    "proposal_id": "5f1d2c9b7a40",
    "attendee_id": "ada",
    "version": 1,
    "from": 1,
    "pair": "ada,bram",
    "attendee": "ada",
    "round": 1,
    "audience": "attendee",
    "seconds": 5,
    "work": 100_000,
    "gap": 0.01,
    "seed": 7,
    "stability": "strict",
    "max_changes": 10,
    "preset": "mentoring",
    "price": "priorities",
    "mapping": '{"Ticket": "ignore"}',
    "rounds": 8,
    "as": "people",
    "scale": "1..5",
    "replace": True,
    "dry_run": True,
    "limit": 20,
    "cursor": "bGlzdDo3",
    "download": True,
    "format": "xlsx",
    "rows": "people",
    "paper": "badges",
    "link": "https://example.org/day/{id}",
    "only": "changed",
    "address": "https://example.org",
    "erase": True,
    "if-match": '"1.0"',
    "if-none-match": '"1.0"',
    "idempotency-key": "breakfast-1",
    "last-event-id": "3",
    "webhook-id": "01a228e6158a7a41b7c3fd0e2b6c9d15",
    "webhook-timestamp": "1804150800",
    "webhook-signature": "v1,9Kp1oBvYyrG8L2wqGbdWZ6eQn0iTt7a5Ck4fHs3xUmE=",
    "prefer": "wait=10",
}
"""A value of each parameter, by its name."""

SHOWN = {("explain_schedule", "pair"), ("solve_event", "seconds")}
"""Parameters in samples although requests may do without."""

BASE = "http://127.0.0.1:8000"


class SampleRequest(NamedTuple):
    """What is sent; the ``path`` as the document has it, with names in braces."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


def sample_request(
    method: str, path: str, operation: Mapping[str, Any], examples: Mapping[str, Any]
) -> SampleRequest:
    """The sample of an operation, from the examples of the document it is part of."""
    rows = [
        row
        for row in operation.get("parameters", ())
        if row["required"] or (operation["operationId"], row["name"]) in SHOWN
    ]
    content = operation.get("requestBody", {}).get("content", {})
    kind = next(iter(content), "")
    names = list(content[kind]["examples"]) if kind else []
    return SampleRequest(
        method.upper(),
        path,
        {row["name"]: _written(row["name"]) for row in rows if row["in"] == "query"},
        {row["name"]: _written(row["name"]) for row in rows if row["in"] == "header"}
        | ({"content-type": kind} if kind else {}),
        examples[names[0]]["value"] if names else None,
    )


def curl_of(sample: SampleRequest) -> str:
    """The sample for a terminal."""
    values = {name: quote(str(value)) for name, value in PARAMETERS.items()}
    address = BASE + sample.path.format(**values)
    address += f"?{urlencode(sample.query)}" if sample.query else ""
    parts = ["curl", *(("-X", sample.method) if sample.method != "GET" else ()), address]
    for name, value in sample.headers.items():
        parts += ["-H", f"{name}: {value}"]
    if isinstance(sample.body, str):
        parts += ["--data-binary", "@attendees.csv"]
    elif sample.body is not None:
        parts += ["-d", json.dumps(sample.body, ensure_ascii=False)]
    return shlex.join(parts)


def _written(name: str) -> str:
    value = PARAMETERS[name]
    return value if isinstance(value, str) else json.dumps(value)
