"""The encoder and several trained networks as one ONNX file that answers the networks' mean."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from lipwright.analysis.speech.mel import N_MELS
from training.encoder import Encoder, add_encoder
from training.features import N_TARGETS
from training.graph import Graph
from training.network import ROWS_PER_BEAT, STEPS_PER_BEAT, TAPS, ArticulationNetwork, Block


def export(
    encoder: Encoder,
    networks: list[ArticulationNetwork],
    path: Path,
    metadata: dict[str, str],
    taps: tuple[int, ...] = TAPS,
) -> None:
    """Writes the encoder with the average of the networks as one graph.

    The graph is written node by node rather than traced, so that it has the same bytes on every run.
    Normalisation is folded into the convolution beside it. The weights of the networks have half precision.

    Args:
        encoder: what the networks listen through.
        networks: trained, in evaluation mode.
        path: the ``.onnx`` file to write.
        metadata: key-value pairs to store in the file.
        taps: after how many layers the encoder is read.
    """
    graph = Graph()
    rows = add_encoder(graph, encoder, "sound", taps)
    answers = [_add_network(graph, network, rows) for network in networks]
    graph.add("Mean", answers, output="answers")
    inputs: dict[str, list[int | str]] = {"sound": [1, "n_samples"], "mel": [1, N_MELS, "n_frames"]}
    graph.write(path, inputs, {"answers": [1, N_TARGETS, "n_steps"]}, metadata)


def export_encoder(encoder: Encoder, path: Path, taps: tuple[int, ...] = TAPS) -> None:
    """Writes the encoder alone: sound (1, n) to rows (1, width * len(taps), n_rows)."""
    graph = Graph()
    graph.add("Identity", [add_encoder(graph, encoder, "sound", taps)], output="rows")
    graph.write(path, {"sound": [1, "n_samples"]}, {"rows": [1, encoder.width * len(taps), "n_rows"]}, {})


def _add_network(graph: Graph, network: ArticulationNetwork, rows: str) -> str:
    """Adds one network; returns the name of its output."""
    x = graph.add("Add", [_add_rows(graph, network, rows), _add_stem(graph, network)])
    x = graph.add("Relu", [x])
    for block in network.blocks:
        assert isinstance(block, Block)
        hidden = graph.add("Relu", [_add_convolution(graph, x, block.convolution, block.norm)])
        x = graph.add("Add", [x, _add_convolution(graph, hidden, block.mix)])
    return _add_convolution(graph, x, network.head)


def _add_rows(graph: Graph, network: ArticulationNetwork, rows: str) -> str:
    """What the network makes of the encoder's rows, at its own steps, (1, CHANNELS, n_steps)."""
    scale, _ = _scale_and_shift(network.stem_norm)
    weight = _array(network.rows.weight)[..., 0] / _array(network.spread)[:, 0]
    bias = _array(network.rows.bias) - weight @ _array(network.mean)[:, 0]
    weight, bias = weight * scale[:, None], bias * scale
    x = graph.add("Conv", [rows, graph.halved(weight[..., None]), graph.constant(bias)])
    # Resizing is defined for pictures: a row of them, one sample high.
    x = graph.add("Unsqueeze", [x, graph.numbers(2)])
    scales = graph.constant(np.array([1, 1, 1, STEPS_PER_BEAT / ROWS_PER_BEAT], np.float32))
    mode = {"mode": "linear", "coordinate_transformation_mode": "asymmetric"}
    return graph.add("Squeeze", [graph.add("Resize", [x, "", scales], **mode), graph.numbers(2)])


def _add_stem(graph: Graph, network: ArticulationNetwork) -> str:
    """What the network makes of the mel frames, normalised with what comes of the rows."""
    return _add_convolution(graph, "mel", network.stem, network.stem_norm)


def _add_convolution(graph: Graph, x: str, layer: nn.Conv1d, norm: nn.BatchNorm1d | None = None) -> str:
    """Adds a convolution, with the normalisation after it folded in."""
    weight, bias = _array(layer.weight), _array(layer.bias)
    if norm is not None:
        scale, shift = _scale_and_shift(norm)
        weight, bias = weight * scale[:, None, None], bias * scale + shift
    return graph.add(
        "Conv",
        [x, graph.halved(weight), graph.constant(bias)],
        kernel_shape=[layer.kernel_size[0]],
        strides=[layer.stride[0]],
        dilations=[layer.dilation[0]],
        pads=[int(layer.padding[0])] * 2,
    )


def _scale_and_shift(norm: nn.BatchNorm1d) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    scale = _array(norm.weight) / np.sqrt(_array(norm.running_var) + norm.eps)
    return scale, _array(norm.bias) - _array(norm.running_mean) * scale


def _array(tensor: Tensor | None) -> NDArray[np.float32]:
    assert tensor is not None
    return np.asarray(tensor.detach().numpy(), np.float32)
