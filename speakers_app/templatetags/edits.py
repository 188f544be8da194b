"""What templates ask about somebody's own acts.

>>> own_acts_tag(session, owner)
OwnActs(undo=None, redo=None)
"""

from __future__ import annotations

from django import template

from sessions_app.models import Session, User
from speakers_app.undoing import OwnActs, own_acts

register = template.Library()


@register.simple_tag(name="own_acts")
def own_acts_tag(session: Session, user: User) -> OwnActs:
    """Returns what ``user`` can undo and do again in ``session``: ``{% own_acts session request.user as acts %}``."""
    return own_acts(session, user)
