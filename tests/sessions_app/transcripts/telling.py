"""Makes a session's transcript from a seed: believable lines, voices, words with times, and loudness."""

from __future__ import annotations

import random

from sessions_app.models import Run, Segment, SegmentKind, Session, State, Voice

SENTENCES = (
    "We lopen langzaam de trap af, met de fakkel voorop.",
    "Wacht even, hoorde je dat ook?",
    "Ja.",
    "I would like to roll perception on that door before anybody touches it.",
    "Dat is een negentien plus vier, dus drieëntwintig.",
    "The hallway smells of wet stone, and far below you hear water running over something hollow.",
    "Nee nee nee, ik ga daar echt niet als eerste naar binnen!",
    "Okay, so the goblin looks at you, and he says: you were not supposed to come back here.",
    "Heb jij de sleutel nog van vorige keer?",
    "Ik geef hem mijn laatste drankje, want anders haalt hij de ochtend niet en dan staan we er alleen voor.",
)
LINE_MS = 2500


def tell(session: Session, *, lines: int, voices: int, seed: int = 1) -> Session:
    """Gives ``session`` a finished Run with ``lines`` lines of ``voices`` voices; returns it.

    Every fortieth line is speech without words and every fiftieth belongs to no voice.
    """
    chance = random.Random(seed)
    run = Run.objects.create(session=session, state=State.DONE, asr_model="small")
    cast = Voice.objects.bulk_create(
        [Voice(session=session, number=number, talk_ms=0) for number in range(1, voices + 1)]
    )
    Segment.objects.bulk_create(_lines(session, run, cast, lines, chance), batch_size=500)
    for voice in cast:
        voice.talk_ms = sum(end - start for start, end in voice.segments.values_list("start_ms", "end_ms"))
        voice.save(update_fields=["talk_ms"])
    session.duration_ms = lines * LINE_MS
    session.peaks = bytes(chance.randrange(20, 230) for _ in range(session.duration_ms // 100))
    session.save(update_fields=["duration_ms", "peaks"])
    return session


def _lines(session: Session, run: Run, cast: list[Voice], lines: int, chance: random.Random):
    voice = cast[0]
    for position in range(lines):
        if chance.random() < 0.35:
            voice = chance.choice(cast)
        start = position * LINE_MS
        heard = position % 40 != 39
        words = _words(chance.choice(SENTENCES), start, chance) if heard else []
        yield Segment(
            session=session,
            run=run,
            voice=None if position % 50 == 49 else voice,
            position=position,
            start_ms=start,
            end_ms=words[-1][1] if words else start + 900,
            text=" ".join(word[2] for word in words),
            words=words,
            kind=SegmentKind.SPEECH if heard else SegmentKind.UNHEARD,
        )


def _words(sentence: str, start: int, chance: random.Random) -> list[list]:
    texts = sentence.split()
    step = (LINE_MS - 200) // len(texts)
    return [
        [start + i * step, start + (i + 1) * step, text, round(chance.choice((0.99, 0.95, 0.9, 0.35)), 2)]
        for i, text in enumerate(texts)
    ]
