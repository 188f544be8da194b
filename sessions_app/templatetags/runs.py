"""Lets the page of a session include the panel of its Run without knowing how one is made.

>>> run_panel(session).run.state
'done'
"""

from __future__ import annotations

from django import template

from sessions_app.forms.runs import ProcessForm
from sessions_app.models import Session
from sessions_app.runs.progress import RunPanel
from sessions_app.runs.progress import run_panel as panel_of

register = template.Library()


@register.simple_tag
def run_panel(session: Session) -> RunPanel:
    """Returns what there is to tell about the session's latest Run."""
    return panel_of(session)


@register.simple_tag
def process_form(session: Session) -> ProcessForm:
    """Returns the form with which the session is processed again."""
    return ProcessForm(instance=session)
