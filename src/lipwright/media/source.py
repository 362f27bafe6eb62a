"""Where pictures come from: a video, or a still picture that counts as a video of one frame."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from lipwright.errors import MediaError
from lipwright.media.picture import Picture
from lipwright.media.probe import MediaInfo, VideoInfo, probe
from lipwright.media.still import StillReader, is_still, load_still
from lipwright.media.video_reader import VideoReader


class PictureSource(Protocol):
    """What ``VideoReader`` and ``StillReader`` have in common."""

    path: Path
    n_concealed: int

    @property
    def info(self) -> VideoInfo:
        """What the source is."""
        ...

    def __enter__(self) -> Self:
        """The source itself."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the reading."""
        ...

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[Picture]:
        """Pictures ``start <= i < stop`` in order."""
        ...

    def read_backwards(self, stop: int, start: int = 0) -> Iterator[Picture]:
        """Pictures ``stop - 1, stop - 2, ... start``."""
        ...


def open_source(path: Path) -> PictureSource:
    """A reader for what the file's bytes say it is.

    Raises:
        MediaError: see ``VideoReader`` and ``load_still``.
    """
    return StillReader(path) if is_still(path) else VideoReader(path)


def probe_source(path: Path) -> MediaInfo:
    """What a file holds that may be a still picture as well as a video or sound.

    A still is decoded: only so one can tell that it is whole.

    Raises:
        MediaError: see ``probe`` and ``load_still``; and for a GIF, which has too few colours for either.
    """
    if not is_still(path):
        found = probe(path)
        if found.container == "gif":
            raise MediaError(
                "expected a video or a still picture, found a GIF; save one frame of it as PNG, or convert "
                f"it to MP4: {path}"
            )
        return found
    still = load_still(path)
    return MediaInfo(path, still.kind, still.info, None)
