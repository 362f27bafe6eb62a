"""The articulation network: patterns in a mel spectrogram, convolutions and attention over time."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from lipwright.analysis.speech.mel import N_MELS
from training.features import N_TARGETS
from training.phones import LABIODENTALS, PHONES
from training.shapes import N_SHAPE

CHANNELS = 64
KERNEL = 5
ATTEND = 0
PLAIN = (1, 2, 4, 8, 1, 2)
"""Dilations of the convolutions, in steps of 20 ms."""
ATTENTIVE = (1, 2, 4, 8, 1, ATTEND, 2)
"""The same with attention near the end."""
N_HEADS = 4
FADING = (0.02, 0.05, 0.1, 0.2)
"""By how much a step's log weight falls with every step of distance, for each head.

Source: linear biases, O. Press, N. Smith and M. Lewis, "Train short, test long", ICLR 2022.
"""
ATTENTION_STEPS = 128
"""How far a step looks each way, 2.56 s: what is heard does not depend on where a block of sound begins."""
FAR = float("-inf")
"""Added to the log weight of what is further away."""
SLOPE_FRAMES = 2
"""Frames each way between which the slope of a band is taken."""
PATTERNS = 12
"""Kinds of spectral pattern that are looked for at any height."""
PATTERN_BANDS, PATTERN_FRAMES = 9, 3
"""Size of such a pattern, about 400 mel: a formant."""
PATTERN_STRIDE = 3
"""Bands from one place where patterns are looked for to the next."""
MIXED_PLACES, MIXED_STRIDE = 5, 2
"""Neighbouring places that the second layer mixes, and how many it moves on."""
N_PLACES = ((N_MELS - 1) // PATTERN_STRIDE) // MIXED_STRIDE + 1  # 14
"""Heights that are told apart in the end."""
REACH_FRAMES = (
    SLOPE_FRAMES
    + PATTERN_FRAMES // 2
    + KERNEL // 2
    + 2 * sum(ATTENTION_STEPS if layer == ATTEND else KERNEL // 2 * layer for layer in ATTENTIVE)
)  # 333 mel frames, 3.33 s, each way
N_ANSWERS = N_TARGETS + 1
"""What a trained network answers: what it was shown, and whether the phone is a labiodental."""
NEVER = -30.0
"""Log odds of what does not happen."""
IS_LABIODENTAL = tuple(phone in LABIODENTALS for phone in PHONES)


class Patterns(nn.Module):
    """Spectral patterns wherever they lie: a longer or shorter vocal tract moves them up or down.

    Measured by four-fold leave-speakers-out with one seed: r of gap, width and jaw +0.019 (paired standard
    error 0.005), AUC of closures +0.011 (0.004).
    """

    def __init__(self) -> None:
        """Makes untrained weights."""
        super().__init__()
        self.find = nn.Conv2d(
            2,
            PATTERNS,
            (PATTERN_BANDS, PATTERN_FRAMES),
            stride=(PATTERN_STRIDE, 1),
            padding=(PATTERN_BANDS // 2, PATTERN_FRAMES // 2),
        )
        self.find_norm = nn.BatchNorm2d(PATTERNS)
        self.mix = nn.Conv2d(
            PATTERNS, PATTERNS, (MIXED_PLACES, 1), stride=(MIXED_STRIDE, 1), padding=(MIXED_PLACES // 2, 0)
        )
        self.mix_norm = nn.BatchNorm2d(PATTERNS)

    def forward(self, heard: Tensor) -> Tensor:
        """Bands and slopes (batch, 2 * N_MELS, n) to (batch, PATTERNS * N_PLACES, n)."""
        batch, _, n = heard.shape
        x = torch.relu(self.find_norm(self.find(heard.reshape(batch, 2, N_MELS, n))))
        x = torch.relu(self.mix_norm(self.mix(x)))
        return x.reshape(batch, -1, n)


class Block(nn.Module):
    """A dilated convolution and a mix of channels, added to what came in."""

    def __init__(self, dilation: int, dropout: float) -> None:
        """Makes untrained weights."""
        super().__init__()
        self.convolution = nn.Conv1d(
            CHANNELS, CHANNELS, KERNEL, dilation=dilation, padding=KERNEL // 2 * dilation
        )
        self.norm = nn.BatchNorm1d(CHANNELS)
        self.mix = nn.Conv1d(CHANNELS, CHANNELS, 1)
        self.dropout = nn.Dropout1d(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (batch, CHANNELS, n) in and out."""
        hidden: Tensor = self.mix(torch.relu(self.norm(self.convolution(x))))
        total: Tensor = x + self.dropout(hidden)
        return total


