"""Says which mouths were left alone because of what is in front of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from lipwright.analysis.faces.hidden import hidden_share
from lipwright.analysis.faces.track import FaceTrack
from lipwright.engines.base import MouthOrder

_MOSTLY = 0.5


def covered_notes(tracks: Mapping[int, FaceTrack], orders: Iterable[MouthOrder]) -> list[str]:
    """One sentence for each face that keeps its own mouth in some frames; none where nothing is in front.

    Args:
        tracks: by number.
        orders: of the faces that were given a voice.
    """
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for order in orders:
        track = tracks[order.track_id]
        hidden = hidden_share(track, order.source_frames - track.start)
        counts[order.track_id][0] += int((hidden > _MOSTLY).sum())
        counts[order.track_id][1] += len(hidden)
    return [
        f"in {n_hidden} of {n_frames} frames the mouth of face {number} is mostly covered or beyond the "
        "edge of the picture, or cannot be read beside what covers it: there it is the source's own"
        for number, (n_hidden, n_frames) in sorted(counts.items())
        if n_hidden
    ]
