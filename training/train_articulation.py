"""Trains the articulation weights: ``python -m training.train_articulation CORPUS_DIR --output FILE.onnx``.

Several networks from several seeds are trained on all speakers and stored as one file that answers their
mean. Takes some minutes on two cores.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from lipwright.analysis.speech.articulation import WEIGHTS
from lipwright.inference.weights import WEIGHTS_FOLDER, write_manifest
from training.corpus import Clip, by_speaker, load_corpus
from training.evaluate import THRESHOLD_KEY, listen
from training.export import export
from training.features import Example, make_examples
from training.figures import best_threshold
from training.learn import Recipe, learn
from training.network import ATTENTIVE, PLAIN, ArticulationNetwork
from training.phones import with_phones

N_SEEDS = 8
N_JOBS = 2

_UNSEEN_SHARE = 0.83
"""Networks are surer of speakers they know: 0.44 to 0.48 is best for those, 0.38 to 0.40 for others."""


def train(
    clips: list[Clip],
    output: Path,
    *,
    seeds: Sequence[int] = tuple(range(N_SEEDS)),
    recipe: Recipe | None = None,
    n_jobs: int = N_JOBS,
) -> float:
    """Trains on the clips and writes the weights.

    Args:
        clips: training footage.
        output: the ``.onnx`` file to write.
        seeds: one network each.
        recipe: how each is trained; None for that of its seed.
        n_jobs: networks trained at the same time, one thread each.

    Returns:
        The closure threshold for unseen speakers, estimated from the same clips and stored in the file.
    """
    examples = make_examples(clips)
    tasks = [(examples, recipe or recipe_of(seed), seed) for seed in seeds]
    if n_jobs == 1:
        networks = [_train_one(task) for task in tasks]
    else:
        with ProcessPoolExecutor(n_jobs, mp_context=get_context("spawn")) as pool:
            networks = list(pool.map(_train_one, tasks))
    metadata = {"seeds": json.dumps(list(seeds)), "n_speakers": str(len(by_speaker(clips)))}
    export(networks, output, metadata)
    threshold = _UNSEEN_SHARE * choose_threshold(clips, output)
    export(networks, output, {**metadata, THRESHOLD_KEY: f"{threshold:.2f}"})
    return threshold


def recipe_of(seed: int) -> Recipe:
    """Every other network has attention, every other pair patterns.

    Unlike networks err differently, so that their mean errs less.
    """
    return Recipe(layers=ATTENTIVE if seed % 2 else PLAIN, has_patterns=seed // 2 % 2 == 0)


def choose_threshold(clips: list[Clip], weights: Path) -> float:
    """The closure threshold that gives these clips the best mean F1 over speakers."""
    closure, measured = [], []
    for own in by_speaker(clips).values():
        heard = [listen(clip, weights) for clip in own]
        closure.append(np.concatenate([part.closure for part in heard]))
        measured.append(np.concatenate([part.measured for part in heard]))
    return best_threshold(closure, measured)


def _train_one(task: tuple[list[Example], Recipe, int]) -> ArticulationNetwork:
    examples, recipe, seed = task
    # More threads give other rounding, hence other weights; the parallelism is over seeds.
    torch.set_num_threads(1)
    return learn(examples, recipe, seed)


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, help="folder that holds clips/*.npz")
    parser.add_argument("--output", type=Path, default=WEIGHTS_FOLDER / WEIGHTS, help="file to write")
    parser.add_argument("--seed", type=int, default=0, help="first seed")
    parser.add_argument("--networks", type=int, default=N_SEEDS, help="how many to average")
    parser.add_argument("--jobs", type=int, default=N_JOBS, help="networks trained at the same time")
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.seed, chosen.seed + chosen.networks)
    clips = with_phones(load_corpus(chosen.corpus), chosen.jobs)
    threshold = train(clips, chosen.output, seeds=seeds, n_jobs=chosen.jobs)
    if chosen.output.parent.resolve() == WEIGHTS_FOLDER.resolve():
        write_manifest()
    size = chosen.output.stat().st_size
    print(f"{chosen.output}: {size} bytes, {chosen.networks} networks, closure threshold {threshold:.2f}")


if __name__ == "__main__":
    main()
