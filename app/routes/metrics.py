"""Figures for Prometheus: of this process, and of the database that all processes share."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated

import psycopg
from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from app.http.access import check_overseer
from app.http.metrics import Metrics
from app.http.state import StoreDep, from_state
from app.store.engine import Store
from app.store.figures import FigureRows, read_figures
from app.workers.child_pool import children_alive

router = APIRouter(include_in_schema=False)

MetricsDep = Annotated[Metrics, from_state("metrics")]


@router.get("/metrics", dependencies=[Depends(check_overseer)])
async def get_metrics(metrics: MetricsDep, store: StoreDep) -> Response:
    """All figures; those of the database are left out while it cannot be read."""
    figures = _Figures(metrics, await _readings(store))
    text = await asyncio.to_thread(generate_latest, figures)  # takes tens of milliseconds
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


async def _readings(store: Store) -> Sequence[FigureRows] | None:
    try:
        async with store.read() as connection:
            return await read_figures(connection)
    except (SQLAlchemyError, psycopg.Error, OSError):
        return None


class _Figures(Collector):
    """Both kinds, as one."""

    def __init__(self, metrics: Metrics, readings: Sequence[FigureRows] | None) -> None:
        self._metrics, self._readings = metrics, readings

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics.collect()
        children = children_alive()
        sizes = [child.resident_bytes() for child in children]
        yield _gauge("tertius_children", "Children of this process that plan.", len(sizes))
        yield _gauge("tertius_children_resident_bytes", "Memory that they hold.", sum(sizes))
        is_read = self._readings is not None
        yield _gauge("tertius_database_up", "Whether the database could be read.", is_read)
        for figure, rows in self._readings or ():
            family = GaugeMetricFamily(figure.name, figure.about, labels=figure.labels)
            for labels, number in rows:
                family.add_metric(labels, number)
            yield family


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)
