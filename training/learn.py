"""Fitting one articulation network."""

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from lipwright.measures import N_MEASURES
from training.augment import CROP_FRAMES, Augmentation, Crop, Room, draw_crop, draw_voiceless
from training.backgrounds import backgrounds
from training.features import CLOSED, SPEAKING, Example
from training.network import PLAIN, ArticulationNetwork
from training.phones import UNKNOWN

Float32Array = NDArray[np.float32]


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; the defaults made the shipped weights."""

    n_steps: int = 450
    batch_size: int = 32
    peak_learning_rate: float = 3e-3
    weight_decay: float = 0.01
    layers: tuple[int, ...] = PLAIN
    """Of the network: see ``training.network``."""
    has_patterns: bool = True
    """Of the network: see ``training.network.Patterns``."""
    dropout: float = 0.1
    velocity_weight: float = 2.0
    """Of the squared error of frame differences: movement matters more than place."""
    correlation_weight: float = 1.5
    """Of one minus Pearson's r: shape matters more than size; closures are found better than with 0.5."""
    closure_weight: float = 0.3
    activity_weight: float = 0.4
    phone_weight: float = 1.0
    """Of telling phones apart, a side task (``training.phones``)."""
    shape_weight: float = 0.5
    """Of how the whole lower face moves, a side task (``training.shapes``)."""
    voiceless_share: float = 0.2
    """Crops with music or noise alone, added to a batch in relation to its size."""
    music_minutes: float = 15.0
    """Length of the made-up music (``training.backgrounds``)."""
    averaging: float = 0.98
    """Share of the running average of weights that a step keeps; what is returned is that average."""
    augmentation: Augmentation = field(default_factory=Augmentation)


def learn(examples: list[Example], recipe: Recipe, seed: int) -> ArticulationNetwork:
    """A network fitted to the examples; the same seed gives the same network on the same machine."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = ArticulationNetwork(recipe.layers, recipe.dropout, has_patterns=recipe.has_patterns)
    rule = get_ema_multi_avg_fn(recipe.averaging)  # type: ignore[no-untyped-call]
    average = AveragedModel(network, multi_avg_fn=rule, use_buffers=True)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=recipe.peak_learning_rate, total_steps=recipe.n_steps + 1
    )
    room = Room([example.mel for example in examples], backgrounds(recipe.music_minutes))
    for _ in range(recipe.n_steps):
        crops = _draw_batch(examples, recipe, room, random)
        optimizer.zero_grad()
        _loss(network, crops, recipe).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        average.update_parameters(network)
    learnt = average.module.eval()
    assert isinstance(learnt, ArticulationNetwork)
    if all((example.phones == UNKNOWN).all() for example in examples):
        learnt.answer_no_labiodental()
    return learnt


def _draw_batch(
    examples: list[Example], recipe: Recipe, room: Room, random: np.random.Generator
) -> list[Crop]:
    weights = np.array([example.weight for example in examples])
    chosen = random.choice(len(examples), recipe.batch_size, p=weights / weights.sum())
    crops = [draw_crop(examples[index], recipe.augmentation, room, random) for index in chosen]
    n_voiceless = round(recipe.voiceless_share * recipe.batch_size)
    others = [draw_voiceless(crops[0], recipe.augmentation, room, random) for _ in range(n_voiceless)]
    return crops + others


def _loss(network: ArticulationNetwork, crops: list[Crop], recipe: Recipe) -> Tensor:
    mel = torch.from_numpy(np.stack([crop.mel.T for crop in crops]))
    targets = torch.from_numpy(np.stack([crop.targets.T for crop in crops]))
    known = torch.from_numpy(np.stack([crop.is_known for crop in crops]))[:, None]
    sound = torch.from_numpy(np.stack([crop.is_sound for crop in crops]))
    phones = torch.from_numpy(np.stack([crop.phones for crop in crops]))
    shape = torch.from_numpy(np.stack([crop.shape.T for crop in crops]))
    assert mel.shape[2] == CROP_FRAMES
    hidden = network.hidden(mel)
    answers = network.head(hidden)
    error = (answers[:, :N_MEASURES] - targets[:, :N_MEASURES]) * known
    velocity = torch.diff(error) * known[..., 1:] * known[..., :-1]
    n_known = (known.sum() * N_MEASURES).clamp(min=1.0)
    loss: Tensor = (error**2).sum() / n_known
    loss = loss + recipe.velocity_weight * (velocity**2).sum() / n_known
    loss = loss + recipe.closure_weight * _surprise(answers[:, CLOSED], targets[:, CLOSED], known[:, 0])
    loss = loss + recipe.activity_weight * _surprise(answers[:, SPEAKING], targets[:, SPEAKING], sound)
    loss = loss + recipe.correlation_weight * _decorrelation(answers, targets, known)
    loss = loss + recipe.phone_weight * _confusion(network.phone_head(hidden), phones)
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
    is_known = (known.sum(dim=2) > 0).float()
    loss: Tensor = ((1.0 - product / norms) * is_known).sum() / (is_known.sum() * N_MEASURES).clamp(min=1.0)
    return loss
