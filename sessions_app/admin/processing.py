"""The operator's two actions on processing, shared by the lists of sessions and of Runs."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions_app.models import Run, Session, User
from sessions_app.runs import cancel_run, start_run


def process_again(model_admin: admin.ModelAdmin, request: HttpRequest, sessions: Iterable[Session]) -> None:
    """Starts a Run of each session that has a recording, and says how many."""
    assert isinstance(request.user, User)
    started = 0
    for session in sessions:
        if session.recordings.exists():
            start_run(session, request.user)
            started += 1
        else:
            model_admin.message_user(
                request, _("“%(session)s” has no recording.") % {"session": session}, messages.WARNING
            )
    if started:
        said = ngettext("%(n)s session is being processed.", "%(n)s sessions are being processed.", started)
        model_admin.message_user(request, said % {"n": started}, messages.SUCCESS)


def cancel(model_admin: admin.ModelAdmin, request: HttpRequest, runs: Iterable[Run]) -> None:
    """Cancels those of ``runs`` that have not ended, and says how many.

    >>> from unittest.mock import Mock
    >>> from sessions_app.runs import start_run
    >>> model_admin, run = Mock(), start_run(session, owner)
    >>> cancel(model_admin, None, [run])
    >>> model_admin.message_user.call_args.args[1]
    '1 Run is cancelled.'
    """
    cancelled = sum(cancel_run(run) for run in runs)
    if cancelled:
        said = ngettext("%(n)s Run is cancelled.", "%(n)s Runs are cancelled.", cancelled) % {"n": cancelled}
        model_admin.message_user(request, said, messages.SUCCESS)
    else:
        model_admin.message_user(request, _("None of them was under way."), messages.WARNING)
