"""The first pass over the video: find the faces and keep their mouths while the frames go by."""

from lipwright.analysis.faces.analyzer import FaceAnalyzer
from lipwright.engines.base import Scene
from lipwright.media.video_reader import VideoReader
from lipwright.render.overlap import ahead
from lipwright.render.progress import Listener, Progress
from lipwright.synthesis.mouth_bank import MouthBank
from lipwright.synthesis.placement import measure_geometry


def see(reader: VideoReader, bank: MouthBank, n_frames: int, listener: Listener) -> Scene:
    """Analyses the first ``n_frames`` frames of a video; the decoder works ahead in its own thread."""
    with FaceAnalyzer() as analyzer:
        for frame_index, picture in enumerate(ahead(reader.read(0, n_frames))):
            for observation in analyzer.push(picture):
                bank.keep(picture, observation)
            listener(Progress("analyse", frame_index + 1, n_frames))
        analysis = analyzer.finish()
    rate = float(reader.info.fps)
    geometries = {
        number: geometry
        for number, track in analysis.tracks.items()
        if (geometry := measure_geometry(track, rate)) is not None
    }
    return Scene(analysis, bank, geometries)
