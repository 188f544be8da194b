"""Addresses of what people write in lines, and of undoing it.

>>> from django.urls import reverse
>>> reverse("removed-lines", args=[session.uuid]).replace(str(session.uuid), "UUID")
'/sessions/UUID/removed/'
"""

from django.urls import URLPattern, path

from speakers_app.views import edit_pages, edits

urlpatterns: list[URLPattern] = [
    path("sessions/<uuid:uuid>/lines/<uuid:line>/text/", edits.line_text, name="line-text"),
    path("sessions/<uuid:uuid>/lines/<uuid:line>/split/", edits.line_split, name="line-split"),
    path("sessions/<uuid:uuid>/lines/<uuid:line>/join/", edits.line_join, name="line-join"),
    path("sessions/<uuid:uuid>/lines/<uuid:line>/heard/", edits.line_heard, name="line-heard"),
    path("sessions/<uuid:uuid>/lines/<uuid:line>/edit/", edit_pages.line_edit, name="line-edit"),
    path("sessions/<uuid:uuid>/lines/<uuid:line>/history/", edit_pages.line_history, name="line-history"),
    path("sessions/<uuid:uuid>/lines/remove/", edits.lines_remove, name="lines-remove"),
    path("sessions/<uuid:uuid>/lines/restore/", edits.lines_restore, name="lines-restore"),
    path("sessions/<uuid:uuid>/lines/reviewed/", edits.lines_reviewed, name="lines-reviewed"),
    path("sessions/<uuid:uuid>/removed/", edit_pages.removed_lines, name="removed-lines"),
    path("sessions/<uuid:uuid>/undo/", edits.session_undo, name="session-undo"),
    path("sessions/<uuid:uuid>/redo/", edits.session_redo, name="session-redo"),
]