class Attention(nn.Module):
    """What is alike or telling nearby, added to what came in: a voice has a past that a note has not."""

    def __init__(self, dropout: float) -> None:
        """Makes untrained weights, which add nothing as yet."""
        super().__init__()
        self.norm = nn.BatchNorm1d(CHANNELS)
        self.read = nn.Conv1d(CHANNELS, 3 * CHANNELS, 1)
        self.mix = nn.Conv1d(CHANNELS, CHANNELS, 1)
        self.dropout = nn.Dropout1d(dropout)
        nn.init.zeros_(self.mix.weight)
        assert self.mix.bias is not None
        nn.init.zeros_(self.mix.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (batch, CHANNELS, n) in and out."""
        batch, _, n = x.shape
        parts = self.read(self.norm(x)).reshape(batch, 3, N_HEADS, CHANNELS // N_HEADS, n)
        query, key, value = parts.transpose(-1, -2).contiguous().unbind(1)
        bias = _bias(n).expand(batch, N_HEADS, n, n)
        found = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        hidden: Tensor = self.mix(found.transpose(-1, -2).reshape(batch, CHANNELS, n))
        total: Tensor = x + self.dropout(hidden)
        return total


class ArticulationNetwork(nn.Module):
    """Normalised log-mel (batch, N_MELS, n) to answers (batch, N_ANSWERS, ceil(n / 2)).

    Answer k belongs to mel frame 2 k. The last three rows are logits: lips closed, somebody speaking, a
    labiodental.
    """

    def __init__(
        self, layers: tuple[int, ...] = PLAIN, dropout: float = 0.1, *, has_patterns: bool = True
    ) -> None:
        """Makes untrained weights.

        Args:
            layers: dilations, and ``ATTEND`` for attention.
            dropout: share of channels dropped in each layer.
            has_patterns: whether patterns are looked for first; else all bands are read at once.
        """
        super().__init__()
        self.patterns = Patterns() if has_patterns else nn.Identity()
        n_heard = PATTERNS * N_PLACES if has_patterns else 2 * N_MELS
        self.stem = nn.Conv1d(n_heard, CHANNELS, KERNEL, stride=2, padding=KERNEL // 2)
        self.stem_norm = nn.BatchNorm1d(CHANNELS)
        self.layers = nn.ModuleList(
            [Attention(dropout) if layer == ATTEND else Block(layer, dropout) for layer in layers]
        )
        self.head = nn.Conv1d(CHANNELS, N_TARGETS, 1)
        self.phone_head = nn.Conv1d(CHANNELS, len(PHONES), 1)
        self.shape_head = nn.Conv1d(CHANNELS, N_SHAPE, 1)

    def forward(self, mel: Tensor) -> Tensor:
        """See the class."""
        hidden = self.hidden(mel)
        return torch.cat([self.head(hidden), labiodental_log_odds(self.phone_head(hidden))], dim=1)

    def answer_no_labiodental(self) -> None:
        """Makes the last answer a no for ever, of a network that was taught no phones."""
        nn.init.zeros_(self.phone_head.weight)
        assert self.phone_head.bias is not None
        with torch.no_grad():
            self.phone_head.bias.copy_(torch.tensor(IS_LABIODENTAL) * NEVER)

    def hidden(self, mel: Tensor) -> Tensor:
        """What the heads read, (batch, CHANNELS, ceil(n / 2)); the shape is for training only."""
        x = torch.relu(self.stem_norm(self.stem(self.patterns(with_slopes(mel)))))
        for layer in self.layers:
            x = layer(x)
        return x


def with_slopes(mel: Tensor) -> Tensor:
    """The bands and how each changes, (batch, 2 * N_MELS, n): half the difference over 40 ms."""
    padded = functional.pad(mel, (SLOPE_FRAMES, SLOPE_FRAMES))
    slopes = 0.5 * (padded[..., 2 * SLOPE_FRAMES :] - padded[..., : -2 * SLOPE_FRAMES])
    return torch.cat([mel, slopes], dim=1)


def labiodental_log_odds(phones: Tensor) -> Tensor:
    """Log odds of all labiodentals together, (batch, 1, n), of the logits of phones (batch, n_phones, n)."""
    chosen = torch.tensor(IS_LABIODENTAL)
    return phones[:, chosen].logsumexp(1, keepdim=True) - phones[:, ~chosen].logsumexp(1, keepdim=True)


def _bias(n: int) -> Tensor:
    """What is added to the log weights of n steps for each other, shape (N_HEADS, n, n)."""
    places = torch.arange(n)
    distance = (places[:, None] - places).abs().float()
    return (-torch.tensor(FADING)[:, None, None] * distance).masked_fill(distance > ATTENTION_STEPS, FAR)
