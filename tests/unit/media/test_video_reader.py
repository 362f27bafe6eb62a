from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from lipwright.errors import MediaError, UsageError
from lipwright.media.frame_clock import FrameClock
from lipwright.media.mux import mux
from lipwright.media.picture import ColorTags
from lipwright.media.probe import probe
from lipwright.media.video_reader import BLOCK_FRAMES, VideoReader
from tests.unit.media.synthetic import encode_video, number_of, same

CASES = [
    ("b-frames.mp4", "libx264", {"bf": "3", "g": "20", "b-pyramid": "normal"}),
    ("open.mp4", "libx264", {"bf": "3", "x264-params": "open-gop=1:keyint=16:min-keyint=16"}),
    ("refresh.mp4", "libx264", {"x264-params": "intra-refresh=1:keyint=16"}),  # key frames that are none
    ("hevc.mkv", "libx265", {"x265-params": "log-level=none:keyint=16"}),
    ("x.webm", "libvpx-vp9", {"g": "16", "cpu-used": "8", "deadline": "realtime"}),
    ("x.mpg", "mpeg2video", {"bf": "2"}),  # seeking lands inside packets and loses the stamps
    ("x.ts", "mpeg2video", {"bf": "2"}),  # seeking lands late
    ("x.avi", "mpeg4", {"bf": "2"}),
    ("h264.avi", "libx264", {"bf": "3", "g": "16"}),
    ("x.h264", "libx264", {"g": "16"}),  # cannot seek
]


@pytest.mark.parametrize(("name", "codec", "options"), CASES)
def test_a_frame_is_the_same_from_wherever_reading_starts(
    tmp_path: Path, name: str, codec: str, options: dict[str, str]
) -> None:
    """Seeking must not change a single sample: chunks of one video are rendered apart."""
    with VideoReader(encode_video(tmp_path / name, codec, 70, options=options), threads=2) as reader:
        whole = list(reader.read())
        for start in (1, 15, 16, 17, 33, 50, 69):
            part = list(reader.read(start, min(start + 3, 70)))
            assert all(same(a, b) for a, b in zip(part, whole[start:], strict=False))
        backward = list(reader.read_backwards(70))
        assert all(same(a, b) for a, b in zip(backward, reversed(whole), strict=True))


