"""What waits for one page."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_app.live.outbox import Outbox


def draft(utterance, firm=""):
    return {"type": "caption.draft", "id": utterance, "firm": firm}


def final(utterance):
    return {"type": "caption.final", "id": utterance}


async def drained(outbox):
    found = []
    while True:
        try:
            found.append(await asyncio.wait_for(outbox.get(), 0.01))
        except TimeoutError:
            return found


async def test_only_the_newest_draft_of_an_utterance_waits():
    outbox = Outbox()
    for message in (draft("a", "We"), draft("b", "Yes"), draft("a", "We are")):
        outbox.put(message)
    assert await drained(outbox) == [draft("a", "We are"), draft("b", "Yes")]


async def test_draft_that_waits_is_dropped_when_its_line_comes():
    outbox = Outbox()
    outbox.put(draft("a", "We are"))
    outbox.put(final("a"))
    assert await drained(outbox) == [final("a")]


async def test_slow_page_gets_lines_but_no_drafts_until_it_has_taken_what_it_has():
    outbox = Outbox(ahead=2)
    for number in range(3):
        outbox.put(final(str(number)))
    outbox.put(draft("x", "Wait"))
    assert await drained(outbox) == [final("0"), final("1"), final("2")]
    outbox.seen(2)
    assert await drained(outbox) == [draft("x", "Wait")]


async def test_page_that_claims_to_have_seen_more_than_it_was_sent_gains_nothing():
    outbox = Outbox(ahead=1)
    outbox.seen(10**9)
    outbox.put(final("0"))
    await outbox.get()
    outbox.put(draft("x"))
    assert await drained(outbox) == []


async def test_page_that_takes_nothing_is_given_up():
    outbox = Outbox(most=3)
    assert [outbox.put(final(str(number))) for number in range(3)] == [True, True, False]


async def test_news_of_a_kind_waits_once():
    outbox = Outbox()
    for _ in range(5):
        outbox.put({"type": "markers.changed"})
    assert await drained(outbox) == [{"type": "markers.changed"}]


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from("df"), st.sampled_from("abc")), max_size=40))
def test_no_line_is_lost_and_the_last_draft_of_an_open_utterance_arrives(said):
    async def told():
        outbox = Outbox()
        for number, (kind, utterance) in enumerate(said):
            outbox.put(
                draft(utterance, str(number))
                if kind == "d"
                else {"type": "caption.final", "id": utterance, "n": number}
            )
        return await drained(outbox)

    found = asyncio.run(told())
    finals = [message["n"] for message in found if message["type"] == "caption.final"]
    assert finals == [number for number, (kind, _) in enumerate(said) if kind == "f"]
    for utterance in "abc":
        last = max((n for n, (kind, id_) in enumerate(said) if id_ == utterance), default=None)
        drafts = [m["firm"] for m in found if m["type"] == "caption.draft" and m["id"] == utterance]
        open_still = last is not None and said[last][0] == "d"
        assert drafts == ([str(last)] if open_still else [])


async def test_delay_waits_once_per_capture():
    outbox = Outbox()
    for capture, behind in (("a", 1), ("b", 2), ("a", 3)):
        outbox.put({"type": "caption.delay", "capture": capture, "behind_ms": behind})
    assert [(m["capture"], m["behind_ms"]) for m in await drained(outbox)] == [("a", 3), ("b", 2)]
