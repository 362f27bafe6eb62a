"""What work is counted: stages, chunks, webhooks."""

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

_STAGE_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)


class Telemetry:
    """The figures of one process; safe to use from any thread."""

    def __init__(self) -> None:
        # a third of the lines, which nothing reads
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        """Where they stand, for whoever publishes them."""
        self._stages = Histogram(
            "lipwright_stage_seconds",
            "Time that a stage of a generation took, without waiting.",
            ("stage",),
            registry=self.registry,
            buckets=_STAGE_SECONDS,
        )
        self._waits = Histogram(
            "lipwright_wait_seconds",
            "Time that a stage waited for a place to compute, at its beginning and while it was paused.",
            ("stage",),
            registry=self.registry,
            buckets=_STAGE_SECONDS,
        )
        self._chunks = Counter("lipwright_chunks_total", "Chunks rendered.", registry=self.registry)
        self._chunk_seconds = Counter(
            "lipwright_chunk_seconds_total", "Time spent on rendering them.", registry=self.registry
        )
        self._ended = Counter(
            "lipwright_generations_total", "Generations that ended.", ("status",), registry=self.registry
        )
        self._webhooks = Counter(
            "lipwright_webhook_attempts_total",
            "Attempts at deliveries.",
            ("result",),
            registry=self.registry,
        )

    def stage(self, name: str, seconds: float) -> None:
        """A stage of a generation is done."""
        self._stages.labels(name).observe(seconds)

    def wait(self, name: str, seconds: float) -> None:
        """A stage waited for others; for ``render``, each chunk."""
        self._waits.labels(name).observe(seconds)

    def chunk(self, seconds: float) -> None:
        """A chunk is rendered."""
        self._chunks.inc()
        self._chunk_seconds.inc(seconds)

    def generation(self, status: str) -> None:
        """A generation has ended: completed, failed or cancelled."""
        self._ended.labels(status).inc()

    def webhook(self, result: str) -> None:
        """An attempt at a delivery was made: succeeded, failed or exhausted."""
        self._webhooks.labels(result).inc()
