"""The entry point of the web process: pages through Django, sockets through Channels.

>>> sorted(application.application_mapping)
['http', 'websocket']
"""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scribe_site.settings")
_pages = get_asgi_application()

from realtime_app.origins import origins_checked  # noqa: E402
from realtime_app.routing import urlpatterns  # noqa: E402  (models must be loaded first)
from sessions_app.uploads.streaming import streamed_uploads  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": streamed_uploads(_pages),
        "websocket": origins_checked(AuthMiddlewareStack(URLRouter(urlpatterns))),  # type: ignore[arg-type]
    }
)
