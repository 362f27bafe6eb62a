"""Opening media files safely, with errors that say what the file really is."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import av
import av.container
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from lipwright.errors import MediaError

# Formats that hold their own media. Playlists (hls, concat, dash) would make FFmpeg open other files or
# addresses named inside an uploaded one, and "tty" turns any text into video: those are refused.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,flv,asf,ogg,mxf,nut,ivf,gif,"
    "h264,hevc,m4v,obu,wav,w64,aiff,au,caf,flac,mp3,aac,ac3,eac3,amr,amrnb,amrwb,wv,tta,ape,dts"
)
FREE_RUNNING_FORMATS = frozenset({"mpeg", "mpegts", "mpegvideo", "asf", "flv", "mp3", "aac", "ogg"})
"""Their time stamps may start anywhere; the others have a time line of their own that starts at 0."""
MAX_DELAY_SECONDS = Fraction(1, 10)
"""Longer than the delay of any encoder at a usual rate (AAC: 2112 samples, 48 ms at 44.1 kHz)."""
MAX_PIXELS = 8192 * 4320
"""Of one frame, the largest that cinemas show: a few bytes of some codecs unpack to gigabytes."""
BITEXACT = 0x0400
"""FFmpeg's AVFMT_FLAG_BITEXACT: written files carry no version numbers or dates."""

_DECODER_OPTIONS = {"max_pixels": str(MAX_PIXELS)}

SIGNATURES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"BM", "a BMP picture; save it as PNG, JPEG or WebP"),
    (b"II*\x00", "a TIFF picture; save it as PNG, JPEG or WebP"),
    (b"MM\x00*", "a TIFF picture; save it as PNG, JPEG or WebP"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF document"),
    (b"#EXTM3U", "a playlist"),
)

StreamT = TypeVar("StreamT", VideoStream, AudioStream)


def open_container(path: Path) -> av.container.InputContainer:
    """The file opened for demuxing; close it or use it in ``with``.

    Raises:
        MediaError: the path is missing, is no file, is empty, or is no media file.
    """
    check_is_file(path)
    # genpts: AVI and raw streams store no presentation stamps; FFmpeg derives them from the decoding order.
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file", "fflags": "+genpts"}
    try:
        # "file:" keeps FFmpeg from reading a protocol into a name such as "a:b.mp4".
        container = av.open(
            f"file:{path}",
            options=dict(_DECODER_OPTIONS),  # FFmpeg decodes a first frame where headers say too little
            container_options=options,
            metadata_errors="replace",
        )
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(
            f"expected a video or sound file, found {describe(path)}; choose another: {path}"
        ) from error
    for stream in container.streams.video:
        if stream.codec_context is not None:
            stream.codec_context.options = dict(_DECODER_OPTIONS)
    return container


def check_is_file(path: Path) -> None:
    """Raises MediaError unless the path is a readable file with something in it."""
    try:
        if not path.exists():
            raise MediaError(f"no such file: {path}; check the path")
        if not path.is_file():
            raise MediaError(
                f"expected a media file, found a directory or device; name the file itself: {path}"
            )
        if path.stat().st_size == 0:
            raise MediaError(
                f"expected a media file, found an empty one (0 bytes); export or download it again: {path}"
            )
        with path.open("rb"):
            pass
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror}") from error


def describe(path: Path) -> str:
    """What a file that FFmpeg cannot open seems to be, in words."""
    with path.open("rb") as file:
        head = file.read(4096)
    for signature, name in SIGNATURES:
        if head.startswith(signature):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a WebP picture"
    if head[4:8] == b"ftyp":
        return "an MP4 that was cut short (its index, the moov atom, is missing)"
    return "text" if _is_text(head) else "data in no known media format"


def demux(container: av.container.InputContainer, stream: StreamT) -> Iterator["av.Packet[StreamT]"]:
    """The stream's packets that hold data, in file order; a file that breaks off ends the packets early."""
    try:
        for packet in container.demux(stream):
            if packet.size > 0:
                yield packet
    except av.FFmpegError:  # damaged or truncated data: what came before it is used
        return


def time_zero(container: av.container.InputContainer) -> Fraction:
    """The stream time, in seconds, that counts as time 0 of the file.

    Encoder delay is left out: sound that starts below 0 leaves 0 where it is, and in a file of sound alone
    that starts just above 0 (MP4 with an iTunes gapless tag) the first sample heard is time 0.
    """
    streams = [stream for stream in (main_video(container), main_audio(container)) if stream is not None]
    starts = [
        stream.start_time * stream.time_base
        for stream in streams
        if stream.start_time is not None and stream.time_base is not None
    ]
    start = max(Fraction(0), min(starts, default=Fraction(0)))
    is_delay = main_video(container) is None and start < MAX_DELAY_SECONDS
    is_free_running = not FREE_RUNNING_FORMATS.isdisjoint(container.format.name.split(","))
    return start if is_free_running or is_delay else Fraction(0)


def main_video(container: av.container.InputContainer) -> VideoStream | None:
    """The first moving picture; cover art is none."""
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    return None


def main_audio(container: av.container.InputContainer) -> AudioStream | None:
    """The first sound track that FFmpeg can decode."""
    for stream in container.streams.audio:
        if stream.codec_context is not None:
            return stream
    return None


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # a letter cut in half at the end is fine
            return False
        text = head[: error.start].decode("utf-8")
    return "\0" not in text
