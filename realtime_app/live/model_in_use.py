"""Whether captions come from the bundled demo model; the captioner says so, and the live page passes it on."""

from __future__ import annotations

from realtime_app.live.publishing import captures_changed
from realtime_app.models import Capture


def note_model(capture: Capture, *, is_demo: bool) -> None:
    """Notes which kind of model captions ``capture`` from now on; its page says it at once.

    >>> capture = Capture.objects.create(session=session)
    >>> note_model(capture, is_demo=True)
    >>> Capture.objects.get(pk=capture.pk).demo_text
    True
    """
    if capture.demo_text == is_demo:
        return
    capture.demo_text = is_demo
    Capture.objects.filter(pk=capture.pk).update(demo_text=is_demo)
    captures_changed(capture.session)