def test_reading_backward_holds_one_block_of_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory stays flat however long the video is."""
    reader = VideoReader(encode_video(tmp_path / "x.mp4", n_frames=100))
    lengths = []
    read = reader.read
    monkeypatch.setattr(reader, "read", lambda a, b: lengths.append(b - a) or read(a, b))
    assert [number_of(picture) for picture in reader.read_backwards(90, 5)] == list(range(89, 4, -1))
    assert max(lengths) <= BLOCK_FRAMES


def test_several_readings_do_not_disturb_one_another(tmp_path: Path) -> None:
    """Each has a place of its own in the file."""
    reader = VideoReader(encode_video(tmp_path / "x.mp4"))
    pairs = zip(reader.read(0, 20), reader.read(30, 50), strict=True)
    assert [(number_of(a), number_of(b)) for a, b in pairs] == [(i, i + 30) for i in range(20)]


def test_an_empty_range_yields_nothing_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    """Bounds are checked when reading is asked for."""
    reader = VideoReader(encode_video(tmp_path / "x.mp4", n_frames=5))
    assert list(reader.read(5)) == []
    for start, stop in ((-1, 3), (0, 6), (4, 3)):
        with pytest.raises(UsageError, match="frames within 0 to 5"):
            reader.read(start, stop)


@pytest.mark.parametrize("size", [(160, 96), (161, 97)])
def test_samples_of_420_video_are_the_decoders_own(tmp_path: Path, size: tuple[int, int]) -> None:
    """Bit for bit what PyAV decodes, odd sizes included."""
    path = encode_video(tmp_path / "x.mkv", "ffv1", 3, size=size)
    with av.open(str(path)) as container:
        expected = [frame.to_ndarray() if size[0] % 2 == 0 else frame for frame in container.decode(video=0)]
    for picture, frame in zip(VideoReader(path).read(), expected, strict=True):
        assert picture.luma.shape == size[::-1]
        assert picture.blue.shape == ((size[1] + 1) // 2, (size[0] + 1) // 2)
        if isinstance(frame, np.ndarray):
            assert np.array_equal(picture.luma, frame[:96])
            assert np.array_equal(picture.blue.reshape(-1), frame[96:120].reshape(-1))
            assert np.array_equal(picture.red.reshape(-1), frame[120:].reshape(-1))


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("x.mkv", "ffv1", "yuv422p"),
        ("x.mkv", "ffv1", "yuv444p"),
        ("x.mkv", "ffv1", "yuv420p10le"),
        ("x.mkv", "ffv1", "bgr0"),
        ("x.mov", "mjpeg", "yuvj422p"),
        ("x.mov", "mjpeg", "yuvj420p"),
        ("x.mov", "prores_ks", "yuv422p10le"),
        ("x.gif", "gif", "rgb8"),
    ],
)
def test_other_formats_keep_their_look(tmp_path: Path, name: str, codec: str, pixel_format: str) -> None:
    """Converted to 8-bit 4:2:0 with the right matrix and range: grey stays grey, red stays red."""
    path = encode_video(tmp_path / name, codec, 3, pixel_format=pixel_format, fps=Fraction(10))
    reader = VideoReader(path)
    assert reader.info.color.is_full_range == pixel_format.startswith("yuvj")
    for number, picture in enumerate(reader.read()):
        assert number_of(picture) == number
        rgb = picture.rgb().astype(int)
        left = number * 3
        tolerance = 40 if pixel_format == "rgb8" else 12  # a palette of 256 colours
        assert np.abs(rgb[2:6, 20:140] - 128).max() <= tolerance
        assert np.abs(rgb[60:90, left + 6 : left + 14] - (200, 40, 40)).max() <= tolerance


@pytest.mark.parametrize("rotation", [90, -90, 180])
@pytest.mark.parametrize("size", [(160, 96), (161, 97)])
def test_rotated_video_is_turned_sample_by_sample(
    tmp_path: Path, rotation: int, size: tuple[int, int]
) -> None:
    """Exactly the planes of the stored picture, turned; FFmpeg counts counter-clockwise."""
    plain = encode_video(tmp_path / "plain.mov", "png", 2, pixel_format="rgb24", size=size)
    turned = encode_video(
        tmp_path / "turned.mov", "png", 2, pixel_format="rgb24", size=size, rotation=rotation
    )
    for a, b in zip(VideoReader(plain).read(), VideoReader(turned).read(), strict=True):
        quarter_turns = rotation // 90
        assert np.array_equal(np.rot90(a.luma, quarter_turns), b.luma)
        assert np.array_equal(np.rot90(a.blue, quarter_turns), b.blue)
        assert np.array_equal(np.rot90(a.red, quarter_turns), b.red)


def test_color_tags_are_read(tmp_path: Path) -> None:
    """BT.709 limited range, as H.273 numbers it."""
    path = encode_video(
        tmp_path / "x.mp4",
        n_frames=2,
        options={"x264-params": "colorprim=bt709:transfer=bt709:colormatrix=bt709"},
    )
    assert probe(path).need_video().color == ColorTags(1, 1, 1, False)


def test_damage_in_the_middle_repeats_pictures_and_keeps_the_count(tmp_path: Path) -> None:
    """Sound and picture stay together: a frame that is lost is replaced by the one before it."""
    data = bytearray(encode_video(tmp_path / "x.mov", "png", 40, pixel_format="rgb24").read_bytes())
    images = [at for at in range(len(data)) if data[at : at + 4] == b"\x89PNG"]
    for image in (images[10], images[11]):
        data[image : image + 8] = bytes(8)
    broken = tmp_path / "broken.mov"
    broken.write_bytes(data)
    reader = VideoReader(broken)
    numbers = [number_of(picture) for picture in reader.read()]
    assert len(numbers) == reader.info.n_frames == 40
    assert numbers == [*range(10), 9, 9, *range(12, 40)]
    assert [number_of(picture) for picture in reader.read(11, 14)] == [9, 12, 13]


@pytest.mark.parametrize("name", ["x.mkv", "x.ts", "x.avi", "fast.mp4"])
def test_a_file_that_ends_early_gives_what_it_has(tmp_path: Path, name: str) -> None:
    """An interrupted recording: the frames that are there, in order."""
    codec = "libx264" if name == "fast.mp4" else "mpeg4"
    whole = encode_video(tmp_path / name, codec, 60, options={"bf": "0"})
    if name == "fast.mp4":  # with its index in front, as mux writes it
        mux([whole], None, tmp_path / "muxed.mp4", clock=FrameClock.constant(Fraction(25), 60))
        whole = tmp_path / "muxed.mp4"
    data = whole.read_bytes()
    cut = tmp_path / f"cut-{name}"
    cut.write_bytes(data[: len(data) * 2 // 3])
    reader = VideoReader(cut)
    pictures = list(reader.read())
    assert 20 < len(pictures) == reader.info.n_frames < 60
    assert [number_of(picture) for picture in pictures[:-1]] == list(range(len(pictures) - 1))


def test_a_video_of_which_nothing_decodes_is_refused(tmp_path: Path) -> None:
    """The index of an MP4 is whole, its data is zeros."""
    data = bytearray(encode_video(tmp_path / "x.mp4", n_frames=10).read_bytes())
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    path = tmp_path / "zeros.mp4"
    path.write_bytes(data)
    with pytest.raises(MediaError, match="damaged"):
        VideoReader(path)
