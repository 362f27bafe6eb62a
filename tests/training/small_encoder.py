"""An encoder of the right build with random weights: small, and the same every time."""

import numpy as np

from training.encoder import Encoder, Matrix

WIDTH = 32  # eight heads of four numbers, two of which are turned
N_LAYERS = 4


def small_encoder() -> Encoder:
    """Makes it."""
    random = np.random.default_rng(0)

    def normal(*shape: int, scale: float = 1.0) -> np.ndarray:
        return np.asarray(random.normal(0.0, scale, shape), np.float32)

    def matrix(n_in: int, n_out: int) -> Matrix:
        rounded = random.integers(0, 256, (n_in, n_out)).astype(np.uint8)
        return Matrix(rounded, 0.01 / np.sqrt(n_in), 128)

    arrays = {
        "conv1.weight": normal(WIDTH, 1, 127, scale=0.5),
        "conv2.weight": normal(2 * WIDTH, WIDTH, 7, scale=0.1),
        "conv2.bias": normal(2 * WIDTH),
        "conv3.weight": normal(WIDTH, 2 * WIDTH, 3, scale=0.1),
        "conv3.bias": normal(WIDTH),
        "groupnorm.weight": normal(WIDTH, 1),
        "groupnorm.bias": normal(WIDTH, 1),
        "frequencies": np.ones((1, 1), np.float32),
    }
    matrices = {}
    for layer in range(N_LAYERS):
        name = f"layers.{layer}."
        arrays[f"{name}input_layernorm.weight"] = 1.0 + normal(WIDTH, scale=0.1)
        arrays[f"{name}post_attention_layernorm.weight"] = 1.0 + normal(WIDTH, scale=0.1)
        arrays[f"{name}mlp.fc1.bias"], arrays[f"{name}mlp.fc2.bias"] = normal(2 * WIDTH), normal(WIDTH)
        for part in "qkvo":
            matrices[f"{name}self_attn.{part}_proj"] = matrix(WIDTH, WIDTH)
        matrices[f"{name}mlp.fc1"], matrices[f"{name}mlp.fc2"] = (
            matrix(WIDTH, 2 * WIDTH),
            matrix(2 * WIDTH, WIDTH),
        )
    return Encoder(arrays, matrices)
