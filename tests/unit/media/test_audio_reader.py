from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipwright.errors import MediaError, UsageError
from lipwright.media.audio_reader import read_audio, read_audio_blocks
from tests.unit.media.synthetic import click_track, encode_sound, encode_video, onsets

CLICKS = [0.25, 1.0, 1.9]


@pytest.mark.parametrize(
    ("name", "codec", "sample_rate"),
    [
        ("a.wav", "pcm_s16le", 16000),
        ("a.wav", "pcm_u8", 8000),
        ("a.wav", "pcm_s24le", 96000),
        ("a.wav", "pcm_f64le", 44100),
        ("a.flac", "flac", 44100),
        ("a.mp3", "libmp3lame", 44100),
        ("a.m4a", "aac", 44100),
        ("a.m4a", "alac", 48000),
        ("a.ogg", "libopus", 48000),
        ("a.webm", "libopus", 48000),
        ("a.mov", "pcm_s16be", 22050),
        ("a.mka", "aac", 48000),
    ],
)
@pytest.mark.parametrize("n_channels", [1, 2])
def test_clicks_are_read_where_they_are(
    tmp_path: Path, name: str, codec: str, sample_rate: int, n_channels: int
) -> None:
    """Whatever the codec, its delay and its padding are gone: to 2 ms, and to the sample at the end."""
    samples = np.repeat(click_track(2.345, CLICKS, sample_rate), n_channels, axis=0)
    path = encode_sound(tmp_path / name, codec, samples, sample_rate)
    read = read_audio(path)
    assert read.dtype == np.float32
    assert read.shape == (37520,) if name != "a.mka" else abs(len(read) - 37520) < 400  # AAC there is padded
    assert np.allclose(onsets(read, 16000), CLICKS, atol=0.002)
    assert 0.4 < np.abs(read).max() < 1.0


def test_resampling_keeps_count_and_place_over_minutes(tmp_path: Path) -> None:
    """44100 to 16000 Hz: the samples of three minutes, none more or less."""
    path = encode_sound(tmp_path / "a.wav", "pcm_s16le", click_track(180.5, [179.0], 44100), 44100)
    read = read_audio(path)
    assert len(read) == 180.5 * 16000
    assert np.allclose(onsets(read, 16000), [179.0], atol=0.0002)


def test_blocks_together_are_the_whole_and_flat_in_memory(tmp_path: Path) -> None:
    """Ten seconds each, whatever the packets; the last is what remains."""
    path = encode_sound(tmp_path / "a.wav", "pcm_s16le", click_track(25.5, [3, 9.99, 10.0, 21], 22050), 22050)
    blocks = list(read_audio_blocks(path, 16000))
    assert [len(block) for block in blocks] == [160_000, 160_000, 88_000]
    assert np.array_equal(np.concatenate(blocks), read_audio(path, 16000))


def test_reading_starts_where_it_is_told_to(tmp_path: Path) -> None:
    """To the sample; a start before 0 gives silence first."""
    path = encode_sound(tmp_path / "a.wav", "pcm_s16le", click_track(2, [1], 16000), 16000)
    assert onsets(read_audio(path, start=Fraction("0.4")), 16000) == pytest.approx([0.6])
    assert onsets(read_audio(path, start=Fraction("-0.4")), 16000) == pytest.approx([1.4])
    assert len(read_audio(path, start=Fraction(5))) == 0


def test_resampled_sound_may_start_late_in_its_file(tmp_path: Path) -> None:
    """Whole frames before the start are dropped before the resampler sees them: it chokes on nothing."""
    path = encode_sound(tmp_path / "a.m4a", "aac", click_track(3, [2], 44100), 44100)
    assert onsets(read_audio(path, 16000, start=Fraction("1.5")), 16000) == pytest.approx([0.5], abs=3e-3)


