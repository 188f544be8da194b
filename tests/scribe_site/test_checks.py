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


def test_an_endpoint_needs_a_model(configured):
    configured(llm_url="http://localhost:11434/v1")
    assert ids(checks.language_model_is_named()) == ["scribe.E004"]
    configured(llm_url="http://localhost:11434/v1", llm_model="qwen")
    assert checks.language_model_is_named() == []
    configured()
    assert checks.language_model_is_named() == []


def test_a_prompt_without_its_placeholders_is_a_warning(configured, tmp_path):
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "ic_ooc_classification_nl.txt").write_text("{{party}} {{examples}}")
    configured(data_dir=tmp_path, llm_url="http://localhost:11434/v1", llm_model="qwen")
    (found,) = checks.own_prompts_can_be_used()
    assert found.id == "scribe.W002"
    assert "{{lines}}" in found.msg
    configured(data_dir=tmp_path)
    assert checks.own_prompts_can_be_used() == []


def test_scribe_s_own_prompts_have_their_placeholders(configured, tmp_path):
    configured(data_dir=tmp_path, llm_url="http://localhost:11434/v1", llm_model="qwen")
    assert checks.own_prompts_can_be_used() == []
