"""A generation with segments, from its voices to its result."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lipwright.analysis.faces.choice import FaceChoice
from lipwright.app.generations import MoreVoice
from lipwright.media.audio_reader import read_audio
from lipwright.media.probe import probe
from lipwright.render.segment import Segment
from lipwright.store.asset_use import is_asset_in_use
from tests.unit.app.conftest import Bench
from tests.unit.app.http_server import http_server, reply


@pytest.fixture
def order(bench: Bench, clip: Path, voice: Path) -> dict[str, Any]:
    """A second of video; two voices, of which the second one is an asset."""
    more = MoreVoice(None, bench.asset(voice, "audio"), "segments[1].audio_asset_id")
    return {
        "model": "lipsync-2",
        "video_asset_id": bench.asset(clip, "video"),
        "audio_asset_id": bench.asset(voice, "audio"),
        "more_voices": (more,),
        "segments": (Segment(0, 0.4, "audio", 0.1, 0.5), Segment(0.4, 0.8, "audio_1")),
    }


def test_it_is_as_long_as_its_video_and_costs_so(bench: Bench, order: dict[str, Any]) -> None:
    generation = bench.order(**order)
    bench.queue.run()
    done = bench.now(generation)
    assert (done.status, done.error) == ("completed", None)
    assert (done.duration_seconds, done.cost) == (1.0, Decimal("0.05"))
    path = bench.blobs.local_path(str(done.output_key))
    assert path is not None
    assert probe(path).need_video().n_frames == 25
    heard = read_audio(path)
    assert abs(heard[1000:12000]).max() > 0.05
    assert abs(heard[13500:]).max() < 0.01, "the source has no sound of its own after the last segment"


def test_its_further_voices_are_kept_until_it_has_ended(bench: Bench, order: dict[str, Any]) -> None:
    bench.order(**order)
    (more,) = order["more_voices"]
    with bench.database.read() as connection:
        assert is_asset_in_use(connection, bench.account.id, more.asset_id)


@pytest.mark.parametrize(
    ("segment", "said", "code"),
    [
        (Segment(0.5, 2, "audio"), "segments[0].end: expected at most 1.000 s", "segments_invalid"),
        (Segment(0, 1, "audio", 90), "segments[0].audio_start", "segments_invalid"),
        (
            Segment(0, 1, "audio", face_choice=FaceChoice(frame_number=0, coordinates=(1, 1))),
            "segments[0].coordinates: expected a point on a face",
            "face_selection_invalid",
        ),
    ],
)
def test_what_only_the_files_can_tell_fails_it(
    bench: Bench, order: dict[str, Any], segment: Segment, said: str, code: str
) -> None:
    generation = bench.order(**{**order, "segments": (segment,)})
    bench.queue.run()
    failed = bench.now(generation)
    assert (failed.status, failed.error_code) == ("failed", f"generation_input_{code}")
    assert failed.error is not None
    assert failed.error.startswith(said)


def test_a_further_voice_that_cannot_be_had_is_named(
    bench: Bench, order: dict[str, Any], voice: Path
) -> None:
    with http_server(lambda handler: reply(handler, 404, b"")) as url:
        more = (MoreVoice(f"{url}/ben.wav", None, "input[2].url"),)
        generation = bench.order(**{**order, "more_voices": more})
        bench.queue.run()
    failed = bench.now(generation)
    assert failed.error_code == "generation_input_audio_inaccessible"
    assert str(failed.error).startswith("input[2].url: ")
