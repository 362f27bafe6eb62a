from pathlib import Path

import numpy as np
import pytest

from lipwright.errors import UsageError
from tests.training.synthetic_corpus import write_clip, write_corpus
from training.corpus import by_speaker, load_corpus, speaker_scale, split_speakers


def test_lost_frames_are_left_out(tmp_path: Path) -> None:
    """Three of fifty frames have no face."""
    (clip,) = load_corpus(write_corpus(tmp_path / "corpus", {"ann": "en"}, seconds=2.0))
    assert len(clip.seconds) == len(clip.measures) == 47
    assert np.isfinite(clip.measures).all()
    assert (clip.speaker, clip.language, clip.duration) == ("ann", "en", 2.0)
    np.testing.assert_allclose(speaker_scale([clip]).mean, clip.measures.mean(axis=0))


def test_every_speaker_is_held_out_once(tmp_path: Path) -> None:
    """Folds share no speaker and miss none."""
    names = {name: "en" for name in "abcdef"}
    clips = load_corpus(write_corpus(tmp_path / "corpus", names, seconds=0.5))
    folds = split_speakers(clips, 4)
    assert sorted(name for fold in folds for name in fold) == sorted(by_speaker(clips))
    assert [len(fold) for fold in folds] == [1, 1, 2, 2]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """With what to pass instead."""
    with pytest.raises(UsageError, match="found none"):
        load_corpus(tmp_path)


def test_clips_without_a_face_are_left_out(tmp_path: Path) -> None:
    """Sound alone teaches nothing about the mouth."""
    folder = write_corpus(tmp_path / "corpus", {"ann": "en"}, seconds=1.0)
    write_clip(folder / "clips" / "bea.npz", "bea", "en", 1.0, 1, lost=slice(None))
    assert [clip.name for clip in load_corpus(folder)] == ["ann"]
