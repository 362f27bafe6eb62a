"""Several voices for the people of one still picture, from files to file."""

from pathlib import Path

import numpy as np
import pytest

from lipwright import FaceChoice, Segment, SegmentError, lipsync
from lipwright.engines import registry
from lipwright.media.audio_reader import read_audio
from lipwright.media.source import open_source
from lipwright.render.job import RenderJob
from lipwright.render.plan import RenderPlan
from lipwright.render.prepare import prepare
from lipwright.render.progress import ignore
from lipwright.samples.clip import NEW_VOICE, write_wav
from lipwright.samples.speech import Voice, speak
from tests.picture_files import portrait, write_picture

LINE = ". M AA1 M EH1 B AO1 T IY1 P AA1 M ."
LEFT, RIGHT = (120.0, 150.0), (360.0, 150.0)
HALVES = {LEFT: slice(0, 240), RIGHT: slice(240, 480)}
RATE = 16000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``two.png`` with two people, and the voices ``one.wav`` and ``other.wav`` of just over a second."""
    made = tmp_path_factory.mktemp("people")
    people = [portrait(width=240, height=300, seed=seed) for seed in (0, 4)]
    write_picture(made / "two.png", np.hstack(people))
    write_wav(made / "one.wav", speak(LINE, NEW_VOICE))
    write_wav(made / "other.wav", speak(LINE, Voice(pitch=140.0, seed=5)))
    return made


def face(point: tuple[float, float]) -> FaceChoice:
    return FaceChoice(frame_number=0, coordinates=point)


def planned(folder: Path, *segments: Segment, voice: Path | None = None) -> RenderPlan:
    engine = registry.engine("sync-3")
    job = RenderJob(
        folder / "two.png", voice, folder / "plan.mp4", engine, idle_motion=False, segments=segments
    )
    return prepare(job, ignore)


def changed_frames(plan: RenderPlan, point: tuple[float, float]) -> list[int]:
    """The output frames in which a sample of one person's half is not the picture's own."""
    with open_source(plan.job.video) as reader:
        own = next(reader.read())
    found = []
    for output_frame in range(plan.timeline.n_frames):
        picture = own.copy()
        for place in plan.rows_of(output_frame):
            plan.job.engine.draw(picture, plan.scene, *place)
        if (picture.luma[:, HALVES[point]] != own.luma[:, HALVES[point]]).any():
            found.append(output_frame)
    return found


def test_each_person_of_a_still_speaks_in_their_own_segment(folder: Path) -> None:
    """At the same time too; the picture is shown until the last segment ends."""
    plan = planned(
        folder,
        Segment(0.8, 2.0, folder / "other.wav", face_choice=face(RIGHT)),
        Segment(0.2, 1.4, folder / "one.wav", face_choice=face(LEFT)),
    )
    assert plan.timeline.n_frames == 50
    for point, first, stop in ((LEFT, 5, 35), (RIGHT, 20, 50)):
        changed = changed_frames(plan, point)
        assert first <= changed[0]
        assert changed[-1] < stop
        assert len(changed) > 15


def test_the_voices_are_heard_at_their_times(folder: Path, tmp_path: Path) -> None:
    report = lipsync(
        folder / "two.png",
        folder / "one.wav",
        tmp_path / "out.mp4",
        segments=[Segment(0.4, 1.2, face_choice=face(LEFT)), Segment(1.2, 2.0, audio_start=0.4)],
    )
    assert report.n_frames == 50
    assert [len(part.track_ids) for part in report.segments] == [1, 1]
    heard, voice = read_audio(report.output), read_audio(folder / "one.wav")
    assert np.abs(heard[: int(0.38 * RATE)]).max() < 0.01
    for at, start in ((0.4, 0.0), (1.2, 0.4)):
        part = heard[int((at + 0.01) * RATE) : int((at + 0.7) * RATE)]
        said = voice[int((start + 0.01) * RATE) : int((start + 0.7) * RATE)]
        n = min(len(part), len(said))
        assert np.corrcoef(part[:n], said[:n])[0, 1] > 0.95


def test_one_face_may_say_several_segments_but_one_at_a_time(folder: Path) -> None:
    """Points on one face are told by the picture alone."""
    near = face((LEFT[0] + 6, LEFT[1] + 6))
    voice = folder / "one.wav"
    plan = planned(
        folder, Segment(0, 1, face_choice=face(LEFT)), Segment(1, 2, face_choice=near), voice=voice
    )
    assert len({mouth.order.track_id for mouth in plan.mouths}) == 1
    both = Segment(0, 1, face_choice=face(LEFT)), Segment(0.5, 2, face_choice=near)
    with pytest.raises(SegmentError, match=r"segments\[1\].*segments\[0\]"):
        planned(folder, *both, voice=voice)


def test_a_still_is_shown_no_longer_than_the_model_makes(folder: Path) -> None:
    """However far the end of a segment lies: nothing of that length is laid out."""
    with pytest.raises(SegmentError, match=r"segments\[0\]\.end: expected at most 1800\.000 s"):
        planned(folder, Segment(0, 1e9, folder / "one.wav"))
