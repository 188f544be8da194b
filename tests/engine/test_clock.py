"""Times: integers that go to samples and back, and the ways in which people read them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import (
    SAMPLE_RATE,
    clock,
    format_ms,
    in_hours,
    ms_to_samples,
    samples_to_ms,
    seconds_to_ms,
)

times = st.integers(0, 48 * 3_600_000)


@given(times)
def test_milliseconds_go_to_samples_and_back_unchanged(ms):
    assert samples_to_ms(ms_to_samples(ms)) == ms
    assert ms_to_samples(ms) * 1000 == ms * SAMPLE_RATE
    assert isinstance(ms_to_samples(ms), int)


@given(times, st.integers(0, 15))
def test_a_sample_belongs_to_the_millisecond_that_holds_it(ms, further):
    assert samples_to_ms(ms_to_samples(ms) + further) == ms


@pytest.mark.parametrize(
    ("seconds", "ms"), [(0.0, 0), (1.0, 1000), (0.0004, 0), (0.0006, 1), (3.14159, 3142)]
)
def test_seconds_are_rounded_to_the_nearest_millisecond(seconds, ms):
    found = seconds_to_ms(seconds)
    assert found == ms
    assert isinstance(found, int)


@given(times)
def test_a_written_time_says_every_millisecond(ms):
    hours, minutes, seconds, millis = map(
        int, re.fullmatch(r"(\d\d+):(\d\d):(\d\d)\.(\d{3})", format_ms(ms)).groups()
    )
    assert max(minutes, seconds) < 60
    assert ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis == ms
    assert format_ms(ms, separator=",") == format_ms(ms).replace(".", ",")


@given(times)
def test_a_readers_time_says_every_second_and_no_empty_hours(ms):
    parts = clock(ms).split(":")
    assert len(parts) == (3 if ms >= 3_600_000 else 2)
    assert not (len(parts[0]) > 1 and parts[0].startswith("0"))
    assert all(len(part) == 2 and int(part) < 60 for part in parts[1:])
    assert sum(int(part) * 60**power for power, part in enumerate(reversed(parts))) == ms // 1000


@pytest.mark.parametrize(
    ("ms", "hours"), [(0, 0), (3_600_000, 1), (5_400_000, 1.5), (3_636_000, 1.01), (43_200_000, 12)]
)
def test_hours_are_whole_where_they_are(ms, hours):
    found = in_hours(ms)
    assert found == hours
    assert isinstance(found, int) == (ms % 3_600_000 == 0)
