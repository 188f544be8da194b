"""What a person can decide about the voices and lines of one session; each act is recorded and can be undone.

>>> voice = session.voices.get(number=1)
>>> change = name_voice(voice, "Anna", owner)
>>> voice.assignment.speaker.name, change.get_verb_display()
('Anna', 'named a voice')
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from sessions_app.models import Character, Label, LabelBy, LineKind, Segment, Session, User, Voice
from sessions_app.transcripts.voices import voice_names
from speakers_app.history import recording
from speakers_app.line_kinds import told_by
from speakers_app.models import Assignment, Change, How, Speaker, Verb
from speakers_app.roster import speaker_named


def name_voice(voice: Voice, name: str, user: User | None, how: How = How.PERSON) -> Change:
    """Says that ``voice`` is the person called ``name``, who becomes known if they are not yet."""
    campaign, subject = voice.session.campaign, f"{voice.label} → {name}"
    with recording(campaign, user, Verb.ASSIGN, subject, voice.session) as change:
        _assign(voice, speaker_named(campaign, name), user, how)
    return change


def assign(voice: Voice, speaker: Speaker, user: User | None, how: How = How.PERSON) -> Change:
    """Says that ``voice`` is ``speaker``."""
    subject = f"{voice.label} → {speaker.name}"
    with recording(voice.session.campaign, user, Verb.ASSIGN, subject, voice.session) as change:
        _assign(voice, speaker, user, how)
    return change


def confirm(session: Session, names: dict[Voice, tuple[Speaker | str, How]], user: User | None) -> Change:
    """Says who several voices are at once; a person who is not known yet is given by name."""
    with recording(session.campaign, user, Verb.CONFIRM, str(len(names)), session) as change:
        for voice, (who, how) in names.items():
            speaker = who if isinstance(who, Speaker) else speaker_named(session.campaign, who)
            _assign(voice, speaker, user, how)
    return change


def leave_unnamed(voice: Voice, user: User | None) -> Change:
    """Says that ``voice`` is to have no name, whatever the comparison finds; what its name had taught is forgotten."""
    root = _root(voice)
    with recording(root.session.campaign, user, Verb.UNASSIGN, str(root.label), root.session) as change:
        decide(_root(voice), None, user, How.PERSON)
    return change


def release(voice: Voice, user: User | None) -> Change:
    """Takes back what was decided about ``voice``, so that the comparison names it, or does not."""
    root = _root(voice)
    with recording(root.session.campaign, user, Verb.RELEASE, str(root.label), root.session) as change:
        Assignment.objects.filter(voice=_root(voice)).delete()
    return change


def merge(voice: Voice, into: Voice, user: User | None) -> Change:
    """Says that two voices of a session are one; ``into`` keeps its name, or takes over the other's.

    Raises:
        ValueError: if they are one already, or of two sessions.
    """
    session = into.session
    subject = f"{_root(voice).label} → {_root(into).label}"
    with recording(session.campaign, user, Verb.MERGE, subject, session) as change:
        root, other = _root(into), _root(voice)
        if root == other or root.session_id != other.session_id:
            raise ValueError("only two voices of one session can be merged")
        theirs = Assignment.objects.locked().filter(voice=other).first()
        if theirs is not None and not Assignment.objects.locked().filter(voice=root).exists():
            decide(root, theirs.speaker, user, How(theirs.how))
        Assignment.objects.filter(voice=other).delete()
        Voice.objects.filter(merged_into=other).update(merged_into=root)
        Voice.objects.filter(pk=other.pk).update(merged_into=root)
    return change


def separate(voice: Voice, user: User | None) -> Change:
    """Says that a merged voice is one of its own after all."""
    session = voice.session
    with recording(session.campaign, user, Verb.UNMERGE, str(voice.label), session) as change:
        Voice.objects.filter(pk=voice.pk).update(merged_into=None)
    return change


def move_lines(
    session: Session, lines: Iterable[Segment], to: Voice | None, user: User | None, name: str = ""
) -> Change:
    """Gives lines to another voice of the session, or to a voice of their own where ``to`` is None.

    Args:
        session: whose lines.
        lines: which.
        to: whose they are.
        user: who says so.
        name: of the person whose voice of their own it is, if known.

    Raises:
        ValueError: if ``to`` is of another session.
    """
    if to is not None and to.session_id != session.pk:
        raise ValueError("lines stay in their session")
    keys = [line.pk for line in lines]
    with recording(session.campaign, user, Verb.MOVE, str(len(keys)), session) as change:
        target = to or new_voice(session)
        if to is None and name:
            decide(target, speaker_named(session.campaign, name), user, How.PERSON)
        Segment.objects.filter(session=session, pk__in=keys).update(voice=target)
        drop_empty_voices(session)
    return change


def speak_as(
    session: Session, lines: Iterable[Segment], character: Character | None, user: User | None
) -> Change:
    """Says as whom the speakers of some lines speak; None: as usual."""
    keys = [line.pk for line in lines]
    subject = character.name if character else _("as usual")
    with recording(session.campaign, user, Verb.SPEAK_AS, subject, session) as change:
        Segment.objects.filter(session=session, pk__in=keys).update(character=character)
    return change


def label_lines(
    session: Session, lines: Iterable[Segment], label: Label | None, kind: LineKind | None, user: User | None
) -> Change:
    """Says whether lines belong to the story, or what kind of talk they are; what is not said follows from the rest.

    Whom the classifier found to be spoken as stays with a line as long as it stays of the same kind.
    """
    keys = [line.pk for line in lines]
    with recording(session.campaign, user, Verb.LABEL, str(len(keys)), session) as change:
        roles = {voice: name.role for voice, name in voice_names(session).items()}
        rows = Segment.objects.filter(session=session, pk__in=keys)
        alike: dict[tuple[Label, LineKind], list[int]] = defaultdict(list)
        for pk, before, kind_before, voice in rows.values_list("pk", "label", "label_kind", "voice"):
            alike[told_by(label, kind, before, kind_before, roles.get(voice, ""))].append(pk)
        for (said, kind_said), found in alike.items():
            those = Segment.objects.filter(pk__in=found)
            those.exclude(label_kind=kind_said).update(label_character=None)
            those.update(label=said, label_kind=kind_said, label_confidence=None, label_by=LabelBy.PERSON)
    return change


def new_voice(session: Session) -> Voice:
    """Makes a voice for lines that the machine had given to another; called while recording."""
    number = Voice.objects.filter(session=session).next_number()
    voice: Voice = Voice.objects.create(session=session, number=number, by_hand=True)
    return voice


def drop_empty_voices(session: Session) -> None:
    """Removes voices that people made and that have no lines any more, nor name others; called while recording."""
    Voice.objects.filter(session=session, by_hand=True, segments=None, merged=None).delete()


def decide(voice: Voice, speaker: Speaker | None, user: User | None, how: How) -> None:
    """Writes down a person's decision about a voice that is not merged; called while recording.

    How sure the comparison was of the same stays with it.
    """
    before = Assignment.objects.filter(voice=voice).first()
    same = before is not None and before.speaker_id == (speaker.pk if speaker else None)
    Assignment.objects.update_or_create(
        voice=voice,
        defaults={
            "speaker": speaker,
            "how": how,
            "suggested": False,
            "locked": True,
            "score": before.score if before and same else None,
            "runner_up": before.runner_up if before and same else None,
            "runner_up_score": before.runner_up_score if before and same else None,
            "decided_by": user,
        },
    )


def _assign(voice: Voice, speaker: Speaker, user: User | None, how: How) -> None:
    decide(_root(voice), speaker, user, how)


def _root(voice: Voice) -> Voice:
    """Returns the voice that ``voice`` is part of by now, whatever others did since it was fetched."""
    rows = Voice.objects.select_related("merged_into", "session__campaign")
    now: Voice = rows.defer("embedding", "merged_into__embedding", "session__peaks").get(pk=voice.pk)
    return now.merged_into or now
