"""By which names a machine of the house is reached and answers."""

from __future__ import annotations

import pytest

from scribe_site import config as settings
from scribe_site import own_names
from scribe_site.config import Config


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    monkeypatch.setattr(own_names.socket, "gethostname", lambda: "Table.example.org")
    monkeypatch.setattr(own_names, "_on_the_way_out", lambda: "192.168.1.20")
    monkeypatch.setattr(own_names, "_of_the_name", lambda: ["127.0.1.1", "192.168.1.20", "10.0.0.3"])


def test_addresses_come_once_and_without_loopback():
    assert own_names.own_addresses() == ["192.168.1.20", "10.0.0.3"]


def test_the_name_is_known_on_the_local_network():
    assert own_names.own_names()[2:] == ["table", "table.local"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_server_for_this_machine_alone_answers_to_no_other_name(host):
    assert own_names.is_loopback(host)
    assert "192.168.1.20" not in Config(_env_file=None, host=host).answered_hosts


def test_a_server_for_the_house_answers_to_its_own_addresses():
    assert not own_names.is_loopback("0.0.0.0")
    assert "192.168.1.20" in Config(_env_file=None, host="0.0.0.0").answered_hosts


def test_production_answers_only_to_what_it_was_told():
    production = Config(_env_file=None, host="0.0.0.0", mode="production", secret_key="s" * 50)
    assert "192.168.1.20" not in production.answered_hosts
    assert settings.own_names is own_names.own_names
