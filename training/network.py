"""The articulation network: dilated convolutions over a recogniser's encoder and a mel spectrogram."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lipwright.analysis.speech.mel import N_MELS
from training.features import N_TARGETS
from training.shapes import N_SHAPE

TAPS = (2, 4)
"""After how many layers the encoder is read; the layers after the last are not shipped."""
ROWS_PER_BEAT = 5
"""Rows of the encoder in 120 ms ..."""
STEPS_PER_BEAT = 6
"""... and steps of the answer."""

CHANNELS = 64
KERNEL = 5
DILATIONS = (1, 2, 4, 8, 1, 2)
REACH_FRAMES = (KERNEL // 2) * (1 + 2 * sum(DILATIONS))  # 74 mel frames, 0.74 s, each way


class Block(nn.Module):
    """A dilated convolution and a mix of channels, added to what came in."""

    def __init__(self, dilation: int, dropout: float) -> None:
        """Makes untrained weights."""
        super().__init__()
        self.convolution = nn.Conv1d(CHANNELS, CHANNELS, KERNEL, dilation=dilation, padding=2 * dilation)
        self.norm = nn.BatchNorm1d(CHANNELS)
        self.mix = nn.Conv1d(CHANNELS, CHANNELS, 1)
        self.dropout = nn.Dropout1d(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (batch, CHANNELS, n) in and out."""
        hidden: Tensor = self.mix(torch.relu(self.norm(self.convolution(x))))
        total: Tensor = x + self.dropout(hidden)
        return total


class ArticulationNetwork(nn.Module):
    """Rows (batch, n_hidden, 5 n) and log-mel (batch, N_MELS, 12 n) to answers (batch, N_TARGETS, 6 n).

    Row k is at 24 k ms, mel frame k at 10 k ms, answer k at 20 k ms. The last two answers are logits: lips
    closed, somebody speaking.
    """

    mean: Tensor
    spread: Tensor

    def __init__(
        self,
        mean: NDArray[np.float32],
        spread: NDArray[np.float32],
        *,
        dropout: float = 0.1,
        row_dropout: float = 0.2,
    ) -> None:
        """Makes untrained weights.

        Args:
            mean: of each number of a row.
            spread: of each number of a row.
            dropout: share of channels dropped in each block, and of mel bands.
            row_dropout: share of the numbers of a row that are dropped.
        """
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean)[:, None])
        self.register_buffer("spread", torch.from_numpy(spread)[:, None])
        self.row_dropout, self.mel_dropout = nn.Dropout1d(row_dropout), nn.Dropout1d(dropout)
        self.rows = nn.Conv1d(len(mean), CHANNELS, 1)
        self.stem = nn.Conv1d(N_MELS, CHANNELS, KERNEL, stride=2, padding=KERNEL // 2)
        self.stem_norm = nn.BatchNorm1d(CHANNELS)
        self.blocks = nn.ModuleList([Block(dilation, dropout) for dilation in DILATIONS])
        self.head = nn.Conv1d(CHANNELS, N_TARGETS, 1)
        self.shape_head = nn.Conv1d(CHANNELS, N_SHAPE, 1)

    def forward(self, rows: Tensor, mel: Tensor) -> Tensor:
        """See the class."""
        answers: Tensor = self.head(self.hidden(rows, mel))
        return answers

    def hidden(self, rows: Tensor, mel: Tensor) -> Tensor:
        """What the heads read, (batch, CHANNELS, 6 n); the shape is for training only."""
        heard = at_steps(self.rows(self.row_dropout((rows - self.mean) / self.spread)))
        x = torch.relu(self.stem_norm(heard + self.stem(self.mel_dropout(mel))))
        for block in self.blocks:
            x = block(x)
        return x


def at_steps(rows: Tensor) -> Tensor:
    """Rows every 24 ms, (batch, n_channels, 5 n), at steps of 20 ms, (batch, n_channels, 6 n)."""
    place = torch.arange(rows.shape[2] * STEPS_PER_BEAT // ROWS_PER_BEAT) * (ROWS_PER_BEAT / STEPS_PER_BEAT)
    left = place.long()
    share = place - left
    return rows[..., left] * (1 - share) + rows[..., (left + 1).clamp(max=rows.shape[2] - 1)] * share
