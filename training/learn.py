"""Fitting one articulation network."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from lipwright.measures import N_MEASURES
from training.crops import N_FRAMES, Crop, Masking, draw_crop, draw_voiceless, masked
from training.features import CLOSED, SPEAKING, Example
from training.network import ArticulationNetwork
from training.takes import Takes


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; the defaults made the shipped weights."""

    n_steps: int = 400
    batch_size: int = 32
    peak_learning_rate: float = 3e-3
    weight_decay: float = 0.01
    dropout: float = 0.1
    row_dropout: float = 0.2
    """Share of the encoder's numbers that are dropped."""
    clean_share: float = 0.15
    """Of crops from the clips as they are."""
    velocity_weight: float = 2.0
    """Of the squared error of frame differences: movement matters more than place."""
    correlation_weight: float = 0.5
    closure_weight: float = 0.3
    activity_weight: float = 0.25
    shape_weight: float = 0.5
    """Of how the whole lower face moves, a side task (``training.shapes``)."""
    voiceless_share: float = 0.12
    """Crops with music or noise alone, added to a batch in relation to its size."""
    averaging: float = 0.98
    """Share of the running average of weights that a step keeps; what is returned is that average."""
    masking: Masking = field(default_factory=Masking)


def learn(examples: list[Example], takes: Takes, recipe: Recipe, seed: int) -> ArticulationNetwork:
    """A network fitted to the examples; the same seed gives the same network on the same machine."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    mean, spread = takes.mean_and_spread()
    network = ArticulationNetwork(mean, spread, dropout=recipe.dropout, row_dropout=recipe.row_dropout)
    rule = get_ema_multi_avg_fn(recipe.averaging)  # type: ignore[no-untyped-call]
    average = AveragedModel(network, multi_avg_fn=rule, use_buffers=True)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=recipe.peak_learning_rate, total_steps=recipe.n_steps + 1
    )
    for _ in range(recipe.n_steps):
        crops = [
            masked(crop, recipe.masking, mean, random) for crop in _drawn(examples, takes, recipe, random)
        ]
        optimizer.zero_grad()
        _loss(network, crops, recipe).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        average.update_parameters(network)
    learnt = average.module.eval()
    assert isinstance(learnt, ArticulationNetwork)
    return learnt


def _drawn(
    examples: list[Example], takes: Takes, recipe: Recipe, random: np.random.Generator
) -> Iterator[Crop]:
    """The crops of one batch."""

    def version() -> int:
        is_clean = len(takes) == 1 or random.random() < recipe.clean_share
        return 0 if is_clean else int(random.integers(1, len(takes)))

    weights = np.array([example.weight for example in examples])
    for place in random.choice(len(examples), recipe.batch_size, p=weights / weights.sum()):
        crop = draw_crop(examples[place], takes.get(version(), examples[place].name), random)
        yield crop
    for _ in range(round(recipe.voiceless_share * recipe.batch_size)):
        take = takes.voiceless(version(), int(random.integers(takes.n_voiceless)))
        yield draw_voiceless(take, crop, random)


def _loss(network: ArticulationNetwork, crops: list[Crop], recipe: Recipe) -> Tensor:
    rows = torch.from_numpy(np.stack([crop.rows.T for crop in crops]))
    mel = torch.from_numpy(np.stack([crop.mel.T for crop in crops]))
    targets = torch.from_numpy(np.stack([crop.targets.T for crop in crops]))
    known = torch.from_numpy(np.stack([crop.is_known for crop in crops]))[:, None]
    sound = torch.from_numpy(np.stack([crop.is_sound for crop in crops]))
    shape = torch.from_numpy(np.stack([crop.shape.T for crop in crops]))
    assert mel.shape[2] == N_FRAMES
    hidden = network.hidden(rows, mel)
    answers = network.head(hidden)
    error = (answers[:, :N_MEASURES] - targets[:, :N_MEASURES]) * known
    velocity = torch.diff(error) * known[..., 1:] * known[..., :-1]
    n_known = (known.sum() * N_MEASURES).clamp(min=1.0)
    loss: Tensor = (error**2).sum() / n_known
    loss = loss + recipe.velocity_weight * (velocity**2).sum() / n_known
    loss = loss + recipe.closure_weight * _surprise(answers[:, CLOSED], targets[:, CLOSED], known[:, 0])
    loss = loss + recipe.activity_weight * _surprise(answers[:, SPEAKING], targets[:, SPEAKING], sound)
    loss = loss + recipe.correlation_weight * _decorrelation(answers, targets, known)
    return loss + recipe.shape_weight * _distance(network.shape_head(hidden), shape, known)


def _surprise(logits: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """Mean cross-entropy of a yes or no over the steps that count."""
    total = functional.binary_cross_entropy_with_logits(logits, truth, weight=weight, reduction="sum")
    return total / weight.sum().clamp(min=1.0)


def _distance(answers: Tensor, shape: Tensor, known: Tensor) -> Tensor:
    """Mean squared error over the steps whose shape is known; NaN is unknown."""
    weight = known * shape.isfinite()
    total = ((answers - shape.nan_to_num()) ** 2 * weight).sum()
    return total / weight.sum().clamp(min=1.0)


def _decorrelation(answers: Tensor, targets: Tensor, known: Tensor) -> Tensor:
    """One minus Pearson's r of each measure over each crop, averaged."""
    n_known = known.sum(dim=2, keepdim=True).clamp(min=1.0)
    centered = []
    for values in (answers[:, :N_MEASURES], targets[:, :N_MEASURES]):
        mean = (values * known).sum(dim=2, keepdim=True) / n_known
        centered.append((values - mean) * known)
    product = (centered[0] * centered[1]).sum(dim=2)
    # Crops that hardly move say nothing about r: their denominator is kept from zero.
    norms = ((centered[0] ** 2).sum(dim=2) * (centered[1] ** 2).sum(dim=2) + 1.0).sqrt()
    is_known = (known.sum(dim=2) > 0).float()
    loss: Tensor = ((1.0 - product / norms) * is_known).sum() / (is_known.sum() * N_MEASURES).clamp(min=1.0)
    return loss
