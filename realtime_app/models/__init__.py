"""The rows of live recording."""

from realtime_app.models.capture import Capture, CaptureState

__all__ = ["Capture", "CaptureState"]
