"""The articulation network: dilated convolutions over a mel spectrogram, looking both ways in time."""

import torch
from torch import Tensor, nn

from lipwright.analysis.speech.mel import N_MELS
from training.features import N_TARGETS
from training.phones import PHONES
from training.shapes import N_SHAPE

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
    """Normalised log-mel (batch, N_MELS, n) to answers (batch, N_TARGETS, ceil(n / 2)).

    Answer k belongs to mel frame 2 k. The last two rows are logits: lips closed, somebody speaking.
    """

    def __init__(self, dropout: float = 0.1) -> None:
        """Makes untrained weights; ``dropout`` is the share of channels dropped in each block."""
        super().__init__()
        self.stem = nn.Conv1d(N_MELS, CHANNELS, KERNEL, stride=2, padding=KERNEL // 2)
        self.stem_norm = nn.BatchNorm1d(CHANNELS)
        self.blocks = nn.ModuleList([Block(dilation, dropout) for dilation in DILATIONS])
        self.head = nn.Conv1d(CHANNELS, N_TARGETS, 1)
        self.phone_head = nn.Conv1d(CHANNELS, len(PHONES), 1)
        self.shape_head = nn.Conv1d(CHANNELS, N_SHAPE, 1)

    def forward(self, mel: Tensor) -> Tensor:
        """See the class."""
        answers: Tensor = self.head(self.hidden(mel))
        return answers

    def hidden(self, mel: Tensor) -> Tensor:
        """What the heads read, (batch, CHANNELS, ceil(n / 2)); phones and shape are for training only."""
        x = torch.relu(self.stem_norm(self.stem(mel)))
        for block in self.blocks:
            x = block(x)
        return x
