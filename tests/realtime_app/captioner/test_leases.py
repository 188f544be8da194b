"""Leases: one captioner per session, whoever dies."""

from __future__ import annotations

import os
import subprocess
import sys
from uuid import uuid4

import pytest

from realtime_app.captioner import leases as leases_module
from realtime_app.captioner.expecting import EXPECTING, expect_recording
from realtime_app.captioner.leases import LEASE_MS, Leases, connect, is_dead, owner_name

SESSION = uuid4()


@pytest.fixture
def client(own_redis):
    client = connect(own_redis.url)
    yield client
    client.close()


def captioner(client, name: str, dead=lambda owner: False) -> Leases:
    return Leases(client, name, dead)


def test_only_one_captioner_gets_a_session(client):
    first, second = captioner(client, "first"), captioner(client, "second")
    assert first.take(SESSION)
    assert not second.take(SESSION)
    assert first.take(SESSION)
    assert (first.held, second.held) == ({SESSION}, set())


def test_a_lease_ends_by_itself_and_is_prolonged_by_renewal(client):
    first = captioner(client, "first")
    first.take(SESSION)
    key = next(iter(client.scan_iter("captioner:lease:*")))
    assert 0 < client.pttl(key) <= LEASE_MS
    client.pexpire(key, 50)
    first.renew()
    assert client.pttl(key) > LEASE_MS / 2


def test_what_is_given_back_can_be_taken_at_once(client):
    first, second = captioner(client, "first"), captioner(client, "second")
    first.take(SESSION)
    first.give_back(SESSION)
    first.renew()
    assert second.take(SESSION)
    assert first.held == set()


def test_nobody_gives_back_what_another_has(client):
    first, second = captioner(client, "first"), captioner(client, "second")
    first.take(SESSION)
    second.give_back(SESSION)
    assert not second.take(SESSION)


def test_the_session_of_a_captioner_that_is_known_to_be_dead_is_taken_at_once(client):
    captioner(client, "first").take(SESSION)
    assert captioner(client, "second", dead=lambda owner: owner == "first").take(SESSION)


def test_what_nobody_or_a_dead_captioner_has_is_free(client):
    other, third = uuid4(), uuid4()
    captioner(client, "first").take(SESSION)
    captioner(client, "second").take(other)
    own = captioner(client, "own", dead=lambda owner: owner == "second")
    assert own.free([SESSION, other, third]) == [other, third]
    own.take(third)
    assert own.free([SESSION, third]) == []


def test_a_captioner_whose_lease_another_took_notices(client):
    first = captioner(client, "first")
    first.take(SESSION)
    captioner(client, "second", dead=lambda owner: True).take(SESSION)
    first.renew()
    assert first.held == set()


def test_leases_are_taken_anew_after_redis_lost_them(client):
    first = captioner(client, "first")
    first.take(SESSION)
    client.flushall()
    first.renew()
    assert first.held == {SESSION}
    assert not captioner(client, "second").take(SESSION)


def test_captioners_see_what_the_others_have_to_do(client):
    first, second = captioner(client, "first"), captioner(client, "second")
    first.tell_load(3)
    second.renew()
    assert second.loads_of_others() == {"first": 3}
    assert first.loads_of_others() == {"second": 0}
    first.leave()
    assert second.loads_of_others() == {}


def test_the_dead_do_not_count(client):
    captioner(client, "first").tell_load(3)
    assert captioner(client, "second", dead=lambda owner: True).loads_of_others() == {}


def test_opening_the_live_page_lets_captioners_expect_a_recording(client, own_redis, settings):
    settings.REDIS_URL = own_redis.url
    own = captioner(client, "own")
    assert not own.sees(EXPECTING)
    expect_recording()
    assert own.sees(EXPECTING)


def test_a_page_opens_without_redis(settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nothing.sock"
    expect_recording()


def test_leaving_gives_everything_back(client):
    first, second = captioner(client, "first"), captioner(client, "second")
    first.take(SESSION)
    first.leave()
    assert second.take(SESSION)


def test_a_captioner_keeps_what_it_has_while_redis_is_gone_and_when_it_is_back(mortal_redis):
    client = connect(mortal_redis.url)
    first = captioner(client, "first")
    first.take(SESSION)
    mortal_redis.kill()
    first.renew()
    assert not first.reachable
    assert first.held == {SESSION}
    assert not first.take(uuid4())
    assert first.loads_of_others() == {}
    mortal_redis.start()
    first.renew()
    assert first.reachable
    assert not captioner(client, "second").take(SESSION)
    client.close()


def test_a_process_that_ended_is_dead_and_this_one_lives(monkeypatch):
    assert not is_dead(owner_name())
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    name = owner_name()
    assert is_dead(name.replace(f"/{os.getpid()}/", f"/{ended.pid}/"))
    monkeypatch.setattr(leases_module, "_machine", lambda: "another machine")
    assert not is_dead(name.replace(f"/{os.getpid()}/", f"/{ended.pid}/"))


@pytest.mark.parametrize("name", ["", "nonsense", "a/b", "a/b/c/d"])
def test_names_that_mean_nothing_are_not_dead(name):
    assert not is_dead(name)
