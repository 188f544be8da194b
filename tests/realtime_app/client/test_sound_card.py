import sys
from types import SimpleNamespace

import numpy as np
import pytest

from realtime_app.client import sound_card
from realtime_app.client.sound_card import NoDevice, SoundCard, devices
from realtime_app.client.sources import Lost


class PortAudioError(Exception):
    pass


class FakeStream:
    """Gives the blocks of a script, each at its time."""

    def __init__(self, script, clock, callback, samplerate, **_):
        self._script, self._clock, self._callback, self.rate = script, clock, callback, samplerate

    def __enter__(self):
        self._clock.feed = self._feed
        return self

    def __exit__(self, *_):
        pass

    def _feed(self):
        if self._script:
            self._clock.now, samples = self._script.pop(0)
            self._callback(samples.tobytes(), len(samples), None, None)


def fake(monkeypatch, script, rates=(16_000, 48_000)):
    """Puts a sounddevice in place whose blocks arrive one by one, as they are waited for; returns a card."""
    clock = SimpleNamespace(now=0.0, feed=None)

    def stream(**options):
        if options["samplerate"] not in rates:
            raise PortAudioError("Invalid sample rate")
        return FakeStream(script, clock, **options)

    module = SimpleNamespace(
        RawInputStream=stream,
        PortAudioError=PortAudioError,
        query_devices=lambda *asked: {"default_samplerate": 48_000.0} if asked else "0 Table microphone",
    )
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    card = SoundCard(clock=lambda: clock.now)
    real_get = card._arrived.get

    def get(timeout):
        clock.feed()
        if not script and card._arrived.empty():
            card.stop()
        return real_get(timeout=0)

    card._arrived = SimpleNamespace(get=get, put=card._arrived.put, empty=card._arrived.empty)
    return card


def block(count=1600):
    return np.full(count, 1000, np.int16)


def test_a_device_is_recorded(monkeypatch):
    card = fake(monkeypatch, [(0.1, block()), (0.2, block())])
    found = list(card.blocks())
    assert sum(len(samples) for samples in found) == 3200


def test_what_a_stalled_device_lost_is_said(monkeypatch):
    card = fake(monkeypatch, [(0.1, block()), (60.2, block()), (60.3, block())])
    found = list(card.blocks())
    assert [piece.samples for piece in found if isinstance(piece, Lost)] == [60 * 16_000]
    assert sum(len(piece) for piece in found if not isinstance(piece, Lost)) == 4800


def test_a_short_delay_is_no_loss(monkeypatch):
    card = fake(monkeypatch, [(0.1, block()), (0.9, block()), (1.0, block())])
    assert not any(isinstance(piece, Lost) for piece in card.blocks())


def test_a_device_that_knows_only_its_own_rate_is_resampled(monkeypatch):
    card = fake(monkeypatch, [(n / 10, block(4800)) for n in range(1, 11)], rates=(48_000,))
    assert sum(len(piece) for piece in card.blocks()) == pytest.approx(16_000, abs=64)


def test_a_device_that_can_not_be_opened_is_named(monkeypatch):
    card = fake(monkeypatch, [], rates=())
    with pytest.raises(NoDevice, match="Invalid sample rate"):
        list(card.blocks())


def test_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(NoDevice, match="pip install sounddevice"):
        devices()


def test_devices_are_listed(monkeypatch):
    fake(monkeypatch, [])
    assert devices() == "0 Table microphone"
    assert sound_card.SoundCard("3")._device == 3
