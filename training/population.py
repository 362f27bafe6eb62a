"""Statistics of mouth measures over many speakers: ``python -m training.population CORPUS_DIR``.

Prints the table that ``lipwright.analysis.speech.population`` holds.
"""

import argparse
from pathlib import Path

import numpy as np

from lipwright.measures import CLOSED_GAP_MM, MEASURES, Measure
from training.corpus import Float32Array, by_speaker, load_corpus

LOW_QUANTILE, HIGH_QUANTILE = 0.01, 0.99
_FEWEST_CLOSED = 5


def speaker_row(measures: Float32Array) -> dict[str, Float32Array] | None:
    """Statistics of one speaker, each of shape (7,); None without closed lips to measure from.

    Rest is the median pose with lips closed; mean, low and high are offsets from it.
    """
    closed = measures[measures[:, Measure.GAP] < CLOSED_GAP_MM]
    if len(closed) < _FEWEST_CLOSED:
        return None
    rest = np.median(closed, axis=0)
    deviation = measures - measures.mean(axis=0)
    variance = float((deviation[:, Measure.GAP] ** 2).mean())
    return {
        "rest": rest,
        "mean": measures.mean(axis=0) - rest,
        "std": measures.std(axis=0),
        "low": np.quantile(measures, LOW_QUANTILE, axis=0) - rest,
        "high": np.quantile(measures, HIGH_QUANTILE, axis=0) - rest,
        "per_gap": (deviation * deviation[:, [Measure.GAP]]).mean(axis=0) / variance,
    }


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds clips/*.npz")
    clips = load_corpus(parser.parse_args(arguments).corpus)
    rows = [
        speaker_row(np.concatenate([clip.measures for clip in own])) for own in by_speaker(clips).values()
    ]
    known = [row for row in rows if row is not None]
    print(f"# medians over {len(known)} speakers: {', '.join(MEASURES)}")
    for name in known[0]:
        print(f"{name}: {np.median([row[name] for row in known], axis=0).round(2).tolist()}")


if __name__ == "__main__":
    main()
