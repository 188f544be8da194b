"""The entry point of the web process: pages through Django, sockets through Channels."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scribe_site.settings")
_pages = get_asgi_application()

from realtime_app.routing import urlpatterns  # noqa: E402  (models must be loaded first)
from sessions_app.uploads.streaming import streamed_uploads  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": streamed_uploads(_pages),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(urlpatterns))),  # type: ignore[arg-type]
    }
)
