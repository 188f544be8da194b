"""Blocks of lines: together they hold every line exactly once, whatever the reader chose."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.sessions_app.transcripts.blocks import addresses, blocks

LINE = re.compile(r'id="line-([0-9a-f-]{36})"')


def block_of(client, session, block, **query):
    return client.get(addresses(client, session, **query)[block])


def all_lines(client, session, **query):
    return LINE.findall("".join(blocks(client, session, **query)))


def test_blocks_hold_every_line_once_and_in_order(viewer_client, told):
    assert all_lines(viewer_client, told) == [
        str(uuid) for uuid in told.segments.values_list("uuid", flat=True)
    ]


@pytest.mark.parametrize("voices", [[1], [2, 3], [0], [0, 1]])
def test_blocks_of_chosen_voices_hold_their_lines_alone(viewer_client, told, voices):
    expected = [
        str(line.uuid)
        for line in told.segments.select_related("voice")
        if (line.voice.number if line.voice else 0) in voices
    ]
    assert expected
    assert all_lines(viewer_client, told, voice=voices) == expected


def test_unknown_voice_has_no_lines(viewer_client, told):
    assert addresses(viewer_client, told, voice=99) == []


def test_name_is_told_once_per_run_of_lines_even_across_blocks(viewer_client, told):
    around = list(told.segments.all()[59:61])
    told.segments.filter(pk__in=[line.pk for line in around]).update(voice=told.voices.first())
    html = block_of(viewer_client, told, 1).content.decode()
    assert html.index("speech-voice visually-hidden") < html.index("line-time")
    told.segments.filter(pk=around[0].pk).update(voice=told.voices.last())
    html = block_of(viewer_client, told, 1).content.decode()
    assert "speech-voice visually-hidden" not in html


def test_speech_without_words_is_shown_quietly(viewer_client, told):
    assert "[speech without words]" in block_of(viewer_client, told, 0).content.decode()


def test_unsure_words_are_marked(viewer_client, told):
    line = told.segments.first()
    line.words = [
        [0, 100, "the", 0.9],
        [100, 200, "owl", 0.2],
        [200, 300, "bear", 0.3],
        [300, 400, "roars", 0.9],
    ]
    line.text = "the owl bear roars"
    line.save()
    html = block_of(viewer_client, told, 0).content.decode()
    assert 'the <span class="unsure">owl bear</span> roars' in html
    assert 'data-words="0,100,200,300"' in html


def test_edited_text_claims_no_word_times(viewer_client, told):
    told.segments.filter(position=0).update(text="A person wrote <this>.")
    html = block_of(viewer_client, told, 0).content.decode()
    first = html[: html.index("</p>", html.index("line-text"))]
    assert "A person wrote &lt;this&gt;." in first
    assert "data-words" not in first


def test_outsider_gets_404(outsider_client, told):
    assert outsider_client.get(reverse("session-lines", args=[told.uuid, 0, 60])).status_code == 404


def test_block_beyond_what_a_database_counts_is_empty(viewer_client, told):
    for first, until in ((10**20, 10**21), (60, 0)):
        answer = viewer_client.get(reverse("session-lines", args=[told.uuid, first, until]))
        assert (answer.status_code, answer.content.strip()) == (200, b"")


def test_blocks_keep_their_lines_while_others_are_split_and_removed(viewer_client, told):
    later = addresses(viewer_client, told)
    before = [viewer_client.get(address).content for address in later]
    lines = list(told.segments.all())
    told.segments.filter(pk=lines[3].pk).update(removed_at=timezone.now())
    part = lines[10]
    part.pk, part.uuid, part.start_ms = None, uuid4(), part.start_ms + 100
    part.save()
    now = [viewer_client.get(address).content for address in later]
    assert now[0] != before[0]
    assert now[1:] == before[1:]
    assert len(LINE.findall(now[0].decode())) == 60


def test_parts_of_a_split_line_are_in_one_block(viewer_client, told):
    last = told.segments.get(position=59)
    last.pk, last.uuid, last.start_ms = None, uuid4(), last.start_ms + 100
    last.save()
    assert len(all_lines(viewer_client, told)) == len(set(all_lines(viewer_client, told))) == 151
    assert [len(LINE.findall(block)) for block in blocks(viewer_client, told)] == [61, 60, 30]


def test_as_the_machine_heard_it_edits_are_hidden_and_removed_lines_shown(viewer_client, told):
    told.segments.filter(position=0).update(
        text="A person wrote this.", heard_text="a machine herd", heard_words=[]
    )
    told.segments.filter(position=1).update(removed_at=timezone.now())
    html = blocks(viewer_client, told, heard="1")[0]
    assert "a machine herd" in html
    assert "A person wrote this." not in html
    assert len(LINE.findall(html)) == 60
    now = blocks(viewer_client, told)[0]
    assert "A person wrote this." in now
    assert "data-edited" in now


@pytest.mark.slow
def test_block_of_a_long_session_takes_few_queries(viewer_client, long_session, django_assert_num_queries):
    address = addresses(viewer_client, long_session)[90]
    with django_assert_num_queries(9):
        assert viewer_client.get(address).status_code == 200
