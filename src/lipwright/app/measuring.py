"""Measures results that are published, for their reports, when nothing else waits."""

import logging
from contextlib import suppress

from lipwright.app import workplace as places
from lipwright.app.compute import ComputeJob
from lipwright.app.inputs import VIDEO, bring, copy_blob
from lipwright.app.journal import Journal
from lipwright.app.room import has_plenty, need_room
from lipwright.app.services import Services
from lipwright.app.settings import Settings
from lipwright.app.telemetry import Telemetry
from lipwright.app.workplace import Workplace
from lipwright.errors import NoRoomError, NotFoundError, OutputError
from lipwright.jobs.children import CallOptions, ChildCrashError, ChildPool
from lipwright.jobs.ports import JobCancelledError, JobError
from lipwright.jobs.slots import LEISURE
from lipwright.store.generations import Generations
from lipwright.store.records import Generation

_FAILED = "measuring_failed"

_log = logging.getLogger(__name__)


def is_to_be_measured(settings: Settings, generation: Generation) -> bool:
    """Whether a result is measured: as the server is set, and the request asks."""
    asked = generation.params.get("measure_report")
    match settings.measure_results:
        case "none":
            return False
        case "asked":
            return asked is True
        case "all":
            return asked is not False


class Measuring:
    """Completes the reports of generations that are completed.

    The folder of a generation keeps its video until then, as long as the disk has plenty of room; elsewhere,
    and after, it is brought again, and where it cannot be had the result is measured without.

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
        self._at_work: set[str] = set()

    def run(self, generation_id: str) -> None:
        """Measures a result and completes its report; nothing if that was done, or nobody has it any more.

        Raises:
            JobError: it cannot be measured.
            JobCancelledError: the generation was deleted meanwhile.
        """
        generation = self._need(generation_id)
        if not is_to_be_measured(self._services.settings, generation):
            raise JobError("the server was set not to measure it before it came to it", _FAILED)
        need_room(self._services.settings)
        self._at_work.add(generation_id)
        try:
            self._measure(generation_id)
        finally:
            self._at_work.discard(generation_id)
        self._workplace.remove(generation_id)

    def fail(self, generation_id: str, why: str) -> None:
        """Notes why a result cannot be measured."""
        with self._services.database.begin() as connection:
            Generations(connection).end_measuring(generation_id, error=why)
        self._workplace.remove(generation_id)

    def keeps(self, generation_id: str) -> bool:
        """Whether the folder of a generation is kept for its video."""
        generation = self._journal.find(generation_id)
        is_pending = generation is not None and generation.measuring == "pending"
        return is_pending and (generation_id in self._at_work or has_plenty(self._services.settings))

    def _measure(self, generation_id: str) -> None:
        generation = self._need(generation_id)
        job = self._workplace.job(generation, self._journal.plan_of(generation))
        self._bring(generation, job)

        def check() -> None:
            self._need(generation_id)

        options = CallOptions(LEISURE, f"{generation_id} (measure)", is_last=True, still_wanted=check)
        try:
            answer = self._pool.call(job.request("measure"), options)
        except ChildCrashError as crash:
            _log.exception("measuring crashes the compute process", extra={"generation_id": generation_id})
            raise JobError("measuring it crashed, several times", _FAILED) from crash
        self._telemetry.stage("measure", answer.worked_seconds)
        self._publish(generation, job)

    def _need(self, generation_id: str) -> Generation:
        generation = self._journal.find(generation_id)
        if generation is None or generation.measuring != "pending":
            raise JobCancelledError(f"{generation_id} need not be measured")
        return generation

    def _bring(self, generation: Generation, job: ComputeJob) -> None:
        assert generation.output_key is not None  # it is completed
        assert generation.report_key is not None
        try:
            for key, path in (
                (generation.output_key, job.output),
                (generation.report_key, places.report_path(job)),
            ):
                path.unlink(missing_ok=True)  # of an attempt that was killed
                copy_blob(self._services, key, path)
        except (NotFoundError, FileNotFoundError) as error:
            raise JobError("the result is no longer there", _FAILED) from error
        with suppress(JobError):  # a link may have expired, an asset been deleted
            bring(self._services, generation, VIDEO, places.input_path(job, VIDEO), _ignore)

    def _publish(self, generation: Generation, job: ComputeJob) -> None:
        """The row names the old report until the new one is there, so that there always is one."""
        old, new = generation.report_key, f"generations/{generation.id}/measured.json"
        try:
            self._services.blobs.put_file(new, places.measured_path(job))
        except NoRoomError:
            raise  # it is tried again
        except OutputError as error:
            _log.exception("a report cannot be stored", extra={"generation_id": generation.id})
            raise JobError("the measured report could not be stored", _FAILED) from error
        with self._services.database.begin() as connection:
            is_kept = Generations(connection).end_measuring(generation.id, report_key=new)
        gone = old if is_kept else new
        if gone is not None and self._is_unused(generation.id, gone):
            self._services.blobs.delete(gone)

    def _is_unused(self, generation_id: str, key: str) -> bool:
        """Another worker may have been faster, with the same report."""
        now = self._journal.find(generation_id)
        return now is None or now.report_key != key


def _ignore(done: int, total: int | None) -> None:
    """Nobody waits for the download."""
