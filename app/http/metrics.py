"""What this process counts of its own work, for Prometheus; nothing of it names a person or event.

Labels are names of operations, kinds of refusals and codes, of which the code knows them all.
"""

import os
import re
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.metrics_core import Metric

from schemas.problem import ProblemError

SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0)
REPAIR_SECONDS = (0.05, 0.1, 0.15, 0.25, 0.4, 0.75, 1.5, 5.0, 30.0)
"""The bounds of what is told by how long it took."""
CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
OTHER = "other"
"""What has no name of its own: a path that leads nowhere, a code that is none."""


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(namespace="tertius", registry=self._registry)
        self._requests = Counter(
            "tertius_requests",
            "Requests that were answered.",
            ("operation", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "tertius_request_seconds",
            "From the request to the first of its answer.",
            ("operation",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._problems = Counter(
            "tertius_problems",
            "Requests that were refused, once for each code that they were told.",
            ("kind", "code"),
            registry=self._registry,
        )
        self.watchers = Gauge(
            "tertius_watchers", "Streams that are open now.", registry=self._registry
        )
        self.repair_seconds = Histogram(
            "tertius_repair_seconds",
            "Repairs by this process, from the incident to the new version.",
            buckets=REPAIR_SECONDS,
            registry=self._registry,
        )
        process = Gauge(
            "tertius_process", "Which process this is.", ("pid",), registry=self._registry
        )
        process.labels(os.getpid()).set(1)

    def count_answer(self, operation: str | None, status: int, seconds: float) -> None:
        """Note that an answer began, so long after its request."""
        name = operation or OTHER
        self._requests.labels(name, f"{status // 100}xx").inc()
        self._seconds.labels(name).observe(seconds)

    def count_problem(self, kind: str, errors: Iterable[ProblemError] = ()) -> None:
        """Note that a request was refused, by which kind of refusal and for what."""
        codes = {error.code if CODE.fullmatch(error.code) else OTHER for error in errors}
        for code in codes or {""}:
            self._problems.labels(kind, code).inc()

    def collect(self) -> Iterable[Metric]:
        """Everything as it is now."""
        return self._registry.collect()
