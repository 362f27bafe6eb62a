import resource
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from lipwright.errors import OutputError, UsageError
from lipwright.media.picture import ColorTags
from lipwright.media.probe import probe
from lipwright.media.video_reader import VideoReader
from lipwright.media.video_writer import EncoderOptions, VideoFormat, VideoWriter
from lipwright.synthesis.sharpness import laplacian_variance
from tests.unit.media.synthetic import FPS, HEIGHT, WIDTH, numbered_picture, same, write_part


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("x.mkv", EncoderOptions(codec="ffv1")),
        ("x.mp4", EncoderOptions(codec="h264", crf=0)),
    ],
)
@pytest.mark.parametrize("size", [(160, 96), (171, 97)])
def test_lossless_writing_gives_every_sample_back(
    tmp_path: Path, name: str, options: EncoderOptions, size: tuple[int, int]
) -> None:
    """Only H.264 adds a column and a row to odd sizes: copies of the last ones."""
    pictures = [numbered_picture(number, *size) for number in range(5)]
    with VideoWriter(tmp_path / name, VideoFormat(*size, FPS), options) as writer:
        for pts, picture in enumerate(pictures):
            writer.write(picture, pts)
    for before, after in zip(pictures, VideoReader(tmp_path / name).read(), strict=True):
        assert np.array_equal(after.luma[: size[1], : size[0]], before.luma)
        assert np.array_equal(after.blue, before.blue)
        if options.codec == "h264" and size[0] % 2:
            assert (after.width, after.height) == (172, 98)
            assert np.array_equal(after.luma[:, 171], after.luma[:, 170])
            assert np.array_equal(after.luma[97], after.luma[96])


@pytest.mark.parametrize(("name", "codec"), [("x.mp4", "h264"), ("x.webm", "vp9")])
def test_pictures_come_back_much_the_same(tmp_path: Path, name: str, codec: str) -> None:
    """At the default quality, hard edges included, above 38 dB."""
    path = write_part(tmp_path / name, range(30), EncoderOptions(codec=codec, threads=1))  # type: ignore[arg-type]
    for number, picture in enumerate(VideoReader(path).read()):
        error = (picture.luma.astype(float) - numbered_picture(number).luma) ** 2
        assert error.mean() < 255**2 / 10**3.8


def test_a_quick_preset_gives_the_same_picture_in_more_bits(tmp_path: Path) -> None:
    """At the default quality its error is no more than half a decibel above that of medium."""
    errors = {}
    for preset in ("medium", "veryfast"):
        path = write_part(tmp_path / f"{preset}.mp4", range(30), EncoderOptions(preset=preset, threads=1))
        pairs = enumerate(VideoReader(path).read())
        squares = [(picture.luma.astype(float) - numbered_picture(i).luma) ** 2 for i, picture in pairs]
        errors[preset] = np.mean(squares)
    assert errors["veryfast"] < errors["medium"] * 10**0.05


@pytest.mark.parametrize(("name", "codec"), [("x.mp4", "h264"), ("x.webm", "vp9"), ("x.mkv", "ffv1")])
def test_the_same_pictures_give_the_same_bytes(tmp_path: Path, name: str, codec: str) -> None:
    """With a fixed number of threads; no dates, versions or random numbers get in."""
    options = EncoderOptions(codec=codec, threads=2)  # type: ignore[arg-type]
    (tmp_path / "again").mkdir()
    first = write_part(tmp_path / name, range(30), options)
    second = write_part(tmp_path / "again" / name, range(30), options)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    "color", [ColorTags(), ColorTags(1, 1, 1), ColorTags(5, 5, 6), ColorTags(1, 1, 1, is_full_range=True)]
)
@pytest.mark.parametrize(("name", "codec"), [("x.mp4", "h264"), ("x.webm", "vp9")])
def test_color_tags_are_kept(tmp_path: Path, name: str, codec: str, color: ColorTags) -> None:
    """Players show the new file in the colours of the old one."""
    options = EncoderOptions(codec=codec, threads=1)  # type: ignore[arg-type]
    path = write_part(tmp_path / name, range(3), options, color)
    found = probe(path).need_video().color
    assert (found.matrix, found.is_full_range) == (color.matrix, color.is_full_range)
    if color.matrix != 2 and codec == "h264":
        assert found == color


