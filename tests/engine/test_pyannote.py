import importlib.util
import sys

import numpy as np
import pytest

from engine.diarization import SpeakerCount
from engine.diarization.pyannote import SUGGESTED, PyannoteDiarizer
from engine.errors import ModelBroken, ModelMissing
from engine.values import Span

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("pyannote.audio") is None, reason="pyannote.audio is not installed"
    ),
    pytest.mark.filterwarnings("default"),  # pyannote's, torchaudio's and lightning's own
]


class Noise:
    """Eight seconds whose colour changes each second, so that random networks change their mind."""

    duration_ms = 8_000

    def __init__(self):
        random = np.random.default_rng(1)
        seconds = []
        for second in range(8):
            kernel = random.normal(size=2 + 3 * (second % 3))
            seconds.append(np.convolve(random.normal(size=16_000), kernel, "same"))
        sound = np.concatenate(seconds)
        self._samples = (0.3 * sound / np.abs(sound).max()).astype(np.float32)

    def read(self, start_ms, end_ms):
        return self._samples[max(0, start_ms) * 16 : end_ms * 16]


@pytest.fixture(scope="module", params=["community", "legacy"])
def folder(request, tmp_path_factory):
    from tests.engine import pyannote_folders

    make = getattr(pyannote_folders, f"{request.param}_folder")
    return make(tmp_path_factory.mktemp("weights") / request.param)


@pytest.mark.slow
def test_local_folder_is_loaded_and_run(folder):
    reports = []
    diarizer = PyannoteDiarizer(folder, device="cpu")
    found = diarizer.diarize(
        Noise(), [Span(0, 8_000)], SpeakerCount(max=3), lambda *report: reports.append(report)
    )
    assert found.turns
    assert list(found.turns) == sorted(found.turns)
    assert found.voices == tuple(range(len(found.voices)))
    assert len(found.voices) <= 3
    assert all(0 <= turn.start_ms < turn.end_ms <= 8_000 for turn in found.turns)
    for embedding in found.embeddings:
        assert embedding.model.startswith("pyannote-")
        assert np.linalg.norm(embedding.vector) == pytest.approx(1, abs=1e-4)
    assert {embedding.model for embedding in found.embeddings} <= {diarizer.voice_encoder().model_id}
    assert reports[0] == ("diarize", 0, 100)
    assert reports[-1] == ("diarize", 100, 100)
    done = [done for _, done, _ in reports]
    assert done == sorted(done)


@pytest.mark.slow
def test_the_pipelines_own_encoder_can_be_had_without_diarizing(folder):
    encoder = PyannoteDiarizer(folder, device="cpu").voice_encoder()
    assert encoder.model_id == PyannoteDiarizer(folder, device="cpu").voice_encoder().model_id
    assert encoder.model_id.startswith("pyannote-")
    vector = encoder.embed(Noise().read(0, 8_000))
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


@pytest.mark.slow
def test_raising_from_progress_stops_the_pipeline(folder):
    class CancelledError(Exception):
        pass

    def cancel(_stage, done, _total):
        if done > 1:
            raise CancelledError

    with pytest.raises(CancelledError):
        PyannoteDiarizer(folder, device="cpu").diarize(Noise(), [Span(0, 8_000)], SpeakerCount(), cancel)


@pytest.mark.slow
def test_damaged_weights_are_named_broken(folder, tmp_path):
    import shutil

    copy = shutil.copytree(folder, tmp_path / "copy")
    weights = max(copy.rglob("*.bin"))
    weights.write_bytes(b"half a download")
    with pytest.raises(ModelBroken, match="incomplete or damaged") as raised:
        PyannoteDiarizer(copy).load()
    assert raised.value.detail


@pytest.mark.slow
def test_missing_weights_are_named_broken(folder, tmp_path):
    import shutil

    copy = shutil.copytree(folder, tmp_path / "copy")
    max(copy.rglob("*.bin")).unlink()
    with pytest.raises((ModelBroken, ModelMissing)):
        PyannoteDiarizer(copy).load()


def test_folder_that_does_not_exist_says_what_to_do(tmp_path):
    with pytest.raises(ModelMissing, match="HF_TOKEN"):
        PyannoteDiarizer(tmp_path / "nowhere").load()


def test_folder_without_a_pipeline_is_named_broken(tmp_path):
    with pytest.raises(ModelBroken, match=r"config\.yaml"):
        PyannoteDiarizer(tmp_path).load()


def test_configuration_that_is_none_is_named_broken(tmp_path):
    (tmp_path / "config.yaml").write_text("- no pipeline", "utf-8")
    with pytest.raises(ModelBroken, match="incomplete or damaged"):
        PyannoteDiarizer(tmp_path).load()


@pytest.mark.parametrize("status", [401, 403, 404])
def test_weights_that_need_consent_say_what_to_do(status, monkeypatch):
    from huggingface_hub.errors import HfHubHTTPError

    from engine.diarization import pyannote

    pyannote._import_pyannote()
    from pyannote.audio.core import pipeline

    class RefusedError(HfHubHTTPError):
        def __init__(self):
            Exception.__init__(self, f"{status} from the hub")

    def refuse(*_args, **_kwargs):
        raise RefusedError

    RefusedError.__name__ = "GatedRepoError"
    monkeypatch.setattr(pipeline, "download_from_hf_hub", refuse)
    with pytest.raises(ModelMissing, match="HF_TOKEN") as raised:
        PyannoteDiarizer(SUGGESTED).load()
    assert raised.value.retryable
    assert str(status) in raised.value.detail


def test_hub_out_of_reach_says_what_to_do(monkeypatch):
    from engine.diarization import pyannote

    pyannote._import_pyannote()
    from huggingface_hub.errors import LocalEntryNotFoundError
    from pyannote.audio.core import pipeline

    def unreachable(*_args, **_kwargs):
        raise LocalEntryNotFoundError("offline")

    monkeypatch.setattr(pipeline, "download_from_hf_hub", unreachable)
    with pytest.raises(ModelMissing, match="could not be downloaded"):
        PyannoteDiarizer(SUGGESTED, token="hf_x").load()


def test_no_speech_needs_no_weights(tmp_path):
    found = PyannoteDiarizer(tmp_path / "nowhere").diarize(Noise(), [], SpeakerCount())
    assert found.turns == ()


@pytest.mark.slow
def test_telemetry_is_off():
    from engine.diarization import pyannote

    pyannote._import_pyannote()
    from pyannote.audio.telemetry.metrics import is_metrics_enabled

    assert not is_metrics_enabled()


@pytest.mark.slow
def test_importing_the_diarizer_loads_no_pyannote():
    import subprocess

    code = "import sys, engine.diarization.pyannote; sys.exit('pyannote.audio' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
