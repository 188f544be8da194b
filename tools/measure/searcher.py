"""Fills a database with a campaign of many long sessions, asks it many questions, and prints how long each took.

A process of its own, because a process has one database: ``python -m tools.measure.searcher SESSIONS LINES``.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

EXAMPLES = Path("engine/classification/examples")
LENGTHS = (2, 4, 6, 9, 12, 18)
NAMES = 40_000
"""Words that no other has made up: a language has many that are seldom said."""
ASKED = 40
"""Questions of each kind."""
A_PAGE = 30
"""Hits that are shown at first."""


class Talk:
    """Says what is said at such tables: words in the order of real lines, with rare names between."""

    def __init__(self, language: str, rng: random.Random) -> None:
        rows = [json.loads(row) for row in (EXAMPLES / f"{language}.jsonl").read_text().splitlines()]
        self.words = " ".join(row["text"] for row in rows).split()
        self.rng = rng

    def line(self) -> str:
        """Returns a line of 2 to 18 words."""
        length = self.rng.choice(LENGTHS)
        at = self.rng.randrange(len(self.words) - length)
        words = self.words[at : at + length]
        if self.rng.random() < 0.3:
            words[self.rng.randrange(length)] = name(int(self.rng.paretovariate(0.5)) % NAMES)
        return " ".join(words)


def name(number: int) -> str:
    """Returns a made-up word, the same for the same number."""
    parts = (
        "ka",
        "lo",
        "mir",
        "then",
        "dra",
        "vos",
        "eli",
        "gor",
        "ush",
        "ban",
        "ter",
        "zal",
        "qui",
        "ord",
        "fen",
        "wy",
    )
    rng = random.Random(number)
    return "".join(rng.choice(parts) for _ in range(rng.choice((2, 3, 3, 4)))).capitalize()


def fill(campaign: Any, sessions: int, lines: int) -> None:
    """Stores the sessions, every second one in Dutch."""
    from sessions_app.models import Segment, Session, Voice

    rng = random.Random(1)
    talks = {language: Talk(language, rng) for language in ("nl", "en")}
    for number in range(1, sessions + 1):
        language = ("nl", "en")[number % 2]
        day = date(2024, 1, 1) + timedelta(weeks=number)
        session = Session.objects.create(campaign=campaign, number=number, language=language, date=day)
        voices = Voice.objects.bulk_create(Voice(session=session, number=n) for n in range(1, 7))
        said = [talks[language].line() for _ in range(lines)]
        Segment.objects.bulk_create(
            (_segment(Segment, session, rng.choice(voices), at, text, rng) for at, text in enumerate(said)),
            batch_size=1000,
        )


def _segment(kind: Any, session: Any, voice: Any, at: int, text: str, rng: random.Random) -> Any:
    start = at * 2400
    words = [[start, start + 200, word, 0.9] for word in text.split()]
    label = rng.choice(("IC", "IC", "OOC", ""))
    return kind(
        session=session, voice=voice, position=at, start_ms=start, end_ms=start + 2200, text=text, words=words,
        label=label,
    )  # fmt: skip


def questions(rng: random.Random) -> Iterator[tuple[str, str, bool, dict[str, Any]]]:
    """Yields kind, text, whether it is still being typed, and filters."""
    from sessions_app.models import Session, Voice
    from sessions_app.transcripts.showing import Show

    talks = [Talk(language, rng) for language in ("nl", "en")]
    sessions = list(Session.objects.values_list("pk", flat=True))
    for _ in range(ASKED):
        talk = rng.choice(talks)
        at = rng.randrange(len(talk.words) - 4)
        one, two, three = talk.words[at : at + 3]
        rare = name(int(rng.paretovariate(0.5)) % NAMES)
        yield "word", one, False, {}
        yield "words", f"{one} {three}", False, {}
        yield "phrase", f'"{one} {two}"', False, {}
        yield "without", f"{one} -{three}", False, {}
        yield "name", rare, False, {}
        yield "typing", one[: rng.randint(1, len(one))], True, {}
        yield "typing_more", f"{one} {two} {three[: rng.randint(1, len(three))]}", True, {}
        yield "misspelt", rare[:2] + rare[3] + rare[2] + rare[4:], False, {}
        chosen = frozenset(rng.sample(sessions, 3))
        yield "in_sessions", one, False, {"sessions": chosen}
        voices = frozenset(Voice.objects.filter(number=rng.randint(1, 6)).values_list("pk", flat=True))
        yield "by_speaker", one, False, {"voices": voices}
        yield "story", one, False, {"show": Show.STORY}
        since = date(2024, 1, 1) + timedelta(weeks=rng.randrange(100))
        yield "since", one, False, {"since": since}


def main(sessions: int, lines: int) -> None:
    """Fills, asks, indexes anew, and prints one JSON object."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scribe_site.settings")
    django.setup()
    from django.core.management import call_command
    from django.template.loader import render_to_string

    from sessions_app.models import Campaign, Party
    from sessions_app.search.asking import search
    from sessions_app.search.backend import backend
    from sessions_app.search.filters import choices_of
    from sessions_app.search.reindexing import reindex
    from sessions_app.search.shown import shown
    from sessions_app.search.values import Filters

    call_command("migrate", verbosity=0, interactive=False)
    campaign = Campaign.objects.create(name="Benchmark", language="nl")
    Party.objects.create(campaign=campaign)
    fill(campaign, sessions, lines)
    began = time.perf_counter()
    reindex(backend(), lambda done, total: None)
    reindexed = time.perf_counter() - began

    def ask(text: str, *, typing: bool = False, **filters: Any) -> None:
        """As the page does, from the words to the hits as they are sent."""
        found = search(campaign, text, Filters(**filters), A_PAGE, typing=typing)
        results = shown(found, choices_of(campaign, people=False))
        render_to_string("sessions_app/_search_groups.html", {"results": results})

    ask("warm up")
    taken: dict[str, list[float]] = {}
    for kind, text, typing, filters in questions(random.Random(2)):
        began = time.perf_counter()
        ask(text, typing=typing, **filters)
        taken.setdefault(kind, []).append(round((time.perf_counter() - began) * 1000, 2))
    print(json.dumps({"ms": taken, "reindex_s": round(reindexed, 1)}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
