from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the 'training' extra")
pytest.importorskip("onnx", reason="training needs the 'training' extra")

from lipwright.errors import InstallationError  # noqa: E402
from lipwright.inference.session import Session  # noqa: E402
from tests.training.small_encoder import WIDTH, small_encoder  # noqa: E402
from tests.unit.analysis.speech.sounds import voice  # noqa: E402
from training import encoder as module  # noqa: E402
from training.encoder import N_HEADS, Encoder, load_encoder  # noqa: E402
from training.export import export_encoder  # noqa: E402

functional = torch.nn.functional


def rows_of(encoder: Encoder, sound: np.ndarray, n_layers: int) -> np.ndarray:
    """What the recogniser's own definition answers, without rounding: shape (width, n_rows)."""
    arrays = {name: torch.from_numpy(values) for name, values in encoder.arrays.items()}
    weights = {
        name: torch.from_numpy((matrix.rounded.astype(np.float32) - matrix.zero) * matrix.scale)
        for name, matrix in encoder.matrices.items()
    }
    x = torch.tanh(functional.conv1d(torch.from_numpy(sound)[None, None], arrays["conv1.weight"], stride=64))
    x = functional.group_norm(x, 1, arrays["groupnorm.weight"].ravel(), arrays["groupnorm.bias"].ravel())
    x = functional.gelu(functional.conv1d(x, arrays["conv2.weight"], arrays["conv2.bias"], stride=3))
    x = functional.gelu(functional.conv1d(x, arrays["conv3.weight"], arrays["conv3.bias"], stride=2))
    x = x[0].T
    angles = (torch.arange(len(x))[:, None] * arrays["frequencies"]).repeat_interleave(2, 1)

    def heads(values: torch.Tensor) -> torch.Tensor:
        return values.view(len(x), N_HEADS, -1).transpose(0, 1)

    def turned(values: torch.Tensor) -> torch.Tensor:
        pairs, rest = values[..., : angles.shape[1]], values[..., angles.shape[1] :]
        other = torch.stack([-pairs[..., 1::2], pairs[..., ::2]], -1).flatten(-2)
        return torch.cat([pairs * angles.cos() + other * angles.sin(), rest], -1)

    for layer in range(n_layers):
        name = f"layers.{layer}."
        heard = functional.layer_norm(x, x.shape[1:], arrays[f"{name}input_layernorm.weight"])
        query, key, value = (heads(heard @ weights[f"{name}self_attn.{part}_proj"]) for part in "qkv")
        seen = functional.scaled_dot_product_attention(turned(query), turned(key), value)
        x = x + seen.transpose(0, 1).flatten(1) @ weights[f"{name}self_attn.o_proj"]
        dense = functional.layer_norm(x, x.shape[1:], arrays[f"{name}post_attention_layernorm.weight"])
        dense = functional.gelu(dense @ weights[f"{name}mlp.fc1"] + arrays[f"{name}mlp.fc1.bias"])
        x = x + dense @ weights[f"{name}mlp.fc2"] + arrays[f"{name}mlp.fc2.bias"]
    return np.asarray(x.T.numpy())


@pytest.mark.parametrize("tap", [1, 4])
def test_the_graph_answers_what_the_definition_says(tap: int, tmp_path: Path) -> None:
    """Up to rounding to eight bits: r above 0.999."""
    encoder = small_encoder()
    export_encoder(encoder, tmp_path / "encoder.onnx", (tap,))
    sound = voice(2.0)
    (found,) = Session(tmp_path / "encoder.onnx").run(sound[None])
    expected = rows_of(encoder, sound, tap)
    assert found[0].shape == expected.shape
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.999


def test_taps_are_read_side_by_side(tmp_path: Path) -> None:
    """Each as it would be alone."""
    encoder, sound = small_encoder(), voice(1.0)[None]
    for name, taps in (("one", (1,)), ("three", (3,)), ("both", (1, 3))):
        export_encoder(encoder, tmp_path / f"{name}.onnx", taps)
    one, three, both = (Session(tmp_path / f"{name}.onnx").run(sound)[0] for name in ("one", "three", "both"))
    np.testing.assert_allclose(both[0, :WIDTH], one[0], atol=1e-4)
    np.testing.assert_allclose(both[0, WIDTH:], three[0], atol=1e-4)


def test_a_missing_encoder_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel is needed for training alone."""
    monkeypatch.setattr(module, "PACKAGE", "lipwright_no_such_package")
    with pytest.raises(InstallationError, match="pip install --no-deps moonshine-voice"):
        load_encoder()


@pytest.mark.skipif(find_spec("moonshine_voice") is None, reason="needs the 'training' extra")
def test_the_wheel_holds_the_encoder_that_is_expected() -> None:
    """Six layers of eight heads, 288 numbers wide."""
    encoder = load_encoder()
    assert encoder.width == 288
    assert len(encoder.matrices) == 6 * 6
    assert encoder.arrays["conv1.weight"].shape == (288, 1, 127)
