import pytest

from scribe_site import checks
from scribe_site.config import Config


@pytest.fixture
def configured(monkeypatch):
    def configure(**values):
        monkeypatch.setattr(checks, "get_config", lambda: Config(_env_file=None, **values))

    return configure


def ids(messages):
    return [message.id for message in messages]


def test_a_sound_installation_has_nothing_to_say(configured, tmp_path):
    configured(data_dir=tmp_path)
    assert checks.s3_has_its_keys() == checks.pyannote_has_weights() == []


def test_a_data_folder_that_is_a_file_is_an_error(configured, tmp_path):
    (tmp_path / "var").write_text("in the way")
    configured(data_dir=tmp_path / "var")
    assert ids(checks.data_folder_is_writable()) == ["scribe.E001"]


def test_a_nearly_full_disk_is_a_warning(configured, tmp_path, monkeypatch):
    configured(data_dir=tmp_path)
    monkeypatch.setattr(checks, "_LEAST_FREE_BYTES", 10**18)
    assert ids(checks.data_folder_is_writable()) == ["scribe.W001"]


def test_half_a_pair_of_keys_is_an_error(configured):
    configured(s3_bucket="recordings", s3_access_key="key")
    assert ids(checks.s3_has_its_keys()) == ["scribe.E002"]


def test_pyannote_by_name_needs_weights(configured):
    configured(diarizer="pyannote")
    assert ids(checks.pyannote_has_weights()) == ["scribe.E003"]
    configured(diarizer="pyannote", pyannote_model="/models/pipeline")
    assert checks.pyannote_has_weights() == []
