"""Several voices for several faces, from files to file, on two drawn people."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lipwright import FaceChoice, Report, Segment, SegmentError, lipsync
from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.engines import registry
from lipwright.engines.options import ModelOptions
from lipwright.measures import Measure
from lipwright.media.audio_reader import read_audio
from lipwright.media.picture import Picture
from lipwright.media.probe import probe
from lipwright.media.video_reader import VideoReader
from lipwright.render.job import RenderJob
from lipwright.render.plan import RenderPlan
from lipwright.render.prepare import prepare
from lipwright.render.progress import ignore
from tests.two_people import HALVES, LEFT, RIGHT, WIDTH, TwoPeople, make_two_people

RATE = 16000


def face(point: tuple[float, float]) -> FaceChoice:
    return FaceChoice(frame_number=0, coordinates=point)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> TwoPeople:
    return make_two_people(tmp_path_factory.mktemp("two"))


def segments_of(people: TwoPeople) -> tuple[Segment, ...]:
    """The left face from 0.5 to 2 s, the right one from 1.5 to 3 s: for half a second both."""
    return (
        Segment(1.5, 3.0, people.other, face_choice=face(RIGHT)),
        Segment(0.5, 2.0, people.one, face_choice=face(LEFT)),
    )


@pytest.fixture(scope="module")
def plan(people: TwoPeople) -> RenderPlan:
    output = people.video.with_name("out.mp4")
    job = RenderJob(people.video, None, output, registry.engine("lipsync-2"), segments=segments_of(people))
    return prepare(job, ignore)


@pytest.fixture(scope="module")
def dubbed(people: TwoPeople) -> Report:
    output = people.video.with_name("dub.mp4")
    return lipsync(people.video, None, output, segments=segments_of(people), measure=True)


def drawn(plan: RenderPlan) -> Iterator[tuple[Picture, Picture]]:
    """Each frame of the source, and what is given to the encoder."""
    with VideoReader(plan.job.video) as reader:
        for output_frame, picture in enumerate(reader.read()):
            own = picture.copy()
            for place in plan.rows_of(output_frame):
                plan.job.engine.draw(picture, plan.scene, *place)
            yield own, picture


def changed_frames(plan: RenderPlan, point: tuple[float, float]) -> list[int]:
    """The frames in which a single sample of one person's half differs, of any plane."""
    whole = HALVES[point]
    half = slice(whole.start // 2, whole.stop // 2)
    return [
        number
        for number, (own, new) in enumerate(drawn(plan))
        if (own.luma[:, whole] != new.luma[:, whole]).any()
        or (own.blue[:, half] != new.blue[:, half]).any()
        or (own.red[:, half] != new.red[:, half]).any()
    ]


def gaps(path: Path) -> dict[tuple[float, float], np.ndarray]:
    """The gap of both mouths in a video, mm."""
    with VideoReader(path) as reader, FaceAnalyzer() as analyzer:
        for picture in reader.read():
            analyzer.push(picture)
        tracks = analyzer.finish().tracks.values()
    sides = [LEFT if np.nanmedian(track.translations[:, 0]) < WIDTH / 2 else RIGHT for track in tracks]
    return {side: track.measures[:, Measure.GAP] for side, track in zip(sides, tracks, strict=True)}


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    n = min(len(one), len(other))
    return float(np.corrcoef(one[:n], other[:n])[0, 1])


@pytest.mark.parametrize(("point", "first", "last"), [(LEFT, 13, 49), (RIGHT, 38, 74)])
def test_each_face_moves_only_in_its_own_segment(
    plan: RenderPlan, point: tuple[float, float], first: int, last: int
) -> None:
    """Everything else is the source's own, to the last sample of all planes."""
    changed = changed_frames(plan, point)
    assert (changed[0], changed[-1]) == (first, last)
    assert len(changed) > 0.9 * (last - first)


@pytest.mark.parametrize("options", [("lipsync-2-pro",), ("react-1", ModelOptions("head", "happy"))])
def test_every_model_keeps_to_its_segment(
    people: TwoPeople, options: tuple[str, *tuple[ModelOptions, ...]]
) -> None:
    """Also one that moves brows and heads: before, after, and beside it no sample differs."""
    one = Segment(0.4, 1.2, people.one, face_choice=face(LEFT))
    engine = registry.engine(*options)
    made = prepare(
        RenderJob(people.video, None, people.video.with_name("model.mp4"), engine, segments=(one,)), ignore
    )
    changed = changed_frames(made, LEFT)
    assert changed[0] >= 10
    assert changed[-1] < 30
    assert len(changed) > 14
    assert changed_frames(made, RIGHT) == []


def test_each_face_follows_its_own_voice(dubbed: Report) -> None:
    """Measured on the decoded output, and against the other one's voice."""
    seen = gaps(dubbed.output)
    wanted = {}
    for number, side in enumerate((RIGHT, LEFT)):
        (track_id,) = dubbed.segments[number].track_ids
        (curve,) = [curve for curve in dubbed.curves if curve.track_id == track_id]
        rows = np.round(np.array(curve.seconds) * 25).astype(int)
        full = np.array(curve.strength) == 1
        wanted[side] = np.array(curve.wanted_gap_mm)[full]
        assert likeness(seen[side][rows[full]], wanted[side]) > 0.9
    assert likeness(wanted[LEFT], wanted[RIGHT]) < 0.5, "two voices that ask for the same would prove nothing"


def test_each_face_is_measured_against_its_own_voice(dubbed: Report) -> None:
    """One face's mouth says nothing of what was asked of the other."""
    figures = {figure.name: figure.value or 0 for figure in dubbed.figures}
    assert figures["does what was asked"] > 0.9
    assert figures["closures hit"] > 50
    assert len(dubbed.curves) == 2
    for curve in dubbed.curves:
        full = np.array(curve.strength) == 1
        shown, wanted = np.array(curve.rendered_gap_mm, float), np.array(curve.wanted_gap_mm)
        known = full & np.isfinite(shown)
        assert known.sum() > 0.8 * full.sum()
        assert likeness(shown[known], wanted[known]) > 0.9


def test_sound_is_the_source_s_but_in_the_segments(dubbed: Report, people: TwoPeople) -> None:
    """Each voice at its own time, both at once where both are heard."""
    heard, own = read_audio(dubbed.output), read_audio(people.video)
    one, other = read_audio(people.one), read_audio(people.other)

    def part(samples: np.ndarray, start: float, stop: float) -> np.ndarray:
        return samples[round(start * RATE) : round(stop * RATE)]

    assert likeness(part(heard, 0.0, 0.5), part(own, 0.0, 0.5)) > 0.95
    assert likeness(part(heard, 3.0, 4.0), part(own, 3.0, 4.0)) > 0.95
    assert likeness(part(heard, 0.51, 1.5), part(one, 0.01, 1.0)) > 0.95
    assert likeness(part(heard, 1.51, 2.0), part(one, 1.01, 1.5) + part(other, 0.01, 0.5)) > 0.95
    assert likeness(part(heard, 2.0, 2.69), part(other, 0.5, 1.19)) > 0.95
    assert np.abs(part(heard, 2.75, 2.98)).max() < 0.02, "a segment outlasts its voice in silence"


def test_video_keeps_its_length(dubbed: Report, people: TwoPeople) -> None:
    assert dubbed.n_frames == probe(people.video).need_video().n_frames == 100
    spans = [(part.output_start, part.output_end, part.voice_seconds) for part in dubbed.segments]
    assert spans == [(1.5, 3.0, 1.2), (0.5, 2.0, 1.5)]


def test_a_sync_mode_changes_the_length_at_its_place_only(people: TwoPeople, tmp_path: Path) -> None:
    """A voice of 1.5 s for half a second, bounced: a second more, and the rest follows later."""
    one = Segment(1.0, 1.5, people.one, face_choice=face(LEFT), sync_mode="bounce")
    report = lipsync(people.video, None, tmp_path / "out.mp4", segments=[one], model="lipsync-1.9")
    info = probe(report.output)
    assert info.need_video().n_frames == 125
    heard, own = read_audio(report.output), read_audio(people.video)
    assert likeness(heard[int(2.51 * RATE) : 5 * RATE], own[int(1.51 * RATE) :]) > 0.95
    assert (
        likeness(heard[int(1.01 * RATE) : int(2.5 * RATE)], read_audio(people.one)[int(0.01 * RATE) :]) > 0.95
    )


def test_one_face_says_several_parts_of_one_voice(people: TwoPeople, tmp_path: Path) -> None:
    """Segments that adjoin: the face's own mouth does not show through between them."""
    parts = [Segment(0.4, 1.0, audio_end=0.6), Segment(1.0, 1.6, audio_start=0.6, audio_end=1.2)]
    report = lipsync(people.video, people.one, tmp_path / "out.mp4", segments=parts, face_choice=face(LEFT))
    strengths = np.concatenate([curve.strength for curve in report.curves])
    assert len(strengths) == 30
    assert strengths[4:-4].min() > 0.5  # it only fades a little at a rest, in which both mouths are shut
    assert (strengths[15:20] == 1).all()
    assert likeness(read_audio(report.output)[8000:24000], read_audio(people.one)[1600:17600]) > 0.95


def test_two_voices_for_one_face_at_a_time_are_refused(people: TwoPeople, tmp_path: Path) -> None:
    """Two points on one face, which only the picture can tell."""
    near = (LEFT[0] + 5, LEFT[1] + 5)
    both = [Segment(0, 2, face_choice=face(LEFT)), Segment(1, 3, face_choice=face(near))]
    with pytest.raises(SegmentError, match=r"segments\[1\].*segments\[0\]"):
        lipsync(people.video, people.one, tmp_path / "out.mp4", segments=both)
