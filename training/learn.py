"""Fitting one articulation network."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lipwright.measures import N_MEASURES
from training.augment import CROP_FRAMES, Augmentation, Crop, draw_crop
from training.features import CLOSED, SPEAKING, Example
from training.network import ArticulationNetwork
from training.phones import UNKNOWN


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; the defaults made the shipped weights."""

    n_steps: int = 450
    batch_size: int = 32
    peak_learning_rate: float = 3e-3
    weight_decay: float = 0.01
    dropout: float = 0.1
    velocity_weight: float = 2.0
    """Of the squared error of frame differences: movement matters more than place."""
    correlation_weight: float = 0.5
    closure_weight: float = 0.3
    activity_weight: float = 0.1
    phone_weight: float = 1.0
    """Of telling phones apart, a side task (``training.phones``)."""
    augmentation: Augmentation = field(default_factory=Augmentation)


def learn(examples: list[Example], recipe: Recipe, seed: int) -> ArticulationNetwork:
    """A network fitted to the examples; the same seed gives the same network on the same machine."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = ArticulationNetwork(recipe.dropout)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=recipe.peak_learning_rate, total_steps=recipe.n_steps + 1
    )
    weights = np.array([example.weight for example in examples])
    network.train()
    for _ in range(recipe.n_steps):
        chosen = random.choice(len(examples), recipe.batch_size, p=weights / weights.sum())
        crops = [draw_crop(examples[index], recipe.augmentation, random) for index in chosen]
        optimizer.zero_grad()
        _loss(network, crops, recipe).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return network.eval()


def _loss(network: ArticulationNetwork, crops: list[Crop], recipe: Recipe) -> Tensor:
    mel = torch.from_numpy(np.stack([crop.mel.T for crop in crops]))
    targets = torch.from_numpy(np.stack([crop.targets.T for crop in crops]))
    known = torch.from_numpy(np.stack([crop.is_known for crop in crops]))[:, None]
    assert mel.shape[2] == CROP_FRAMES
    hidden = network.hidden(mel)
    answers = network.head(hidden)
    error = (answers[:, :N_MEASURES] - targets[:, :N_MEASURES]) * known
    velocity = torch.diff(error) * known[..., 1:] * known[..., :-1]
    n_known = known.sum() * N_MEASURES
    loss: Tensor = (error**2).sum() / n_known
    loss = loss + recipe.velocity_weight * (velocity**2).sum() / n_known
    for column, weight in ((CLOSED, recipe.closure_weight), (SPEAKING, recipe.activity_weight)):
        surprise = functional.binary_cross_entropy_with_logits(
            answers[:, column], targets[:, column], weight=known[:, 0], reduction="sum"
        )
        loss = loss + weight * surprise / known.sum()
    loss = loss + recipe.correlation_weight * _decorrelation(answers, targets, known)
    phones = torch.from_numpy(np.stack([crop.phones for crop in crops]))
    loss = loss + recipe.phone_weight * _confusion(network.phone_head(hidden), phones)
    return loss


def _confusion(logits: Tensor, phones: Tensor) -> Tensor:
    """Mean surprise at the known phones; 0 where none is known."""
    total = functional.cross_entropy(logits, phones, ignore_index=UNKNOWN, reduction="sum")
    return total / (phones != UNKNOWN).sum().clamp(min=1)


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
    loss: Tensor = (1.0 - product / norms).mean()
    return loss
