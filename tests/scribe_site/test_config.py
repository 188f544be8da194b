import re

import pytest
from pydantic import ValidationError

from scribe_site.config import BASE_DIR, DEFAULT_SECRET, Config


def config(**values) -> Config:
    return Config(_env_file=None, **values)


def test_production_refuses_to_start_with_the_default_secret():
    with pytest.raises(ValidationError, match="SCRIBE_SECRET_KEY"):
        config(mode="production")


def test_production_starts_with_a_secret_of_its_own():
    assert config(mode="production", secret_key="x" * 60).signing_secret() == "x" * 60


def test_home_mode_makes_one_secret_and_keeps_it(tmp_path):
    first = config(data_dir=tmp_path).signing_secret()
    assert first != DEFAULT_SECRET
    assert len(first) >= 50
    assert config(data_dir=tmp_path).signing_secret() == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_every_setting_is_read_somewhere():
    apps = ("engine", "realtime_app", "scribe_site", "sessions_app")
    code = "".join(path.read_text() for app in apps for path in (BASE_DIR / app).rglob("*.py"))
    assert [name for name in Config.model_fields if not re.search(rf"\.{name}\b", code)] == []


def test_the_address_that_members_use_is_answered():
    read = config(public_url="https://scribe.example.org:8443/", allowed_hosts=" box.local, ")
    assert read.answered_hosts == ["box.local", "scribe.example.org"]


def test_the_four_conventional_names_are_read(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    monkeypatch.setenv("WHISPER_LANGUAGE", "en")
    monkeypatch.setenv("HF_TOKEN", "hf_x")
    read = config()
    assert (read.redis_url, read.database_url) == ("redis://elsewhere", "postgresql://elsewhere/db")
    assert (read.language, read.hf_token.get_secret_value()) == ("en", "hf_x")
    assert not read.embedded_redis


def test_a_time_zone_that_does_not_exist_is_refused():
    assert config(time_zone="Europe/London").time_zone == "Europe/London"
    with pytest.raises(ValidationError, match="SCRIBE_TIME_ZONE"):
        config(time_zone="Middle-earth/Bree")
