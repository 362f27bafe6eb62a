"""Whether segments fit the files they are about."""

from collections.abc import Sequence
from fractions import Fraction

from lipwright.errors import FaceChoiceError, SegmentError
from lipwright.media.probe import VideoInfo
from lipwright.render.segment import Segment, exact

MIN_VOICE_SECONDS = Fraction(1, 25)
_SLACK_SECONDS = Fraction(1, 20)
"""By which an end may miss that of its file: people round lengths, and codecs pad them."""


def fit_segments(
    segments: Sequence[Segment], video: VideoInfo, voice_seconds: Sequence[Fraction], longest: Fraction
) -> None:
    """Raises unless every segment lies in the video and its part in its voice, and its faces can be meant.

    Args:
        segments: in the client's order.
        video: the source.
        voice_seconds: how long the voice of each is.
        longest: output of the model, seconds: a still picture is shown for as long as its segments want.

    Raises:
        SegmentError, FaceChoiceError: the message names the segment and the field.
    """
    for number, (segment, seconds) in enumerate(zip(segments, voice_seconds, strict=True)):
        try:
            _fit(segment, video, seconds, longest)
        except (SegmentError, FaceChoiceError) as error:
            raise type(error)(f"segments[{number}].{error}") from error


def part_of_voice(segment: Segment, voice_seconds: Fraction) -> tuple[Fraction, Fraction]:
    """From when to when of its voice a segment is heard, seconds."""
    start = Fraction(0) if segment.audio_start is None else exact(segment.audio_start)
    stop = voice_seconds if segment.audio_end is None else exact(segment.audio_end)
    return start, min(stop, voice_seconds)


def _fit(segment: Segment, video: VideoInfo, voice_seconds: Fraction, longest: Fraction) -> None:
    if video.is_still:
        _check_end("end", segment.end, longest, "longest output of this model")
    else:
        _check_end("end", segment.end, video.clock.duration, "video")
    if segment.audio_end is not None:
        _check_end("audio_end", segment.audio_end, voice_seconds, "voice")
    start, stop = part_of_voice(segment, voice_seconds)
    if stop - start < MIN_VOICE_SECONDS:
        raise SegmentError(
            f"audio_start: expected {float(MIN_VOICE_SECONDS):g} s of voice or more after it, found it at "
            f"{float(start):g} s of a part that ends at {float(stop):.3f} s"
        )
    segment.face_choice.check_video(video.n_frames, video.width, video.height)


def _check_end(name: str, seconds: float, limit: Fraction, of: str) -> None:
    if exact(seconds) > limit + _SLACK_SECONDS:
        raise SegmentError(
            f"{name}: expected at most {float(limit):.3f} s, the length of the {of}, found {seconds:g} s"
        )
