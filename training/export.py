"""Several trained networks as one ONNX file that answers their mean."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from lipwright.analysis.speech.mel import N_MELS
from training.features import N_TARGETS
from training.network import ArticulationNetwork, Block

OPSET = 17


def export(networks: list[ArticulationNetwork], path: Path, metadata: dict[str, str]) -> None:
    """Writes the average of the networks as one graph.

    The graph is written node by node rather than traced: five kinds of node, and the same bytes on every
    run. Batch normalisation is folded into the convolution before it.

    Args:
        networks: trained, in evaluation mode.
        path: the ``.onnx`` file to write.
        metadata: key-value pairs to store in the file.
    """
    graph = _Graph()
    answers = [graph.add_network(network) for network in networks]
    graph.add("Mean", answers, output="answers")
    mel = helper.make_tensor_value_info("mel", TensorProto.FLOAT, [1, N_MELS, "n_frames"])
    result = helper.make_tensor_value_info("answers", TensorProto.FLOAT, [1, N_TARGETS, "n_steps"])
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

    def add_network(self, network: ArticulationNetwork) -> str:
        """Adds one network; returns the name of its output."""
        x = self.add("Relu", [self.add_convolution("mel", network.stem, network.stem_norm)])
        for block in network.blocks:
            assert isinstance(block, Block)
            hidden = self.add("Relu", [self.add_convolution(x, block.convolution, block.norm)])
            x = self.add("Add", [x, self.add_convolution(hidden, block.mix)])
        return self.add_convolution(x, network.head)

    def add_convolution(self, x: str, layer: nn.Conv1d, norm: nn.BatchNorm1d | None = None) -> str:
        """Adds a convolution, with the normalisation after it folded in."""
        weight, bias = _array(layer.weight), _array(layer.bias)
        if norm is not None:
            scale = _array(norm.weight) / np.sqrt(_array(norm.running_var) + norm.eps)
            weight = weight * scale[:, None, None]
            bias = (bias - _array(norm.running_mean)) * scale + _array(norm.bias)
        padding = [int(layer.padding[0])] * 2
        return self.add(
            "Conv",
            [x, self.add_constant(weight), self.add_constant(bias)],
            kernel_shape=[layer.kernel_size[0]],
            strides=[layer.stride[0]],
            dilations=[layer.dilation[0]],
            pads=padding,
        )

    def add_constant(self, values: NDArray[np.float32]) -> str:
        """Adds a constant; returns its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str | None = None, **attributes: list[int]) -> str:
        """Adds one node; returns the name of its output."""
        name = output or f"value_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], None, None, None, None, **attributes))
        return name


def _array(tensor: Tensor | None) -> NDArray[np.float32]:
    assert tensor is not None
    return np.asarray(tensor.detach().numpy(), np.float32)
