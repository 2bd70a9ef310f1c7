"""Redis as a cache of others: looked into, and emptied by three people together."""

from backends.redis_cache.adapter import RedisCache
from backends.redis_cache.target import RedisTarget
from backends.shared import Kind, Shared

__all__ = ["KIND", "RedisCache", "RedisTarget"]


def _build(shared: Shared) -> RedisCache:
    return RedisCache(shared.settings.redis_urls)


KIND = Kind("redis", RedisTarget, _build)
