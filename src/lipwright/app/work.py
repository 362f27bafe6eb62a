"""The steps of a job, done: what ``jobs`` asks for, with the store and the compute children."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from lipwright.app import workplace as places
from lipwright.app.compute import FORGET, ComputeJob
from lipwright.app.inputs import bring, media_of
from lipwright.app.journal import Journal
from lipwright.app.measuring import Measuring, is_to_be_measured
from lipwright.app.orphans import Orphans
from lipwright.app.pricing import Prices
from lipwright.app.progress import ChunkCount, Pace, overall
from lipwright.app.retention import forget_expired
from lipwright.app.room import need_room
from lipwright.app.services import Services
from lipwright.app.telemetry import Telemetry
from lipwright.app.webhooks_send import WebhookSender
from lipwright.app.workplace import Workplace
from lipwright.errors import NoRoomError, OutputError
from lipwright.jobs.children import Answer, CallOptions, ChildCrashError, ChildPool, Message
from lipwright.jobs.parallel import StillWanted, in_parallel
from lipwright.jobs.ports import JobError
from lipwright.jobs.slots import BATCH, INTERACTIVE
from lipwright.store.records import Generation

_KILLED = -9

_log = logging.getLogger(__name__)


class ServerWork:
    """The Work of the server.

    A step that finds what another one left missing, because that ran on another machine or the folder was
    lost, does that one first.

    Args:
        services: the parts of the application.
        pool: the compute children.
        telemetry: counts what is done.
    """

    def __init__(self, services: Services, pool: ChildPool, telemetry: Telemetry) -> None:
        self._services = services
        self._pool = pool
        self._telemetry = telemetry
        self._journal = Journal(services)
        self._workplace = Workplace(services.settings)
        self._sender = WebhookSender(services, telemetry)
        self._orphans = Orphans(services)
        self._measuring = Measuring(services, pool, telemetry)
        self._n_at_once = services.settings.slots
        self._paces: dict[str, Pace] = {}

    def fetch(self, generation_id: str) -> None:
        """Brings the inputs into the folder."""
        self._journal.need(generation_id)
        need_room(self._services.settings)
        self._journal.start(generation_id)
        _log.info("started", extra={"generation_id": generation_id})
        started = time.monotonic()
        self._bring_inputs(*self._job(generation_id))
        self._telemetry.stage("fetch", time.monotonic() - started)

    def prepare(self, generation_id: str) -> int:
        """Takes all decisions; how many chunks there are."""
        generation, job = self._job(generation_id)
        return self._prepare(generation, job)

    def render(self, generation_id: str, n_chunks: int) -> None:
        """Renders the chunks that are not there, as many at once as there are slots."""
        generation, job = self._job(generation_id)
        n_chunks = self._prepare(generation, job)  # as planned by this version
        frames = {chunk: places.rendered_frames(job, chunk) for chunk in range(n_chunks)}
        count = ChunkCount({chunk: n for chunk, n in frames.items() if n is not None})
        missing = [chunk for chunk, n in frames.items() if n is None]

        def render(chunk: int, still_wanted: StillWanted) -> None:
            self._render(_Chunk(generation, job, chunk, still_wanted), count)

        in_parallel(render, missing, min(self._n_at_once, len(missing)))

    def finish(self, generation_id: str) -> None:
        """Joins, publishes and completes."""
        generation = self._journal.find(generation_id)
        if generation is not None and generation.status == "completed":  # the last attempt got so far
            self._clean_up(generation_id)
            return
        generation, job = self._job(generation_id)
        self.render(generation_id, self._prepare(generation, job))  # where the folder was lost
        result = self._call(generation, job.request("join"), is_last=True).result
        self._publish(generation, job, float(result["duration_seconds"]))
        self._clean_up(generation_id)

    def fail(self, generation_id: str, message: str, code: str) -> None:
        """Ends a job that cannot be done."""
        if self._journal.fail(generation_id, message, code):
            self._telemetry.generation("failed")
        self._clean_up(generation_id)

    def abandon(self, generation_id: str) -> None:
        """Ends a job that nobody wants."""
        if self._journal.cancel(generation_id):
            self._telemetry.generation("cancelled")
        self._clean_up(generation_id)

    def has_ended(self, generation_id: str) -> bool:
        """Whether it is completed, failed, cancelled or deleted."""
        generation = self._journal.find(generation_id)
        return generation is None or generation.is_terminal

    def measure(self, generation_id: str) -> None:
        """Looks at a result once more, for its report."""
        self._measuring.run(generation_id)

    def fail_measure(self, generation_id: str, message: str) -> None:
        """Says in the report why a result cannot be measured."""
        self._measuring.fail(generation_id, message)

    def tidy(self) -> None:
        """Removes what jobs that have ended left behind, and what is kept no longer."""
        for generation_id in self._workplace.generation_ids():
            if self.has_ended(generation_id) and not self._measuring.keeps(generation_id):
                self._workplace.remove(generation_id)
        forget_expired(self._services)
        self._orphans.look()

    def send_webhook(self, delivery_id: str) -> float | None:
        """Makes one attempt."""
        return self._sender.send(delivery_id)

    def _job(self, generation_id: str) -> tuple[Generation, ComputeJob]:
        generation = self._journal.need(generation_id)
        return generation, self._workplace.job(generation, self._journal.plan_of(generation))

    def _bring_inputs(self, generation: Generation, job: ComputeJob) -> None:
        media = media_of(generation)
        for place, medium in enumerate(media):
            on_bytes = partial(self._tell_download, generation.id, (place, len(media)))
            bring(self._services, generation, medium, places.input_path(job, medium), on_bytes)

    def _prepare(self, generation: Generation, job: ComputeJob) -> int:
        places.renew(job)
        n_chunks = places.prepared_chunks(job)
        if n_chunks is None:
            self._bring_inputs(generation, job)
            n_chunks = int(self._call(generation, job.request("prepare")).result["n_chunks"])
        return n_chunks

    def _render(self, part: "_Chunk", count: ChunkCount) -> None:
        generation, chunk = part.generation, part.chunk

        def tell(said: Message) -> None:
            self._tell(generation.id, said["stage"], count.note(chunk, said["done"]), said["total"])

        answer = self._call(
            generation, part.job.request("render", chunk=chunk), tell=tell, still_wanted=part.still_wanted
        )
        if answer.result["is_new"]:
            self._telemetry.chunk(answer.worked_seconds)
        count.note(chunk, places.rendered_frames(part.job, chunk) or 0)

    def _publish(self, generation: Generation, job: ComputeJob, seconds: float) -> None:
        folder = f"generations/{generation.id}"
        output_key, report_key = f"{folder}/{job.output.name}", f"{folder}/report.json"
        try:
            self._services.blobs.put_file(output_key, job.output)
            self._services.blobs.put_file(report_key, places.report_path(job))
        except NoRoomError:
            raise  # it is tried again
        except OutputError as error:
            _log.exception("a result cannot be stored", extra={"generation_id": generation.id})
            message = "the result could not be stored; try again when the server has space"
            raise JobError(message, "generation_infra_storage_error") from error
        cost = Prices(self._services.settings.prices).cost(generation.model, seconds)
        if self._journal.complete(
            generation.id,
            output_key=output_key,
            report_key=report_key,
            seconds=seconds,
            cost=cost,
            is_to_be_measured=is_to_be_measured(self._services.settings, generation),
        ):
            self._telemetry.generation("completed")
            _log.info("completed", extra={"generation_id": generation.id, "seconds": round(seconds, 3)})
        else:
            self._withdraw(generation.id, folder)

    def _withdraw(self, generation_id: str, folder: str) -> None:
        """Deletes a result that came too late: cancelled meanwhile, unless another worker completed it."""
        now = self._journal.find(generation_id)
        if now is None or now.status != "completed":
            self._services.blobs.delete_prefix(folder)

    def _call(
        self,
        generation: Generation,
        request: Message,
        *,
        tell: Callable[[Message], None] | None = None,
        still_wanted: StillWanted | None = None,
        is_last: bool = False,
    ) -> Answer:
        need_room(self._services.settings)

        def check() -> None:
            self._journal.need(generation.id)
            if still_wanted is not None:
                still_wanted()

        def tell_all(said: Message) -> None:
            self._tell(generation.id, said["stage"], said["done"], said["total"])

        priority = INTERACTIVE if generation.batch_id is None else BATCH
        options = CallOptions(priority, generation.id, is_last, tell or tell_all, check)
        try:
            answer = self._pool.call(request, options)
        except ChildCrashError as crash:
            _log.exception("a job crashes the compute process", extra={"generation_id": generation.id})
            raise _crash_error(crash) from crash
        self._telemetry.stage(request["command"], answer.worked_seconds)
        self._telemetry.wait(request["command"], answer.waited_seconds)
        return answer

    def _tell_download(
        self, generation_id: str, place: tuple[int, int], done: int, total: int | None
    ) -> None:
        share = min(done / total, 1.0) if total else 0.5
        number, n_media = place
        self._tell(generation_id, "fetch", int((number + share) * 1000), n_media * 1000)

    def _tell(self, generation_id: str, stage: str, done: int, total: int) -> None:
        if not self._pace(generation_id).is_due():
            return
        with suppress(NoRoomError):  # the work itself may still fit
            self._journal.progress(generation_id, overall(stage, done, total), stage)

    def _pace(self, generation_id: str) -> Pace:
        return self._paces.setdefault(generation_id, Pace())

    def _clean_up(self, generation_id: str) -> None:
        if self._measuring.keeps(generation_id):
            self._workplace.keep_video(generation_id)
        else:
            self._workplace.remove(generation_id)
        self._paces.pop(generation_id, None)
        self._pool.tell_idle(generation_id, FORGET)


@dataclass(frozen=True)
class _Chunk:
    """One chunk of a job, to be rendered."""

    generation: Generation
    job: ComputeJob
    chunk: int
    still_wanted: StillWanted


def _crash_error(crash: ChildCrashError) -> JobError:
    if crash.return_code == _KILLED:
        return JobError(
            "the server ran out of memory on this video, several times; try a smaller one",
            "generation_infra_resource_exhausted",
        )
    return JobError(
        "rendering this video crashed, several times; try another encoding of it, and report it if it stays",
        "generation_pipeline_failed",
    )
