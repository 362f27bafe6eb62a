"""The sound of a finished file: copied where that is exact and players accept it, else encoded."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, cast

import av
import av.container
from av.audio.stream import AudioStream

from lipwright.errors import UsageError
from lipwright.media.container import demux, main_audio, open_container, time_zero
from lipwright.media.probe import AudioInfo, probe_audio
from lipwright.media.sound import (
    LAYOUTS,
    STAMP_ROUNDING_SECONDS,
    Float32Array,
    fitted,
    resampled,
    sound_chunks,
    sound_frame,
)
from lipwright.media.sound_mix import SoundMix, mixed

ContainerName = Literal["mp4", "webm"]
Packets = Iterator["av.Packet[AudioStream]"]

COPIED: dict[ContainerName, frozenset[str]] = {
    "mp4": frozenset({"aac", "mp3"}),  # ALAC, AC-3, FLAC and Opus fit too, but not every browser plays them
    "webm": frozenset({"opus", "vorbis"}),
}
ENCODERS: dict[ContainerName, str] = {"mp4": "aac", "webm": "libopus"}
BITS_PER_SECOND: dict[ContainerName, tuple[int, int]] = {"mp4": (128_000, 256_000), "webm": (96_000, 160_000)}
"""For one and for two channels."""
RATES: dict[ContainerName, tuple[int, ...]] = {"mp4": (48000, 44100), "webm": (48000,)}
"""Rates kept when encoding; others become the first."""
PACKET_SECONDS = Fraction(1, 25)
"""Copied sound may miss the wanted end by less than this, about a packet."""


@dataclass(frozen=True)
class SoundTrack:
    """Which part of a file is to be heard."""

    path: Path
    duration: Fraction | None = None
    """Seconds; longer sound is cut, silence follows a shorter one. None takes all there is."""
    start: Fraction = Fraction(0)
    """Seconds on the file's time line."""

    def __post_init__(self) -> None:
        """Refuses a track without length."""
        if self.duration is not None and self.duration <= 0:
            raise UsageError(f"expected a sound track longer than 0 s, got {float(self.duration):g} s")


def add_sound(
    target: av.container.OutputContainer, track: SoundTrack | SoundMix, container: ContainerName
) -> Packets:
    """Adds a stream to the target and gives its packets, to be muxed in order.

    Raises:
        MediaError: a file of the track's holds no sound.
    """
    if isinstance(track, SoundMix):
        return _encoded_mix(target, track, container)
    info = probe_audio(track.path)
    if _can_copy(info, track, container):
        return _copied(target, track)
    return _encoded(target, track, info, container)


def _can_copy(info: AudioInfo, track: SoundTrack, container: ContainerName) -> bool:
    is_whole = track.duration is None or info.duration > track.duration - PACKET_SECONDS
    starts_alike = track.start == 0 and abs(info.start_seconds) < STAMP_ROUNDING_SECONDS
    return info.codec in COPIED[container] and is_whole and starts_alike and _has_setup(track.path)


def _has_setup(path: Path) -> bool:
    """Raw AAC repeats its decoder's setup in every packet, where MP4 cannot have it."""
    with open_container(path) as source:
        stream = main_audio(source)
        assert stream is not None
        return stream.codec_context.name.startswith("mp3") or bool(stream.codec_context.extradata)


def _copied(target: av.container.OutputContainer, track: SoundTrack) -> Packets:
    source = open_container(track.path)
    original = main_audio(source)
    assert original is not None
    assert original.time_base is not None
    stream = target.add_stream_from_template(original)
    return _shifted(source, original, stream, track.duration)


def _shifted(
    source: av.container.InputContainer, original: AudioStream, stream: AudioStream, duration: Fraction | None
) -> Packets:
    """The packets with time 0 of the source at 0; encoder delay stays in front of it."""
    assert original.time_base is not None
    zero = round(time_zero(source) / original.time_base)
    with source:
        for packet in demux(source, original):
            if packet.pts is None or packet.dts is None:
                continue
            packet.pts, packet.dts = packet.pts - zero, packet.dts - zero
            if duration is not None and packet.pts * original.time_base >= duration:
                return
            packet.stream = stream
            yield packet


def _encoded(
    target: av.container.OutputContainer, track: SoundTrack, info: AudioInfo, container: ContainerName
) -> Packets:
    stream = _new_stream(target, [info], container)
    rate, n_channels = stream.codec_context.sample_rate, min(2, info.n_channels)
    duration = info.start_seconds + info.duration - track.start if track.duration is None else track.duration
    chunks = resampled(sound_chunks(track.path, n_channels, start=track.start), rate)
    return _encode(stream, fitted(chunks, round(duration * rate), n_channels))


def _encoded_mix(target: av.container.OutputContainer, mix: SoundMix, container: ContainerName) -> Packets:
    infos = [probe_audio(path) for path in dict.fromkeys(piece.path for piece in mix.pieces)]
    stream = _new_stream(target, infos, container)
    n_channels = min(2, max(info.n_channels for info in infos))
    return _encode(stream, mixed(mix, stream.codec_context.sample_rate, n_channels))


def _new_stream(
    target: av.container.OutputContainer, infos: list[AudioInfo], container: ContainerName
) -> AudioStream:
    """For sound of such files: at the first one's rate if that can be kept."""
    rate = infos[0].sample_rate if infos[0].sample_rate in RATES[container] else RATES[container][0]
    n_channels = min(2, max(info.n_channels for info in infos))
    stream = cast(AudioStream, target.add_stream(ENCODERS[container], rate=rate, layout=LAYOUTS[n_channels]))
    stream.codec_context.bit_rate = BITS_PER_SECOND[container][n_channels - 1]
    return stream


def _encode(stream: AudioStream, samples: Iterator[Float32Array]) -> Packets:
    rate, pts = stream.codec_context.sample_rate, 0
    for block in samples:
        if block.shape[1] == 0:
            continue
        frame = sound_frame(block, rate)
        frame.pts, frame.time_base = pts, Fraction(1, rate)
        pts += block.shape[1]
        yield from stream.encode(frame)
    yield from stream.encode(None)
