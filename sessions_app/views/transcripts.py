"""The page of a session and the parts of its transcript.

>>> from django.urls import reverse
>>> page = client.get(reverse("session-lines", args=[session.uuid, 0, 12])).content.decode()
>>> page.count('class="line-time"')
12
"""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from sessions_app.conditional import unless_known
from sessions_app.models import Session
from sessions_app.requests import UserRequest
from sessions_app.rights import get_visible
from sessions_app.transcripts.blocks import block_of_line, block_speeches, lines_of, position_of
from sessions_app.transcripts.choice import Choice
from sessions_app.transcripts.reading import read
from sessions_app.transcripts.reviewing import review_share, to_review
from sessions_app.transcripts.scenes import scene_list
from sessions_app.transcripts.session_page import session_page
from sessions_app.transcripts.voices import shown_voices
from sessions_app.transcripts.waveform import waveform


def _visible_session(request: UserRequest, uuid: UUID) -> Session:
    return get_visible(Session.objects.select_related("campaign").defer("peaks"), request.user, uuid=uuid)


@require_safe
def session_detail(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The one page of a session, whatever state it is in."""
    session = _visible_session(request, uuid)
    page = session_page(session, request.GET)
    context = {
        "session": session,
        "campaign": session.campaign,
        "page": page,
        "run": page.run,
        "reading": page.reading,
        "can_edit": session.is_editable_by(request.user),
    }
    return render(request, "sessions_app/session_detail.html", context)


@require_safe
def session_transcript(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The transcript alone, as far as the address chooses it, opened where it says."""
    session = _visible_session(request, uuid)
    context = {
        "session": session,
        "reading": read(session, request.GET),
        "can_edit": session.is_editable_by(request.user),
    }
    return render(request, "sessions_app/_transcript.html", context)


@require_safe
def session_lines(request: UserRequest, uuid: UUID, first: int, until: int) -> HttpResponse:
    """The lines of one block, as it comes into view or others changed it."""
    session = _visible_session(request, uuid)
    choice = Choice.of(request.GET)
    speeches = block_speeches(
        lines_of(session, choice), first, until, shown_voices(session), as_heard=choice.as_heard
    )
    return render(request, "sessions_app/_lines.html", {"session": session, "speeches": speeches})


@require_safe
def session_line(request: UserRequest, uuid: UUID, line: UUID) -> HttpResponseBase:
    """Where a line is: for a script its position, for a person the page opened there.

    The position is null where the line is not among those that the address chooses.
    """
    session = _visible_session(request, uuid)
    everything = block_of_line(lines_of(session), line)
    if everything is None:
        raise Http404
    if not request.accepts("text/html"):
        return JsonResponse({"position": position_of(lines_of(session, Choice.of(request.GET)), line)})
    page = reverse("session-detail", args=[session.uuid])
    return HttpResponseRedirect(f"{page}{Choice().query(part=everything + 1)}#line-{line}")


@require_safe
def session_review(request: UserRequest, uuid: UUID, what: str) -> HttpResponse:
    """What is worth a look among the lines that the address chooses, for the walk through it."""
    session = _visible_session(request, uuid)
    places = to_review(what, lines_of(session, Choice.of(request.GET)), session)
    if places is None:
        raise Http404
    return JsonResponse({"lines": [asdict(place) for place in places]})


@require_safe
def session_review_share(request: UserRequest, uuid: UUID) -> HttpResponse:
    """How much of a session is reviewed, as it stands over the transcript."""
    session = _visible_session(request, uuid)
    choice = Choice.of(request.GET)
    context = {
        "session": session,
        "share": review_share(session),
        "choice": choice,
        "can_edit": session.is_editable_by(request.user),
    }
    return render(request, "sessions_app/_review_share.html", context)


@require_safe
def session_scenes(request: UserRequest, uuid: UUID) -> HttpResponse:
    """The scenes of a session; for htmx what stands beside the transcript."""
    session = _visible_session(request, uuid)
    name = "sessions_app/_scenes.html" if request.htmx else "sessions_app/session_scenes.html"
    return render(request, name, {"session": session, "scenes": scene_list(session)})


@require_safe
def session_waveform(request: UserRequest, uuid: UUID) -> HttpResponseBase:
    """The waveform's bins."""
    return unless_known(request, JsonResponse(waveform(_visible_session(request, uuid))))
