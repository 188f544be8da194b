import importlib.util
import subprocess
import sys

import numpy as np
import pytest

from engine import embedding
from engine.embedding import (
    MODEL_ID,
    NETWORK_ID,
    VoiceEncoder,
    bundled_weights,
    level_gain,
    mel_spectrogram,
    unit,
)
from engine.errors import ModelBroken, ModelMissing

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec("resemblyzer") is None, reason="the Resemblyzer wheel is not installed"
)


def chirp():
    t = np.arange(16_000) / 16_000
    sweep = 0.3 * np.sin(2 * np.pi * (200 * t + 1500 * t * t)) + 0.1 * np.sin(2 * np.pi * 3000 * t)
    return sweep.astype(np.float32)


def test_mel_front_end_is_that_of_librosa():
    """Figures of librosa 0.11: melspectrogram(y, sr=16000, n_fft=400, hop_length=160, n_mels=40)."""
    mels = mel_spectrogram(chirp())
    assert mels.shape == (101, 40)
    assert mels.sum() == pytest.approx(1236.998, rel=1e-5)
    assert mels[0, :4] == pytest.approx([0.63309324, 2.700867, 4.293071, 1.2157748], rel=1e-4)
    assert mels[50, 10:14] == pytest.approx(
        [2.0896545e-08, 3.5499596e-08, 6.3033788e-08, 1.1896064e-07], rel=0.05
    )
    assert mels[100, -3:] == pytest.approx([0.00070312, 0.00059214, 0.00052976], rel=1e-3)
    assert mels[[20, 50, 80]].sum(axis=1) == pytest.approx([19.00857, 11.13036, 7.50194], rel=1e-5)
    assert mels.max() == pytest.approx(14.369915, rel=1e-5)


@pytest.mark.parametrize("samples", [1, 159, 160, 161, 400])
def test_mel_front_end_has_one_frame_per_ten_milliseconds(samples):
    assert mel_spectrogram(np.zeros(samples, np.float32)).shape == (1 + samples // 160, 40)


def test_quiet_speech_is_raised_and_loud_speech_left_alone():
    quiet = np.full(1600, 0.001, np.float32)
    assert 20 * np.log10(0.001 * level_gain([quiet])) == pytest.approx(-30, abs=0.01)
    assert level_gain([np.full(1600, 0.5, np.float32)]) == 1
    assert level_gain([np.zeros(1600, np.float32)]) == 1
    assert level_gain([]) == 1


def test_unit_leaves_a_zero_vector_alone():
    assert not unit(np.zeros((1, 3), np.float32)).any()


@pytest.fixture(scope="module")
def encoder():
    return VoiceEncoder()


@needs_weights
def test_embeddings_are_unit_vectors_and_the_same_each_time(encoder):
    vector = encoder.embed(chirp())
    assert vector.shape == (256,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert (encoder.embed(chirp()) == vector).all()


@needs_weights
def test_network_is_that_of_the_weights(encoder):
    """The figures are those of Resemblyzer's own network on these mels."""
    mels = np.tile(mel_spectrogram(chirp())[:80], (2, 1))
    (exact,) = encoder._embed(encoder._network, [mels])
    assert float(exact[159]) == pytest.approx(0.225166, abs=1e-4)
    assert int(exact.argmax()) == 159

    (quick,) = encoder.embed_windows([mels])  # in bfloat16 where the processor has it
    assert float(exact @ quick) > 0.999


@needs_weights
def test_crops_go_to_the_network_as_they_are_where_that_is_wanted(encoder):
    plain = VoiceEncoder(even=False)
    crop = np.tile(chirp(), 2)
    mels = mel_spectrogram(crop)
    windows = [mels[start : start + 160] for start in (0, len(mels) - 160)]
    assert plain.embed(crop) == pytest.approx(
        unit(plain._embed(plain._network, windows).mean(axis=0)), abs=1e-5
    )
    assert (plain.model_id, encoder.model_id) == (NETWORK_ID, MODEL_ID)
    assert plain.embed(crop) @ encoder.embed(crop) < 0.999


@needs_weights
def test_batches_do_not_change_a_window(encoder):
    mels = mel_spectrogram(np.tile(chirp(), 3))
    windows = [mels[i : i + 160] for i in range(0, 140)]
    together = encoder.embed_windows(windows)
    assert together[100] == pytest.approx(encoder.embed_windows([windows[100]])[0], abs=3e-3)
    assert encoder.embed_windows([]).shape == (0, 256)


@needs_weights
def test_empty_crop_is_refused(encoder):
    with pytest.raises(ValueError, match="empty"):
        encoder.embed(np.zeros(0, np.float32))


def test_damaged_weights_are_named_broken(tmp_path):
    (tmp_path / "pretrained.pt").write_bytes(b"no weights")
    with pytest.raises(ModelBroken, match="damaged"):
        VoiceEncoder(tmp_path / "pretrained.pt")


def test_missing_weights_are_named_missing(tmp_path, monkeypatch):
    with pytest.raises(ModelMissing):
        VoiceEncoder(tmp_path / "nowhere.pt")
    monkeypatch.setattr(embedding.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ModelMissing, match="Resemblyzer"):
        bundled_weights()


@pytest.mark.models
@needs_weights
def test_package_of_the_weights_is_never_imported():
    code = (
        "import sys; from engine.embedding import bundled_weights; bundled_weights();"
        " sys.exit('resemblyzer' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@needs_weights
def test_same_person_is_closer_than_another(encoder, shared_data):
    import soundfile

    def crop(speaker, number):
        path = shared_data / "librispeech-speakers" / speaker
        samples, _ = soundfile.read(sorted(path.glob("*.flac"))[number], dtype="float32")
        return encoder.embed(samples)

    first, again, other = crop("1688", 0), crop("1688", 1), crop("2033", 0)
    assert first @ again > 0.75 > first @ other


@needs_weights
def test_dull_microphone_moves_a_voice_less_than_it_moves_the_network(encoder, shared_data):
    import soundfile

    from tools.measure.microphones import Microphone, made_up_noise

    path = sorted((shared_data / "librispeech-speakers" / "1688").glob("*.flac"))[0]
    samples, _ = soundfile.read(path, dtype="float32")
    noise = made_up_noise(np.random.default_rng(1))
    dull = Microphone(high_hz=5_000, tilt_db=-2, noise=noise, snr_db=14).record(samples)
    plain = VoiceEncoder(even=False)
    assert encoder.embed(samples) @ encoder.embed(dull) > plain.embed(samples) @ plain.embed(dull)
