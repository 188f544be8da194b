"""Lets the page of a session include the panel of its labels without knowing how one is made.

>>> labels_panel(session).lines
12
"""

from __future__ import annotations

from django import template

from sessions_app.labels.panel import LabelsPanel
from sessions_app.labels.panel import labels_panel as panel_of
from sessions_app.models import Session

register = template.Library()


@register.simple_tag
def labels_panel(session: Session) -> LabelsPanel:
    """Returns what there is to tell about the session's labels."""
    return panel_of(session)