def test_stamps_and_pixel_shape_are_kept(tmp_path: Path) -> None:
    """Variable rate in a time base of the caller's choice; anamorphic pixels."""
    form = VideoFormat(
        160, 96, FPS, time_base=Fraction(1, 90000), color=ColorTags(), sample_aspect=Fraction(12, 11)
    )
    stamps = [0, 3000, 7003, 9000, 20000]
    with VideoWriter(tmp_path / "x.mp4", form, EncoderOptions(threads=1)) as writer:
        for number, pts in enumerate(stamps):
            writer.write(numbered_picture(number), pts)
    info = probe(tmp_path / "x.mp4").need_video()
    assert [info.clock.seconds(i) * 90000 for i in range(5)] == stamps
    assert info.sample_aspect == Fraction(12, 11)


def test_the_caller_may_reuse_a_picture_after_writing_it(tmp_path: Path) -> None:
    """The encoder looks ahead: it must not see later edits."""
    picture = numbered_picture(0)
    path = tmp_path / "x.mp4"
    with VideoWriter(path, VideoFormat(160, 96, FPS), EncoderOptions(crf=0, threads=1)) as writer:
        for number in range(20):
            new = numbered_picture(number)
            picture.luma[:], picture.blue[:] = new.luma, new.blue
            writer.write(picture, number)
    read = list(VideoReader(path).read())
    assert all(same(a, numbered_picture(number)) for number, a in enumerate(read))


def test_a_place_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    """A directory that is not there."""
    with pytest.raises(OutputError, match="does not exist"):
        VideoWriter(tmp_path / "none" / "x.mp4", VideoFormat(160, 96, FPS))


@pytest.fixture
def file_limit() -> Iterator[Callable[[int], None]]:
    """Limits how many bytes a file of this process may grow to, as a disk without room does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size_bytes: resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_no_room_for_the_end_of_a_file_is_an_output_error(
    tmp_path: Path, file_limit: Callable[[int], None]
) -> None:
    """A few pictures wait in buffers: that there is no room is found out when the file is closed."""
    writer = VideoWriter(tmp_path / "x.mp4", VideoFormat(160, 96, FPS))
    writer.write(numbered_picture(0), 0)
    file_limit(100)
    with pytest.raises(OutputError, match="cannot write"):
        writer.__exit__(None, None, None)


@pytest.mark.parametrize("wrong", [{"codec": "mpeg5"}, {"crf": 99}, {"threads": 0}])
def test_options_no_encoder_has_are_refused(wrong: dict[str, int]) -> None:
    """Checked where they are built."""
    with pytest.raises(UsageError, match="expected"):
        EncoderOptions(**wrong)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="name ending"):
        VideoWriter(Path("x.txt"), VideoFormat(160, 96, FPS))


def test_moving_grain_is_kept_where_it_is_asked_for(tmp_path: Path) -> None:
    """Fine noise that shifts by a part of a pixel a frame: more of its Laplacian is left than without."""
    noise = np.random.default_rng(2).normal(120, 5, (HEIGHT, WIDTH + 40)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 0.6)
    left = {}
    for keeps_grain in (False, True):
        path = tmp_path / f"{keeps_grain}.mp4"
        options = EncoderOptions(preset="veryfast", threads=1, keeps_grain=keeps_grain)
        with VideoWriter(path, VideoFormat(WIDTH, HEIGHT, FPS), options) as writer:
            for frame in range(20):
                shift = np.float32([[1, 0, -0.3 * frame], [0, 1, 0]])
                moved = cv2.warpAffine(noise, shift, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
                picture = numbered_picture(0)
                picture.luma[:] = moved.clip(0, 255)
                writer.write(picture, frame)
        with VideoReader(path) as reader:
            left[keeps_grain] = np.mean([laplacian_variance(picture.luma) for picture in reader.read()])
    assert left[True] > 1.05 * left[False]


@pytest.mark.parametrize(
    ("keeps_grain", "deblocking"), [(False, b"deblock=1:-1:-1"), (True, b"deblock=1:-2:-2")]
)
def test_texture_is_not_smoothed_across_blocks_as_much_as_usual(
    tmp_path: Path, keeps_grain: bool, deblocking: bytes
) -> None:
    """What x264 notes in the file of how it was set: skin lost a twentieth of its detail with 0:0."""
    path = tmp_path / "x.mp4"
    with VideoWriter(
        path, VideoFormat(WIDTH, HEIGHT, FPS), EncoderOptions(keeps_grain=keeps_grain)
    ) as writer:
        writer.write(numbered_picture(0), 0)
    assert deblocking in path.read_bytes()
