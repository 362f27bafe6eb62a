"""What is counted, in the form that Prometheus reads."""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER_METHOD = "other"
"""Any that a client made up: a series for each would fill the memory."""


class HttpMetrics:
    """Requests by method, route and status."""

    def __init__(self, registry: CollectorRegistry) -> None:
        names = ("method", "route", "status")
        self._requests = Counter("lipwright_http_requests_total", "Requests.", names, registry=registry)
        self._seconds = Histogram(
            "lipwright_http_request_seconds",
            "Time until the last byte of the answer.",
            ("method", "route"),
            registry=registry,
            buckets=_SECONDS,
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts one request."""
        name = method if method in _METHODS else _OTHER_METHOD
        self._requests.labels(name, route, str(status)).inc()
        self._seconds.labels(name, route).observe(seconds)


class QueueDepth(Collector):
    """How many generations are not done yet, counted in the database when it is asked for."""

    def __init__(self, count: Callable[[], Mapping[str, int]]) -> None:
        self._count = count

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """One gauge, by status."""
        gauge = GaugeMetricFamily(
            "lipwright_queue_depth", "Generations that are not done yet.", labels=["status"]
        )
        for status, n in self._count().items():
            gauge.add_metric([status], n)
        yield gauge

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: registering must not ask the database."""
        return []


def exposition(registry: CollectorRegistry) -> bytes:
    """All of a registry in the text format."""
    return generate_latest(registry)
