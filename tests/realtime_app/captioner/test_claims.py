"""Captioners share what there is to caption, over a real Redis."""

from __future__ import annotations

import pytest

from realtime_app.captioner.claims import SPREAD_S, Claims
from realtime_app.captioner.leases import Leases, connect
from realtime_app.captioner.share import LEAVE_TO_OTHERS_S
from realtime_app.models import Capture, CaptureState
from sessions_app.models import Session

pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Hall:
    """Captioners that know of each other by Redis alone."""

    def __init__(self, client) -> None:
        self.client = client
        self.clock = Clock()
        self.dead: set[str] = set()
        self.leases: dict[str, Leases] = {}

    def captioner(self, name: str) -> Claims:
        self.leases[name] = Leases(self.client, name, self.dead.__contains__)
        self.leases[name].renew()
        return Claims(self.leases[name], self.clock)


@pytest.fixture
def hall(own_redis):
    client = connect(own_redis.url)
    yield Hall(client)
    client.close()


@pytest.fixture
def sessions(campaign) -> list[Session]:
    return [Session.objects.create(campaign=campaign, number=number) for number in (1, 2)]


def record(session: Session, key: str = "one", **fields) -> Capture:
    return Capture.objects.create(session=session, key=key, **fields)


def test_two_captioners_take_one_session_each(hall, sessions):
    captures = {record(session).uuid for session in sessions}
    one, two = hall.captioner("one"), hall.captioner("two")
    first, second = one.look(), two.look()
    assert (len(first), len(second)) == (1, 1)
    assert first.keys() | second.keys() == captures
    assert one.look().keys() == first.keys()


def test_a_session_is_not_split(hall, sessions):
    record(sessions[0])
    record(sessions[0], "two")
    one, two = hall.captioner("one"), hall.captioner("two")
    assert (len(one.look()), len(two.look())) == (2, 0)


def test_what_the_dead_leave_is_taken_at_once(hall, sessions):
    capture = record(sessions[0])
    one, two = hall.captioner("one"), hall.captioner("two")
    one.look()
    assert two.look() == {}
    hall.dead.add("one")
    assert two.look().keys() == {capture.uuid}


def test_what_a_captioner_on_another_machine_leaves_is_taken_when_its_lease_ends(hall, sessions):
    capture = record(sessions[0])
    one, two = hall.captioner("one"), hall.captioner("two")
    one.look()
    hall.client.delete(*hall.client.scan_iter("captioner:*:one"), *hall.client.scan_iter("captioner:lease:*"))
    assert two.look().keys() == {capture.uuid}
    hall.leases["one"].renew()
    assert one.look() == {}


def test_the_one_with_less_to_do_gets_what_is_new(hall, sessions):
    record(sessions[0])
    one = hall.captioner("one")
    assert len(one.look()) == 1
    two = hall.captioner("two")
    new = record(sessions[1])
    assert new.uuid not in one.look()
    assert two.look().keys() == {new.uuid}


def test_what_the_others_do_not_take_is_taken_all_the_same(hall, sessions):
    record(sessions[0])
    one = hall.captioner("one")
    one.look()
    hall.captioner("two, which stands still")
    new = record(sessions[1])
    assert new.uuid not in one.look()
    hall.clock.now += LEAVE_TO_OTHERS_S
    assert new.uuid in one.look()


def test_a_newcomer_gets_its_share(hall, sessions):
    for session in sessions:
        record(session)
    one = hall.captioner("one")
    assert len(one.look()) == 2
    two = hall.captioner("two")
    hall.clock.now += SPREAD_S
    assert len(one.look()) == 1
    assert len(two.look()) == 1
    hall.clock.now += SPREAD_S
    assert (len(one.look()), len(two.look())) == (1, 1)


def test_a_session_without_anything_to_caption_is_let_go(hall, sessions):
    capture = record(sessions[0], held=16_000)
    one = hall.captioner("one")
    one.look()
    Capture.objects.filter(pk=capture.pk).update(state=CaptureState.STOPPED)
    assert one.look().keys() == {capture.uuid}
    Capture.objects.filter(pk=capture.pk).update(captioned_to=16_000)
    assert one.look() == {}
    assert hall.leases["one"].held == set()


def test_what_nobody_wants_captioned_is_left(hall, sessions):
    record(sessions[0], captioned=False)
    record(sessions[1], state=CaptureState.DISCARDED)
    assert hall.captioner("one").look() == {}
