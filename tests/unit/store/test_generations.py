from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from lipwright.errors import ConflictError, NotFoundError
from lipwright.store.batches import Batches
from lipwright.store.generations import Generations
from lipwright.store.records import TERMINAL, Account, Generation
from tests.unit.store.made import START, batch, generation, ticking

RESULT = {
    "output_key": "generations/g/output.mp4",
    "report_key": None,
    "duration_seconds": 12.5,
    "cost": Decimal("0.6250"),
}


@pytest.fixture
def generations(connection: Connection) -> Generations:
    return Generations(connection, ticking())


def added(generations: Generations, account: Account, **changes: object) -> Generation:
    new = generation(account.id, **changes)
    generations.add(new)
    return new


def test_a_generation_comes_back_as_it_went_in(generations: Generations, ours: Account) -> None:
    """Text of any language, nested parameters, times in UTC."""
    new = added(generations, ours, params={"video_url": "https://例え.jp/ü?a=b", "nested": {"a": [1, None]}})
    assert generations.get(ours.id, new.id) == new
    assert generations.find(new.id) == new


def test_it_goes_from_pending_by_processing_to_completed(generations: Generations, ours: Account) -> None:
    """Each step happens once, and leaves its time."""
    new = added(generations, ours)
    assert generations.set_processing(new.id, stage="fetch")
    assert not generations.set_processing(new.id)
    assert generations.get(ours.id, new.id).stage == "fetch"
    assert generations.complete(new.id, **RESULT)
    done = generations.get(ours.id, new.id)
    assert (done.status, done.stage, done.progress, done.is_terminal) == ("completed", None, 1.0, True)
    assert (done.output_key, done.duration_seconds) == (RESULT["output_key"], 12.5)
    assert str(done.cost) == "0.6250"
    assert START < done.started_at < done.completed_at


def test_its_result_is_measured_once(generations: Generations, ours: Account) -> None:
    """The report is another one then; nothing changes where nothing is to be measured."""
    new, plain = added(generations, ours), added(generations, ours)
    generations.complete(plain.id, **RESULT)
    assert not generations.end_measuring(plain.id, report_key="generations/g/measured.json")
    generations.complete(
        new.id, **{**RESULT, "report_key": "generations/g/report.json"}, is_to_be_measured=True
    )
    assert generations.get(ours.id, new.id).measuring == "pending"
    assert generations.end_measuring(new.id, report_key="generations/g/measured.json")
    assert not generations.end_measuring(new.id, error="too late")
    done = generations.get(ours.id, new.id)
    assert (done.measuring, done.report_key) == ("done", "generations/g/measured.json")


def test_a_result_that_cannot_be_measured_keeps_its_report(generations: Generations, ours: Account) -> None:
    new = added(generations, ours)
    generations.complete(
        new.id, **{**RESULT, "report_key": "generations/g/report.json"}, is_to_be_measured=True
    )
    assert generations.end_measuring(new.id, error="too blue")
    kept = generations.get(ours.id, new.id)
    assert (kept.status, kept.measuring, kept.measuring_error) == ("completed", "failed", "too blue")
    assert kept.report_key == "generations/g/report.json"


def test_a_failed_one_says_why_and_costs_nothing(generations: Generations, ours: Account) -> None:
    """Also when nobody had begun it."""
    new = added(generations, ours)
    assert generations.fail(new.id, error="no face between 1 s and 2 s", error_code="no_face")
    failed = generations.get(ours.id, new.id)
    assert (failed.status, failed.error, failed.error_code) == (
        "failed",
        "no face between 1 s and 2 s",
        "no_face",
    )
    assert failed.cost == 0
    assert failed.completed_at is not None


@pytest.mark.parametrize("status", TERMINAL)
def test_what_has_ended_never_changes_again(generations: Generations, ours: Account, status: str) -> None:
    """Whatever a slow or repeated worker, or a user, does."""
    new = added(generations, ours)
    if status == "completed":
        generations.complete(new.id, **RESULT)
    else:
        generations.fail(new.id, error="broken", error_code="media")
    ended = generations.get(ours.id, new.id)
    assert not generations.set_processing(new.id)
    assert not generations.set_progress(new.id, 0.5)
    assert not generations.complete(new.id, **RESULT)
    assert not generations.fail(new.id, error="again", error_code="again")
    assert not generations.request_cancel(ours.id, new.id)
    assert generations.get(ours.id, new.id) == ended


def test_progress_never_falls(generations: Generations, ours: Account) -> None:
    """A chunk that is done again is not shown as a step back; only what is processing progresses."""
    new = added(generations, ours)
    assert not generations.set_progress(new.id, 0.1)
    generations.set_processing(new.id)
    seen = []
    for progress, stage in ((0.25, "render"), (0.5, None), (0.125, "mux")):
        assert generations.set_progress(new.id, progress, stage=stage)
        found = generations.get(ours.id, new.id)
        seen.append((found.progress, found.stage))
    assert seen == [(0.25, "render"), (0.5, "render"), (0.5, "mux")]


