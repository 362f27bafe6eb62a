"""Leave-speakers-out figures: ``python -m training.cross_validate CORPUS_DIR``.

Every speaker is heard once by networks that never saw them; the closure threshold comes from the speakers
that were trained on.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from training.corpus import Clip, load_corpus, split_speakers
from training.evaluate import SpeakerResult, as_json, as_table, evaluate
from training.learn import Recipe
from training.phones import with_phones
from training.train_articulation import N_JOBS, N_SEEDS, train

N_FOLDS = 4


def cross_validate(
    clips: list[Clip],
    folder: Path,
    *,
    n_networks: int = N_SEEDS,
    recipe: Recipe | None = None,
    n_jobs: int = N_JOBS,
) -> list[SpeakerResult]:
    """Figures of every speaker from weights trained on the speakers of the other folds.

    The weights are left in ``folder`` as ``fold_0.onnx`` and so on.
    """
    results: list[SpeakerResult] = []
    for fold, held_out in enumerate(split_speakers(clips, N_FOLDS)):
        weights = folder / f"fold_{fold}.onnx"
        others = [clip for clip in clips if clip.speaker not in held_out]
        train(others, weights, seeds=range(n_networks), recipe=recipe, n_jobs=n_jobs)
        results += evaluate([clip for clip in clips if clip.speaker in held_out], weights)
    return sorted(results, key=lambda result: result.speaker)


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds clips/*.npz")
    parser.add_argument("--networks", type=int, default=N_SEEDS, help="how many to average")
    parser.add_argument("--jobs", type=int, default=N_JOBS, help="networks trained at the same time")
    parser.add_argument("--keep", type=Path, help="folder to leave the weights of each fold in")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args(arguments)
    clips = with_phones(load_corpus(chosen.corpus), chosen.jobs)
    with TemporaryDirectory() as scratch:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        results = cross_validate(clips, folder, n_networks=chosen.networks, n_jobs=chosen.jobs)
    print(as_json(results) if chosen.json else as_table(results))


if __name__ == "__main__":
    main()
