"""The encoder of a speech recogniser, which the ear listens through: its weights and its graph.

It is that of Moonshine "tiny-en" (MIT licence, Copyright (c) 2025 Moonshine AI; N. Jeffries et al.,
"Moonshine: Speech Recognition for Live Transcription and Voice Commands", 2024, arXiv 2410.15608), which the
PyPI wheel ``moonshine-voice`` carries in onnxruntime's own format. Training reads the weights from there; the
part that is used ships inside ``articulation.onnx``.
"""

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto
from onnxruntime.tools.ort_format_model.ort_flatbuffers_py.fbs.InferenceSession import InferenceSession

from lipwright.errors import InstallationError
from training.graph import Graph

PACKAGE = "moonshine_voice"
N_HEADS = 8
_FILE = "assets/tiny-en/encoder_model.ort"
_EPSILON = 1e-5
_STRIDES = (64, 3, 2)  # of the three convolutions: a row for every 384 samples
_TYPES: dict[int, type[Any]] = {
    TensorProto.FLOAT: np.float32,
    TensorProto.UINT8: np.uint8,
    TensorProto.INT64: np.int64,
}


@dataclass(frozen=True, eq=False)
class Matrix:
    """Weights in 8 bits: their value is scale * (rounded - zero)."""

    rounded: NDArray[np.uint8]
    """uint8, shape (n_in, n_out)."""
    scale: float
    zero: int


@dataclass(frozen=True, eq=False)
class Encoder:
    """Weights of the encoder by the names they have in its file."""

    arrays: dict[str, NDArray[np.float32]]
    """Convolutions, biases and normalisations."""
    matrices: dict[str, Matrix]
    """``layers.0.self_attn.q_proj`` and so on."""

    @property
    def width(self) -> int:
        """Numbers in a row of the answer."""
        return len(self.arrays["conv3.bias"])


def load_encoder() -> Encoder:
    """The weights out of the installed wheel; nothing of it is imported.

    Raises:
        InstallationError: the wheel is not installed, or a version without the file.
    """
    found = find_spec(PACKAGE)
    places = list(found.submodule_search_locations or []) if found else []
    path = Path(places[0]) / _FILE if places else Path(_FILE)
    if not path.is_file():
        raise InstallationError(
            f"an encoder expected in {PACKAGE}/{_FILE}, found none; "
            "pip install --no-deps moonshine-voice==0.0.68"
        )
    return read_encoder(path)


def read_encoder(path: Path) -> Encoder:
    """The weights in a file of onnxruntime's own format."""
    graph = InferenceSession.GetRootAs(path.read_bytes(), 0).Model().Graph()
    tensors = dict(_tensor(graph.Initializers(place)) for place in range(graph.InitializersLength()))
    matrices = {}
    for place in range(graph.NodesLength()):
        node = graph.Nodes(place)
        kind, inputs = node.OpType().decode(), [node.Inputs(k).decode() for k in range(node.InputsLength())]
        if kind in ("MatMulIntegerToFloat", "DynamicQuantizeMatMul"):
            name = re.sub(
                r"\.(MatMul|Add)_output_0", "", node.Outputs(0).decode().strip("/").replace("/", ".")
            )
            rounded, scale, zero = (inputs[k] for k in ((1, 3, 5) if "Integer" in kind else (1, 2, 3)))
            matrices[name] = Matrix(tensors[rounded], float(tensors[scale]), int(tensors[zero]))
    named = {name.replace("_add_tensor", ""): values for name, values in tensors.items()}
    arrays = {name: named[name] for name in named if re.match(r"conv\d|layers\.", name)}
    arrays["groupnorm.weight"], arrays["groupnorm.bias"] = named["onnx::Mul_2080"], named["onnx::Add_2081"]
    arrays["frequencies"] = named["onnx::Expand_202"].reshape(1, -1)
    return Encoder(arrays, matrices)


def _tensor(tensor: Any) -> tuple[str, NDArray[Any]]:  # noqa: ANN401
    kind = _TYPES.get(tensor.DataType(), np.uint8)
    shape = tensor.DimsAsNumpy() if tensor.DimsLength() else ()
    values = np.frombuffer(tensor.RawDataAsNumpy().tobytes(), kind)
    return tensor.Name().decode(), values.reshape(shape) if values.size == np.prod(shape) else values