@pytest.mark.parametrize("name", ["a.m4a", "a.mka"])
def test_sound_that_begins_late_is_preceded_by_silence(tmp_path: Path, name: str) -> None:
    """Sample 0 is time 0 of the file, not the first sample there is."""
    path = encode_sound(tmp_path / name, "alac", click_track(2, [1]), start_samples=24000)
    read = read_audio(path)
    assert np.allclose(onsets(read, 16000), [1.5], atol=0.002)
    assert not read[:7900].any()


def test_the_sound_of_a_video_is_read(tmp_path: Path) -> None:
    """Any container will do."""
    path = encode_sound(tmp_path / "a.mp4", "aac", click_track(2, [1]))
    assert np.allclose(onsets(read_audio(path, 48000), 48000), [1], atol=0.002)


def test_numbers_that_are_none_are_silence(tmp_path: Path) -> None:
    """NaN and infinity would spread through every filter."""
    samples = click_track(1, [0.5])
    samples[0, 100:110], samples[0, 200], samples[0, 300] = np.nan, np.inf, -np.inf
    read = read_audio(encode_sound(tmp_path / "a.wav", "pcm_f32le", samples), 48000)
    assert np.all(read[90:310] == 0)
    assert np.allclose(onsets(read, 48000), [0.5], atol=0.001)


def test_numbers_no_sound_has_are_limited(tmp_path: Path) -> None:
    """Floats reach 1e38, whose square is infinite: the ear would hear nothing but NaN."""
    samples = click_track(1, [0.5]) * np.float32(1e30)
    read = read_audio(encode_sound(tmp_path / "a.wav", "pcm_f32le", samples), 48000)
    assert 1 < np.abs(read).max() <= 1000


def test_surround_is_mixed_to_one_channel(tmp_path: Path) -> None:
    """Speech in the centre of 5.1 is heard."""
    samples = np.zeros((6, 48000), np.float32)
    samples[2] = 0.5
    read = read_audio(encode_sound(tmp_path / "a.wav", "pcm_s16le", samples), 48000)
    assert np.allclose(read, 0.5 / 6, atol=0.001)


@pytest.mark.parametrize("share", [1.0, 0.95])
def test_channels_of_opposite_polarity_are_no_silence(tmp_path: Path, share: float) -> None:
    """As of a microphone on a cable with its poles exchanged; the mean of both would be next to nothing."""
    voice = click_track(2.345, CLICKS, 16000)
    path = encode_sound(tmp_path / "a.wav", "pcm_s16le", np.concatenate([voice, -share * voice]), 16000)
    assert np.allclose(read_audio(path), voice[0], atol=1e-3)


@pytest.mark.parametrize("cut", [0.5, 0.9])
def test_truncated_sound_gives_what_there_is(tmp_path: Path, cut: float) -> None:
    """An interrupted recording."""
    data = encode_sound(tmp_path / "a.wav", "pcm_s16le", click_track(2, [0.5])).read_bytes()
    (tmp_path / "b.wav").write_bytes(data[: int(len(data) * cut)])
    assert abs(len(read_audio(tmp_path / "b.wav")) - 32000 * cut) < 50


def test_a_file_without_sound_is_refused(tmp_path: Path) -> None:
    """The message says what was found instead."""
    with pytest.raises(MediaError, match="found only video"):
        read_audio(encode_video(tmp_path / "x.mp4", n_frames=2))


def test_an_impossible_rate_is_refused(tmp_path: Path) -> None:
    """0 Hz."""
    with pytest.raises(UsageError, match="sample rate"):
        read_audio(tmp_path / "a.wav", 0)


@pytest.mark.parametrize("most", [Fraction(0), Fraction(1, 3), Fraction(10), Fraction(25, 2), Fraction(99)])
def test_no_more_is_read_than_wanted(tmp_path: Path, most: Fraction) -> None:
    """Less than a block, a block, more than one, and more than there is."""
    path = encode_sound(tmp_path / "a.wav", "pcm_s16le", click_track(13.0, CLICKS, 16000), 16000)
    whole = read_audio(path)
    read = read_audio(path, most_seconds=most)
    assert len(read) == min(len(whole), round(most * 16000))
    assert np.array_equal(read, whole[: len(read)])
