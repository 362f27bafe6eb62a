"""The first pass over the video: find the faces and keep their mouths while the frames go by."""

from pathlib import Path

from lipwright.analysis.faces.analyzer import FaceAnalyzer, FaceOptions
from lipwright.engines.base import Engine, Scene
from lipwright.heap import give_back
from lipwright.media.source import PictureSource
from lipwright.render.overlap import Behind, ahead
from lipwright.render.progress import Listener, Progress
from lipwright.scratch import ScratchFile
from lipwright.synthesis.placement import measure_geometry


def see(
    reader: PictureSource,
    engine: Engine,
    n_frames: int,
    max_face_resolution: int | None,
    listener: Listener,
    folder: Path | None = None,
) -> Scene:
    """Analyses the first ``n_frames`` frames of a video.

    Decoding runs ahead and the keeping of mouths behind, each in a thread of its own.

    Args:
        folder: for scratch files, which have no name; None takes the system's.
    """
    bank = engine.new_bank(max_face_resolution)
    kept = ScratchFile(folder)
    bank.store_in(kept)
    rate = float(reader.info.fps)
    options = FaceOptions(
        every=engine.look_every, with_brows=engine.info.is_expressive, frames_per_second=rate
    )
    with FaceAnalyzer(options, ScratchFile(folder)) as analyzer, Behind(bank.keep) as keeper:
        for frame_index, picture in enumerate(ahead(reader.read(0, n_frames))):
            for observation in analyzer.push(picture):
                keeper.put(picture, observation)
            listener(Progress("analyse", frame_index + 1, n_frames))
    give_back()  # the networks are done with: what is made of the points takes their place
    analysis = analyzer.finish()
    geometries = {
        number: geometry
        for number, track in analysis.tracks.items()
        if (geometry := measure_geometry(track, rate, kept)) is not None
    }
    if not reader.info.is_still:  # of one frame they cost nothing, and its eyes shall blink
        for track in analysis.tracks.values():
            track.forget_points()
    give_back()
    return Scene(analysis, bank, geometries)