def add_encoder(graph: Graph, encoder: Encoder, sound: str, taps: tuple[int, ...]) -> str:
    """Adds the encoder up to the last tap; returns the name of its answer, (1, width * len(taps), n_rows).

    Args:
        graph: what it is added to.
        encoder: weights.
        sound: name of the samples, shape (1, n).
        taps: after how many layers the rows are read, ascending.
    """
    x = _rows(graph, encoder, sound)
    turn = _Rotation(graph, encoder, x)
    read = []
    for layer in range(taps[-1]):
        x = _layer(graph, encoder, x, f"layers.{layer}.", turn)
        if layer + 1 in taps:
            read.append(graph.add("Transpose", [x], perm=[0, 2, 1]))
    return graph.add("Concat", read, axis=1)


def _rows(graph: Graph, encoder: Encoder, sound: str) -> str:
    """Three convolutions; shape (1, n_rows, width)."""
    arrays = encoder.arrays
    x = graph.add("Unsqueeze", [sound, graph.numbers(1)])
    first = graph.halved(arrays["conv1.weight"])
    x = graph.add("Tanh", [graph.add("Conv", [x, first], strides=[_STRIDES[0]])])
    one, none = graph.constant(np.ones(1, np.float32)), graph.constant(np.zeros(1, np.float32))
    shape = graph.add("Shape", [x])
    x = graph.add("Reshape", [x, graph.numbers(1, 1, -1)])
    x = graph.add("Reshape", [graph.add("InstanceNormalization", [x, one, none], epsilon=_EPSILON), shape])
    x = graph.add("Mul", [x, graph.constant(arrays["groupnorm.weight"].reshape(-1, 1))])
    x = graph.add("Add", [x, graph.constant(arrays["groupnorm.bias"].reshape(-1, 1))])
    for name, stride in zip(("conv2", "conv3"), _STRIDES[1:], strict=True):
        weight, bias = graph.bytes_of(arrays[f"{name}.weight"]), graph.constant(arrays[f"{name}.bias"])
        x = graph.add("Gelu", [graph.add("Conv", [x, weight, bias], strides=[stride])])
    return graph.add("Transpose", [x], perm=[0, 2, 1])


class _Rotation:
    """Turns the first numbers of each head by angles that grow with the row: rotary position embedding.

    Pairs to be turned lie side by side in the recogniser; here the first of all pairs come before the
    second of all, which ``_arranged`` sees to, so that turning takes two products.
    """

    def __init__(self, graph: Graph, encoder: Encoder, rows: str) -> None:
        self.half = encoder.arrays["frequencies"].size
        self.rest = encoder.width // N_HEADS - 2 * self.half
        length = graph.add("Gather", [graph.add("Shape", [rows]), graph.constant(np.array(1, np.int64))])
        start, step = (graph.constant(np.array(number, np.int64)) for number in (0, 1))
        place = graph.add("Cast", [graph.add("Range", [start, length, step])], to=TensorProto.FLOAT)
        place = graph.add("Unsqueeze", [place, graph.numbers(1)])
        angle = graph.add("Mul", [place, graph.constant(encoder.arrays["frequencies"])])
        cosine, sine = graph.add("Cos", [angle]), graph.add("Sin", [angle])
        still = graph.add("Mul", [place, graph.constant(np.zeros((1, self.rest), np.float32))])
        one = graph.constant(np.ones(1, np.float32))
        self._cosines = graph.add("Concat", [cosine, cosine, graph.add("Add", [still, one])], axis=1)
        self._sines = graph.add("Concat", [graph.add("Neg", [sine]), sine, still], axis=1)
        self._split = graph.numbers(self.half, self.half, self.rest)
        self._graph = graph

    def turned(self, x: str) -> str:
        """Shape (1, N_HEADS, n_rows, head) in and out."""
        graph = self._graph
        names = [f"{x}_{part}" for part in ("first", "second", "rest")]
        first, second, rest = graph.add_many("Split", [x, self._split], names, axis=-1)
        swapped = graph.add("Concat", [second, first, rest], axis=-1)
        one, other = graph.add("Mul", [x, self._cosines]), graph.add("Mul", [swapped, self._sines])
        return graph.add("Add", [one, other])

    def arranged(self, matrix: Matrix) -> Matrix:
        """Queries or keys with the firsts of a head's pairs before their seconds."""
        head = 2 * self.half + self.rest
        order = [*range(0, 2 * self.half, 2), *range(1, 2 * self.half, 2), *range(2 * self.half, head)]
        rounded = matrix.rounded.reshape(len(matrix.rounded), N_HEADS, head)[:, :, order]
        return Matrix(rounded.reshape(matrix.rounded.shape), matrix.scale, matrix.zero)


