"""Several trained networks as one ONNX file that answers their mean."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from lipwright.analysis.speech.mel import N_MELS
from training.network import (
    ATTENTION_STEPS,
    CHANNELS,
    FADING,
    FAR,
    IS_LABIODENTAL,
    N_ANSWERS,
    N_HEADS,
    N_PLACES,
    PATTERNS,
    SLOPE_FRAMES,
    ArticulationNetwork,
    Attention,
    Block,
    Patterns,
)

Float32Array = NDArray[np.float32]
_Arrays = tuple[Float32Array, Float32Array]
_Convolution = nn.Conv1d | nn.Conv2d
_Norm = nn.BatchNorm1d | nn.BatchNorm2d

OPSET = 17


def export(networks: list[ArticulationNetwork], path: Path, metadata: dict[str, str]) -> None:
    """Writes the average of the networks as one graph.

    The graph is written node by node rather than traced: the same bytes on every run. Batch normalisation is
    folded into the convolution beside it; slopes and distances are found once for all networks.

    Args:
        networks: trained, in evaluation mode.
        path: the ``.onnx`` file to write.
        metadata: key-value pairs to store in the file.
    """
    graph = _Graph()
    answers = [graph.add_network(network) for network in networks]
    graph.add("Mean", answers, output="answers")
    mel = helper.make_tensor_value_info("mel", TensorProto.FLOAT, [1, N_MELS, "n_frames"])
    result = helper.make_tensor_value_info("answers", TensorProto.FLOAT, [1, N_ANSWERS, "n_steps"])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "articulation", [mel], [result], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="lipwright.training",
        ir_version=8,
    )
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


class _Graph:
    """ONNX nodes and constants in the making, numbered as they come."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.heard = self.add("Concat", ["mel", self.add_slopes()], axis=1)
        self.bias = ""

    def add_slopes(self) -> str:
        """Adds how each band changes, as a convolution of each band with itself."""
        kernel = np.zeros((N_MELS, 1, 2 * SLOPE_FRAMES + 1), np.float32)
        kernel[:, 0, 0], kernel[:, 0, -1] = -0.5, 0.5
        padding = [SLOPE_FRAMES, SLOPE_FRAMES]
        return self.add("Conv", ["mel", self.add_constant(kernel)], group=N_MELS, pads=padding)

    def add_network(self, network: ArticulationNetwork) -> str:
        """Adds one network; returns the name of its output."""
        x = self.add_patterns(network.patterns) if isinstance(network.patterns, Patterns) else self.heard
        x = self.add("Relu", [self.add_convolution(x, *_with_norm_after(network.stem, network.stem_norm))])
        for layer in network.layers:
            add = self.add_attention if isinstance(layer, Attention) else self.add_block
            x = self.add("Add", [x, add(x, layer)])
        return self.add(
            "Concat", [self.add_convolution(x, network.head), self.add_labiodental(x, network)], axis=1
        )

    def add_labiodental(self, x: str, network: ArticulationNetwork) -> str:
        """Adds the log odds of a labiodental among the phones."""
        weight, bias = _array(network.phone_head.weight), _array(network.phone_head.bias)
        chosen = np.array(IS_LABIODENTAL)
        sums = [
            self.add(
                "ReduceLogSumExp",
                [self.add_convolution(x, network.phone_head, (weight[rows], bias[rows]))],
                axes=[1],
            )
            for rows in (chosen, ~chosen)
        ]
        return self.add("Sub", sums)

    def add_patterns(self, layer: Patterns) -> str:
        """Adds the patterns found in what is heard, all of one step in one column."""
        x = self.add("Reshape", [self.heard, self.add_constant(np.array([1, 2, N_MELS, -1]))])
        for convolution, norm in ((layer.find, layer.find_norm), (layer.mix, layer.mix_norm)):
            x = self.add("Relu", [self.add_convolution(x, *_with_norm_after(convolution, norm))])
        return self.add("Reshape", [x, self.add_constant(np.array([1, PATTERNS * N_PLACES, -1]))])

    def add_block(self, x: str, layer: nn.Module) -> str:
        """Adds what a convolution adds to its input."""
        assert isinstance(layer, Block)
        hidden = self.add("Relu", [self.add_convolution(x, *_with_norm_after(layer.convolution, layer.norm))])
        return self.add_convolution(hidden, layer.mix)

    def add_attention(self, x: str, layer: nn.Module) -> str:
        """Adds what attention adds to its input to one sound: heads take the batch's place."""
        assert isinstance(layer, Attention)
        self.bias = self.bias or self.add_bias(x)
        size = CHANNELS // N_HEADS
        read = self.add_convolution(x, *_with_norm_before(layer.norm, layer.read))
        parts = self.add("Reshape", [read, self.add_constant(np.array([3, N_HEADS, size, -1]))])
        query, key, value = (
            self.add("Gather", [parts, self.add_constant(np.array(part))], axis=0) for part in range(3)
        )
        scaled = self.add("Mul", [query, self.add_constant(np.array(size**-0.5, np.float32))])
        alike = self.add("MatMul", [self.add("Transpose", [scaled], perm=[0, 2, 1]), key])
        weights = self.add("Softmax", [self.add("Add", [alike, self.bias])], axis=-1)
        found = self.add("MatMul", [value, self.add("Transpose", [weights], perm=[0, 2, 1])])
        joined = self.add("Reshape", [found, self.add_constant(np.array([1, CHANNELS, -1]))])
        return self.add_convolution(joined, layer.mix)

    def add_bias(self, x: str) -> str:
        """Adds what attention owes to distance, shape (N_HEADS, n, n) for n steps of ``x``."""
        zero, one = self.add_constant(np.array(0)), self.add_constant(np.array(1))
        n = self.add("Gather", [self.add("Shape", [x]), self.add_constant(np.array(2))], axis=0)
        places = self.add("Cast", [self.add("Range", [zero, n, one])], to=TensorProto.FLOAT)
        rows = self.add("Unsqueeze", [places, self.add_constant(np.array([1]))])
        distance = self.add("Abs", [self.add("Sub", [rows, places])])
        faded = self.add("Mul", [distance, self.add_constant(-np.array(FADING, np.float32)[:, None, None])])
        reach = self.add_constant(np.array(ATTENTION_STEPS, np.float32))
        far = self.add_constant(np.array(FAR, np.float32))
        return self.add("Where", [self.add("Greater", [distance, reach]), far, faded])

    def add_convolution(self, x: str, layer: _Convolution, arrays: _Arrays | None = None) -> str:
        """Adds a convolution, with its own weight and bias or others."""
        weight, bias = arrays or (_array(layer.weight), _array(layer.bias))
        return self.add(
            "Conv",
            [x, self.add_constant(weight), self.add_constant(bias)],
            kernel_shape=list(layer.kernel_size),
            strides=list(layer.stride),
            dilations=list(layer.dilation),
            pads=[int(size) for size in layer.padding] * 2,
        )

    def add_constant(self, values: NDArray[Any]) -> str:
        """Adds a constant; returns its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def add(
        self, kind: str, inputs: list[str], output: str | None = None, **attributes: int | list[int]
    ) -> str:
        """Adds one node; returns the name of its output."""
        name = output or f"value_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], None, None, None, None, **attributes))
        return name


def _with_norm_after(layer: _Convolution, norm: _Norm) -> tuple[_Convolution, _Arrays]:
    """A convolution and its weight and bias with the normalisation after it."""
    scale, offset = _scaling(norm)
    weight, bias = _array(layer.weight), _array(layer.bias)
    return layer, ((weight.T * scale).T, bias * scale + offset)


def _with_norm_before(norm: nn.BatchNorm1d, layer: nn.Conv1d) -> tuple[nn.Conv1d, _Arrays]:
    """The same with the normalisation before it; its kernel is a single step."""
    scale, offset = _scaling(norm)
    weight, bias = _array(layer.weight), _array(layer.bias)
    return layer, (weight * scale[None, :, None], bias + weight[:, :, 0] @ offset)


def _scaling(norm: _Norm) -> _Arrays:
    """What normalisation multiplies by, and adds then."""
    scale = _array(norm.weight) / np.sqrt(_array(norm.running_var) + norm.eps)
    return scale, _array(norm.bias) - _array(norm.running_mean) * scale


def _array(tensor: Tensor | None) -> Float32Array:
    assert tensor is not None
    return np.asarray(tensor.detach().numpy(), np.float32)
