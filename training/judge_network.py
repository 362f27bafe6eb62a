"""The sync judge's network, and how it becomes an ONNX file."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from lipwright.analysis.speech.filterbank import N_FEATURES
from lipwright.analysis.speech.judge import JUDGED
from training.shapes import N_SHAPE

Float32Array = NDArray[np.float32]

HIDDEN = 48
"""Units of each direction of each of the two recurrent layers."""


class JudgeNetwork(nn.Module):
    """Features (batch, n, N_FEATURES) to expected z-scores (batch, n, len(JUDGED)) and, as a side task, the
    shape of the lower face (batch, n, N_SHAPE)."""

    def __init__(self, dropout: float = 0.0) -> None:
        """Makes untrained weights."""
        super().__init__()
        self.inlet = nn.Linear(N_FEATURES, HIDDEN)
        self.first = nn.GRU(HIDDEN, HIDDEN, batch_first=True, bidirectional=True)
        self.second = nn.GRU(2 * HIDDEN, HIDDEN, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * HIDDEN, len(JUDGED))
        self.dropout = nn.Dropout(dropout)
        self.shape_head = nn.Linear(2 * HIDDEN, N_SHAPE)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        x = self.dropout(torch.relu(self.inlet(features)))
        x = self.dropout(self.first(x)[0])
        x = self.dropout(self.second(x)[0])
        return self.head(x), self.shape_head(x)


def export_judge(networks: Sequence[JudgeNetwork], path: Path, metadata: dict[str, str]) -> None:
    """Writes the mean of the networks' answers as ONNX, node by node: the same bytes on every run."""
    write_judge([weights_of(network) for network in networks], path, metadata)


def weights_of(network: JudgeNetwork) -> dict[str, Float32Array]:
    """What a network has learnt, as far as it is exported, by the name in its graph."""
    return {
        **_linear(network.inlet, "inlet"),
        **_recurrent(network.first, "first"),
        **_recurrent(network.second, "second"),
        **_linear(network.head, "head"),
    }


def write_judge(weights: Sequence[dict[str, Float32Array]], path: Path, metadata: dict[str, str]) -> None:
    """Writes an ONNX file that answers the mean of networks with these weights."""
    constants = [numpy_helper.from_array(np.array([0, 0, -1], np.int64), "rows")]
    nodes, answers = [], []
    for number, own in enumerate(weights):
        prefix = f"{number}_"
        constants += [numpy_helper.from_array(values, prefix + name) for name, values in own.items()]
        nodes += _nodes(prefix)
        answers.append(f"{prefix}answer")
    nodes.append(helper.make_node("Mean", answers, ["expected"]))
    inlet = helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, "n", N_FEATURES])
    outlet = helper.make_tensor_value_info("expected", TensorProto.FLOAT, [1, "n", len(JUDGED)])
    model = helper.make_model(
        helper.make_graph(nodes, "judge", [inlet], [outlet], constants),
        opset_imports=[helper.make_opsetid("", 17)],
        producer_name="lipwright.training",
        ir_version=8,
    )
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _nodes(prefix: str) -> list[onnx.NodeProto]:
    """One network, from ``features`` to ``<prefix>answer``."""
    p = prefix
    return [
        helper.make_node("MatMul", ["features", f"{p}inlet_weight"], [f"{p}inlet_product"]),
        helper.make_node("Add", [f"{p}inlet_product", f"{p}inlet_bias"], [f"{p}inlet_sum"]),
        helper.make_node("Relu", [f"{p}inlet_sum"], [f"{p}inlet"]),
        helper.make_node("Transpose", [f"{p}inlet"], [f"{p}first_in"], perm=[1, 0, 2]),
        *_recurrent_nodes(f"{p}first", f"{p}first_in", f"{p}second_in"),
        *_recurrent_nodes(f"{p}second", f"{p}second_in", f"{p}head_in"),
        helper.make_node("Transpose", [f"{p}head_in"], [f"{p}head_rows"], perm=[1, 0, 2]),
        helper.make_node("MatMul", [f"{p}head_rows", f"{p}head_weight"], [f"{p}head_product"]),
        helper.make_node("Add", [f"{p}head_product", f"{p}head_bias"], [f"{p}answer"]),
    ]


def _linear(layer: nn.Linear, name: str) -> dict[str, Float32Array]:
    return {f"{name}_weight": _array(layer.weight).T.copy(), f"{name}_bias": _array(layer.bias)}


def _recurrent(layer: nn.GRU, name: str) -> dict[str, Float32Array]:
    """The weights of both directions in ONNX's order of gates: update, reset, hidden."""

    def both(part: str) -> Float32Array:
        found = [_array(getattr(layer, f"{part}_l0{end}")) for end in ("", "_reverse")]
        gates = [np.split(values, 3) for values in found]
        return np.stack([np.concatenate([update, reset, new]) for reset, update, new in gates])

    bias = np.concatenate([both("bias_ih"), both("bias_hh")], axis=1)
    return {f"{name}_w": both("weight_ih"), f"{name}_r": both("weight_hh"), f"{name}_b": bias}


def _recurrent_nodes(name: str, inlet: str, outlet: str) -> list[onnx.NodeProto]:
    """A layer on (n, batch, channels); its two directions come out side by side."""
    return [
        helper.make_node(
            "GRU",
            [inlet, f"{name}_w", f"{name}_r", f"{name}_b"],
            [f"{name}_out"],
            hidden_size=HIDDEN,
            direction="bidirectional",
            linear_before_reset=1,
        ),
        helper.make_node("Transpose", [f"{name}_out"], [f"{name}_turned"], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", [f"{name}_turned", "rows"], [outlet]),
    ]


def _array(tensor: Tensor) -> Float32Array:
    return np.asarray(tensor.detach().numpy(), np.float32)
