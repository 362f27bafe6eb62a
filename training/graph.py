"""An ONNX graph in the making: nodes and constants, numbered as they come, the same bytes on every run."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 20  # the first with Gelu
IR_VERSION = 9


class Graph:
    """Nodes and constants of one network."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: list[str], output: str | None = None, **attributes: Any) -> str:  # noqa: ANN401
        """Adds one node; returns the name of its output."""
        return self.add_many(kind, inputs, [output or f"value_{len(self.nodes)}"], **attributes)[0]

    def add_many(
        self,
        kind: str,
        inputs: list[str],
        outputs: list[str],
        **attributes: Any,  # noqa: ANN401
    ) -> list[str]:
        """Adds a node of several outputs; returns their names."""
        self.nodes.append(helper.make_node(kind, inputs, outputs, None, None, None, None, **attributes))
        return outputs

    def constant(self, values: NDArray[Any]) -> str:
        """Adds a constant as it is; returns its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def numbers(self, *values: int) -> str:
        """Adds a list of whole numbers, such as a shape."""
        return self.constant(np.array(values, np.int64))

    def halved(self, values: NDArray[np.float32]) -> str:
        """Adds a constant in half precision, made single again when the file is loaded."""
        return self.add("Cast", [self.constant(values.astype(np.float16))], to=TensorProto.FLOAT)

    def bytes_of(self, values: NDArray[np.float32]) -> str:
        """Adds a constant in 8 bits, with a scale for each entry of its first axis."""
        scale = np.abs(values).reshape(len(values), -1).max(axis=1) / 127.0
        scale = np.maximum(scale, 1e-12).astype(np.float32)
        rounded = np.rint(values / scale.reshape(-1, *[1] * (values.ndim - 1))).astype(np.int8)
        zero = self.constant(np.zeros(len(scale), np.int8))
        return self.add("DequantizeLinear", [self.constant(rounded), self.constant(scale), zero], axis=0)

    def write(
        self,
        path: Path,
        inputs: dict[str, list[int | str]],
        outputs: dict[str, list[int | str]],
        metadata: dict[str, str],
    ) -> None:
        """Checks the graph and writes it; ``inputs`` and ``outputs`` are names with shapes, in order."""

        def described(values: dict[str, list[int | str]]) -> list[onnx.ValueInfoProto]:
            return [helper.make_tensor_value_info(name, TensorProto.FLOAT, at) for name, at in values.items()]

        graph = helper.make_graph(
            self.nodes, "articulation", described(inputs), described(outputs), self.constants
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            producer_name="lipwright.training",
            ir_version=IR_VERSION,
        )
        helper.set_model_props(model, metadata)
        onnx.checker.check_model(model, full_check=True)
        path.write_bytes(model.SerializeToString(deterministic=True))
