"""The rows of live recording.

>>> capture = Capture.objects.create(session=session)
>>> Capture.objects.open().visible_to(owner).get() == capture
True
"""

from realtime_app.models.capture import Capture, CaptureState

__all__ = ["Capture", "CaptureState"]
