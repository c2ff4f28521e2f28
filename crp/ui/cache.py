"""A Redis cache that forgets rather than fails: with Redis down, pages still answer."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Reads miss and writes vanish while Redis is away; one second at most is spent finding out."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        timeouts = {"socket_timeout": 1, "socket_connect_timeout": 1}
        if server.startswith("unix://"):
            timeouts.pop("socket_connect_timeout")
        params.setdefault("OPTIONS", {}).update(timeouts)
        super().__init__(server, params)


def forgiving(name: str, fallback: Callable[..., Any]) -> Callable[..., Any]:
    """The method of RedisCache that answers with `fallback(*args)` when Redis does not."""
    original = getattr(RedisCache, name)

    def method(self: ForgivingRedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            log.warning("cache_unavailable", extra={"operation": name, "reason": str(error)})
            return fallback(*args, **kwargs)

    return method


FALLBACKS: dict[str, Callable[..., Any]] = {
    "get": lambda key, default=None, version=None: default,
    "set": lambda *args, **kwargs: None,
    "add": lambda *args, **kwargs: True,
    "delete": lambda *args, **kwargs: False,
    "touch": lambda *args, **kwargs: False,
    "incr": lambda key, delta=1, version=None: delta,
    "has_key": lambda *args, **kwargs: False,
    "get_many": lambda *args, **kwargs: {},
    "set_many": lambda *args, **kwargs: [],
    "delete_many": lambda *args, **kwargs: None,
    "clear": lambda *args, **kwargs: False,
}
for _name, _fallback in FALLBACKS.items():
    setattr(ForgivingRedisCache, _name, forgiving(_name, _fallback))
