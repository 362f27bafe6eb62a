"""Running a network of ours on the CPU."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwright.errors import InstallationError

# read when the library is imported: nothing that a user renders is told to anybody, nor written down for it
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime

Float32Array = NDArray[np.float32]

onnxruntime.disable_telemetry_events()


class Session:
    """One ONNX network with a single input, ready to run; safe to share between threads."""

    def __init__(self, path: Path, *, n_threads: int = 1) -> None:
        """Loads the network.

        Args:
            path: the ``.onnx`` file.
            n_threads: threads one run may use; 1 leaves the other cores to decoding and drawing.

        Raises:
            InstallationError: the file is missing or is not a network.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = n_threads
        options.inter_op_num_threads = 1
        # The arena keeps the largest block ever used; without it memory falls back after a long input.
        options.enable_cpu_mem_arena = False
        # A plan of one block for all that a run needs, made anew for each length of sound: twice the memory.
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        self._session = _load(path, options)
        self._input = self._session.get_inputs()[0].name

    @property
    def metadata(self) -> dict[str, str]:
        """Key-value pairs stored in the file by whoever trained it."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, values: Float32Array) -> list[Float32Array]:
        """All outputs of the network for one input, in the order of the file."""
        return [np.asarray(output, np.float32) for output in self._session.run(None, {self._input: values})]


def _load(path: Path, options: onnxruntime.SessionOptions) -> onnxruntime.InferenceSession:
    if not path.is_file():
        raise InstallationError(
            f"weights expected at {path}, found nothing; reinstall lipwright or fix the path"
        )
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    # onnxruntime's errors have no common base class of their own.
    except _LOAD_ERRORS as error:
        raise InstallationError(
            f"a network in ONNX format expected in {path}, found a file that cannot be loaded; "
            "reinstall lipwright or train the weights again"
        ) from error


def _load_errors() -> tuple[type[Exception], ...]:
    state = onnxruntime.capi.onnxruntime_pybind11_state
    return (state.Fail, state.InvalidProtobuf, state.InvalidGraph, state.InvalidArgument, state.NoSuchFile)


_LOAD_ERRORS = _load_errors()