def _layer(graph: Graph, encoder: Encoder, x: str, name: str, turn: _Rotation) -> str:
    """Attention and two dense layers, each added to what came in; shape (1, n_rows, width)."""
    arrays, matrices = encoder.arrays, encoder.matrices
    head = encoder.width // N_HEADS
    heard = _Rounded(graph, _normalized(graph, x, arrays[f"{name}input_layernorm.weight"]))
    query = _heads(graph, heard.times(turn.arranged(matrices[f"{name}self_attn.q_proj"]), head**-0.5), head)
    key = _heads(graph, heard.times(turn.arranged(matrices[f"{name}self_attn.k_proj"])), head)
    value = _heads(graph, heard.times(matrices[f"{name}self_attn.v_proj"]), head)
    across = graph.add("Transpose", [turn.turned(key)], perm=[0, 1, 3, 2])
    weights = graph.add("Softmax", [graph.add("MatMul", [turn.turned(query), across])], axis=-1)
    seen = graph.add("Transpose", [graph.add("MatMul", [weights, value])], perm=[0, 2, 1, 3])
    seen = graph.add("Reshape", [seen, graph.numbers(0, 0, encoder.width)])
    x = graph.add("Add", [x, _Rounded(graph, seen).times(matrices[f"{name}self_attn.o_proj"])])
    dense = _normalized(graph, x, arrays[f"{name}post_attention_layernorm.weight"])
    for part in ("fc1", "fc2"):
        dense = _Rounded(graph, dense).times(matrices[f"{name}mlp.{part}"])
        dense = graph.add("Add", [dense, graph.constant(arrays[f"{name}mlp.{part}.bias"])])
        dense = graph.add("Gelu", [dense]) if part == "fc1" else dense
    return graph.add("Add", [x, dense])


def _normalized(graph: Graph, x: str, weight: NDArray[np.float32]) -> str:
    return graph.add("LayerNormalization", [x, graph.constant(weight)], axis=-1, epsilon=_EPSILON)


def _heads(graph: Graph, x: str, head: int) -> str:
    """Shape (1, n_rows, width) to (1, N_HEADS, n_rows, head)."""
    x = graph.add("Reshape", [x, graph.numbers(0, 0, N_HEADS, head)])
    return graph.add("Transpose", [x], perm=[0, 2, 1, 3])


class _Rounded:
    """Rows rounded to 8 bits as they come, to be multiplied by matrices of 8 bits."""

    def __init__(self, graph: Graph, x: str) -> None:
        names = [f"{x}_{part}" for part in ("rounded", "scale", "zero")]
        self._rounded, self._scale, self._zero = graph.add_many("DynamicQuantizeLinear", [x], names)
        self._graph = graph

    def times(self, matrix: Matrix, factor: float = 1.0) -> str:
        """The product with a matrix and a number; onnxruntime makes one node of these four."""
        graph = self._graph
        weights, zero = graph.constant(matrix.rounded), graph.constant(np.array(matrix.zero, np.uint8))
        whole = graph.add("MatMulInteger", [self._rounded, weights, self._zero, zero])
        scale = graph.constant(np.array(matrix.scale * factor, np.float32))
        scale = graph.add("Mul", [self._scale, scale])
        return graph.add("Mul", [graph.add("Cast", [whole], to=TensorProto.FLOAT), scale])
