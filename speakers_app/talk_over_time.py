"""How long each person of a campaign talked, session by session.

>>> len(talk_over_time(campaign))
0
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from engine.clock import clock
from sessions_app.models import Campaign, Session, Voice
from sessions_app.transcripts.choice import Choice
from speakers_app.models import Assignment


@dataclass(frozen=True, slots=True)
class Evening:
    """One person in one session.

    Attributes:
        session: which one.
        voice: the number by which the transcript chooses the person; None where they were not heard.
        talk_ms: how long they talked.
        percent: which part of the session's talk that is.
        height: the talk time in hundredths of the longest that anybody of the campaign talked in one session.
    """

    session: Session
    voice: int | None
    talk_ms: int
    percent: int
    height: int

    @property
    def clock(self) -> str:
        """The talk time as people write it; who says a single word talks for a second."""
        return clock(max(1000, self.talk_ms)) if self.talk_ms else ""

    @property
    def url(self) -> str:
        """The transcript with this person's lines alone."""
        chosen = () if self.voice is None else (self.voice,)
        return self.session.get_absolute_url() + Choice(chosen).query()


@dataclass(slots=True)
class _Heard:
    voice: int
    talk_ms: int = 0


def talk_over_time(campaign: Campaign) -> dict[int, list[Evening]]:
    """Returns, by the primary key of each person heard, every session that has voices, in order; three queries."""
    sessions = list(
        Session.objects.filter(campaign=campaign, voices__isnull=False)
        .defer("peaks", "notes")
        .distinct()
        .order_by("number")
    )
    speakers = dict(
        Assignment.objects.shown().filter(voice__session__campaign=campaign).values_list("voice", "speaker")
    )
    total: dict[int, int] = defaultdict(int)
    heard: dict[int, dict[int, _Heard]] = defaultdict(dict)
    voices = Voice.objects.filter(session__campaign=campaign).order_by("session", "number")
    for pk, root, session, number, talk_ms in voices.values_list(
        "pk", "merged_into", "session", "number", "talk_ms"
    ):
        total[session] += talk_ms
        speaker = speakers.get(root or pk)
        if speaker is not None:
            heard[speaker].setdefault(session, _Heard(number)).talk_ms += talk_ms
    longest = max((each.talk_ms for of_one in heard.values() for each in of_one.values()), default=0) or 1
    return {
        speaker: [
            _evening(session, of_one.get(session.pk), total[session.pk], longest) for session in sessions
        ]
        for speaker, of_one in heard.items()
    }


def _evening(session: Session, heard: _Heard | None, total: int, longest: int) -> Evening:
    if heard is None:
        return Evening(session, None, 0, 0, 0)
    return Evening(
        session=session,
        voice=heard.voice,
        talk_ms=heard.talk_ms,
        percent=round(100 * heard.talk_ms / (total or 1)),
        height=round(100 * heard.talk_ms / longest),
    )
