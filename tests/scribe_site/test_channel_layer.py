"""The channel layer's connections outlive the quiet of a page on which nothing happens."""

from __future__ import annotations

from channels_redis.core import RedisChannelLayer
from channels_redis.utils import create_pool, decode_hosts

from scribe_site import settings


def test_a_quiet_socket_is_not_cut_off_while_it_waits():
    (host,) = decode_hosts(settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"])
    patience_s = create_pool(dict(host)).connection_kwargs["socket_timeout"]
    assert patience_s is None or patience_s > 2 * RedisChannelLayer.brpop_timeout