def test_a_cancel_is_asked_for_once(generations: Generations, ours: Account) -> None:
    """The worker ends it."""
    new = added(generations, ours)
    assert generations.request_cancel(ours.id, new.id)
    assert not generations.request_cancel(ours.id, new.id)
    assert generations.get(ours.id, new.id).cancel_requested
    assert generations.get(ours.id, new.id).status == "pending"


def test_only_what_has_ended_is_deleted(generations: Generations, ours: Account) -> None:
    """Deleting gives it back, for its blobs."""
    new = added(generations, ours)
    with pytest.raises(ConflictError, match="is pending; cancel it first"):
        generations.delete(ours.id, new.id)
    generations.complete(new.id, **RESULT)
    assert generations.delete(ours.id, new.id).output_key == RESULT["output_key"]
    assert generations.find(new.id) is None
    assert not generations.fail(new.id, error="late", error_code="late")


def test_no_account_sees_or_changes_another_ones(
    generations: Generations, ours: Account, others: Account
) -> None:
    """It is as if it were not there."""
    new = added(generations, ours)
    for verb in (generations.get, generations.request_cancel, generations.delete):
        with pytest.raises(NotFoundError, match=new.id):
            verb(others.id, new.id)
        with pytest.raises(NotFoundError, match="gen_none"):
            verb(others.id, "gen_none")
    assert generations.page(others.id, limit=10) == ([], 0)
    assert generations.get(ours.id, new.id) == new


def test_pages_are_newest_first_and_know_the_total(generations: Generations, ours: Account) -> None:
    """Also those made at the same moment have one order, so that no page repeats or skips any."""
    new = [generation(ours.id, created_at=START + timedelta(seconds=place // 3)) for place in range(7)]
    generations.add_many(new)
    pages = [generations.page(ours.id, limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    listed = [item for items, _ in pages for item in items]
    assert [len(items) for items, _ in pages] == [3, 3, 1, 0]
    assert {total for _, total in pages} == {7}
    assert listed == sorted(new, key=lambda item: (item.created_at, item.id), reverse=True)


def test_a_page_of_one_status_counts_only_that(generations: Generations, ours: Account) -> None:
    """A status that none has gives an empty page."""
    first, _ = added(generations, ours), added(generations, ours)
    generations.set_processing(first.id)
    found, total = generations.page(ours.id, limit=10, status="processing")
    assert ([item.id for item in found], total) == ([first.id], 1)
    assert generations.page(ours.id, limit=10, status="failed") == ([], 0)
    assert generations.count_by_status() == {"pending": 1, "processing": 1}


def test_adding_none_is_nothing(generations: Generations, ours: Account) -> None:
    generations.add_many([])
    assert generations.page(ours.id, limit=1) == ([], 0)


def test_singles_stand_before_batches_in_the_queue(
    connection: Connection, generations: Generations, ours: Account, others: Account
) -> None:
    """In their class, first come, first served; of all accounts, since they share the machine."""
    same = {"created_at": START}
    items = Batches(connection).add(
        batch(others.id), [generation(others.id, **same), generation(others.id, **same)]
    )
    first = added(generations, others, created_at=START + timedelta(seconds=1))
    second = added(generations, ours, created_at=START + timedelta(seconds=2))
    queue = [first, second, *items]
    assert [generations.queue_position(item.id) for item in queue] == [0, 1, 2, 3]
    generations.set_processing(first.id)
    assert [generations.queue_position(item.id) for item in queue] == [None, 0, 1, 2]
    assert generations.queue_position("gen_none") is None


def test_unfinished_ones_are_found_for_mending(generations: Generations, ours: Account) -> None:
    """Those older than a moment, so that what is being accepted right now is left alone."""
    old, running, new, done = (added(generations, ours, created_at=START + timedelta(s)) for s in range(4))
    generations.set_processing(running.id)
    generations.complete(done.id, **RESULT)
    found = generations.unfinished(created_before=new.created_at)
    assert [item.id for item in found] == [old.id, running.id]
    assert len(generations.unfinished(created_before=new.created_at, limit=1)) == 1


def test_expired_ones_name_their_blobs(generations: Generations, ours: Account) -> None:
    """By when they ended; what has not ended never expires."""
    first, second, _open = (added(generations, ours, created_at=START - timedelta(900)) for _ in range(3))
    generations.complete(second.id, **RESULT)
    generations.complete(first.id, **{**RESULT, "report_key": "generations/g/report.json"})
    ended = generations.get(ours.id, first.id).completed_at
    assert [item.id for item in generations.expired(ended)] == [second.id]
    found = generations.expired(ended + timedelta(seconds=1))
    assert [(item.id, item.output_key, item.report_key) for item in found] == [
        (second.id, RESULT["output_key"], None),
        (first.id, RESULT["output_key"], "generations/g/report.json"),
    ]
    assert len(generations.expired(ended + timedelta(seconds=1), limit=1)) == 1
