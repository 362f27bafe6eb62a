"""ONNX sessions and the weights that ship with the package."""
