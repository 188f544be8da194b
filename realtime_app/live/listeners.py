"""Who has a session's live page open, kept in Redis with an expiry: a dead process leaves nobody listening."""

from __future__ import annotations

import logging
import time
from uuid import UUID

import redis
import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from sessions_app.models import Session, User

logger = logging.getLogger(__name__)

LISTENS_S = 50
"""Without a sign for so long, a page is taken for closed."""
SIGN_S = 20.0
"""A page's socket gives a sign this often."""
PATIENCE_S = 2.0


def _key(uuid: UUID) -> str:
    return f"live:listeners:{uuid.hex}"


async def listens(uuid: UUID, user: int, page: str, *, still: bool = True) -> bool:
    """Notes that a page of ``user`` is open, or was closed where it is not ``still``.

    Args:
        uuid: of the session.
        user: primary key of whose page it is.
        page: tells the person's pages from one another.
        still: whether it is open.

    Returns:
        Whether the person listens now and did not before, or the other way round.
    """
    client = redis.asyncio.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE_S,
        socket_connect_timeout=PATIENCE_S,
        decode_responses=True,
    )
    now = time.time()
    try:
        async with client.pipeline() as pipe:
            pipe.zremrangebyscore(_key(uuid), 0, now)
            pipe.zrange(_key(uuid), 0, -1)
            if still:
                pipe.zadd(_key(uuid), {f"{user}:{page}": now + LISTENS_S})
                pipe.expire(_key(uuid), LISTENS_S)
            else:
                pipe.zrem(_key(uuid), f"{user}:{page}")
            _, before, *_rest = await pipe.execute()
    except (RedisError, OSError) as error:
        logger.warning("who listens could not be noted: %r", error)
        return False
    finally:
        await client.aclose()
    others = [each for each in before if each != f"{user}:{page}" and each.startswith(f"{user}:")]
    return not others and (f"{user}:{page}" in before) != still


def listeners(session: Session) -> list[User]:
    """Returns the members who have the live page of ``session`` open, by name; nobody while Redis is away.

    >>> listeners(session)
    []
    """
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE_S,
        socket_connect_timeout=PATIENCE_S,
        decode_responses=True,
    )
    try:
        found = client.zrangebyscore(_key(session.uuid), time.time(), "+inf")
    except (RedisError, OSError) as error:
        logger.warning("who listens could not be read: %r", error)
        return []
    finally:
        client.close()
    keys = {int(str(each).partition(":")[0]) for each in found}
    return list(User.objects.filter(pk__in=keys, campaigns=session.campaign_id).order_by("username"))
