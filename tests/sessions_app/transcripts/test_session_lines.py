"""Blocks of lines: together they hold every line exactly once, whatever the reader chose."""

import re

import pytest
from django.urls import reverse

LINE = re.compile(r'id="line-([0-9a-f-]{36})"')


def block_of(client, session, block, **query):
    return client.get(reverse("session-lines", args=[session.uuid, block]), query)


def all_lines(client, session, **query):
    found, block = [], 0
    while (answer := block_of(client, session, block, **query)).status_code == 200:
        found += LINE.findall(answer.content.decode())
        block += 1
    return found


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
    assert block_of(viewer_client, told, 0, voice=99).status_code == 404


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
    assert block_of(outsider_client, told, 0).status_code == 404


def test_block_beyond_what_a_database_counts_is_not_there(viewer_client, told):
    assert block_of(viewer_client, told, 10**20).status_code == 404


def test_block_of_a_long_session_takes_few_queries(viewer_client, long_session, django_assert_num_queries):
    with django_assert_num_queries(7):
        assert block_of(viewer_client, long_session, 90).status_code == 200
