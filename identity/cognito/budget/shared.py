"""The budget's buckets in Redis, shared by all processes."""

from importlib.resources import files

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from identity.cognito.budget import keys
from identity.cognito.budget.lanes import FIRM, FIRM_IN_TURN, UNKNOWN_DEBT, Lane
from identity.cognito.budget.limits import Limit
from identity.cognito.budget.model import Answer, Verdict
from identity.cognito.calls import Call, Priority

# Long enough for a Redis that is busy saving, short enough for a person who signs in.
_TIMEOUT_SECONDS = 0.5
# A throttled call cuts the rate to this part (multiplicative decrease) ...
_CUT_TO = 0.8
_LEAST_FACTOR = 0.1
_SECONDS_BETWEEN_CUTS = 1.0
# ... and each second without one gives back this part of the full rate (additive increase): 20 seconds for one cut.
_GROWTH_PER_SECOND = 0.01
_MICROSECONDS = 1_000_000


def connect(url: str) -> Redis:
    """Return a client that fails fast. It connects when first used, is safe to share, and to use after a fork."""
    client: Redis = Redis.from_url(
        url,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        # One more try, at once: a connection that was idle may have been closed meanwhile.
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        decode_responses=True,
    )
    return client


class SharedBuckets:
    """Slots of buckets in Redis, by one atomic script a call.

    Every method raises redis.exceptions.RedisError when Redis cannot be asked.
    """

    def __init__(self, client: Redis) -> None:
        self._reserve = client.register_script(_script("reserve.lua"))
        self._shrink = client.register_script(_script("shrink.lua"))

    def reserve(self, call: Call, limits: tuple[Limit, ...], lane: Lane, *, waited: float) -> Answer:
        """Take a slot of each bucket, or of none; see `model.reserve`."""
        times = (lane.credit, FIRM, FIRM_IN_TURN, lane.patience, waited, UNKNOWN_DEBT)
        arguments: list[str | int | float] = [
            int(call.priority),
            *(round(seconds * _MICROSECONDS) for seconds in times),
            _GROWTH_PER_SECOND,
            keys.CATEGORY_KEPT_SECONDS,
            keys.NARROW_KEPT_SECONDS,
            keys.usage_prefix(call.endpoint.place),
            str(call.category),
            keys.USAGE_KEPT_SECONDS,
            *(limit.rate for limit in limits),
        ]
        verdict, wait, now, rates = self._reserve(keys=_names(limits), args=arguments)
        return Answer(Verdict(verdict), int(now) / _MICROSECONDS, wait / _MICROSECONDS, tuple(map(float, rates)))

    def shrink(self, call: Call, limits: tuple[Limit, ...]) -> bool:
        """Count a throttled call, and slow down what it was throttled by; say whether the rate was cut.

        Cognito also limits single users (10 requests a second), with the same error. So that somebody who hammers at
        one account does not slow everybody's sign-in down, a throttled sign-in counts only where the bucket is busy.
        """
        arguments: list[str | int | float] = [
            int(call.priority is Priority.SIGN_IN),
            _CUT_TO,
            _LEAST_FACTOR,
            round(_SECONDS_BETWEEN_CUTS * _MICROSECONDS),
            round(UNKNOWN_DEBT * _MICROSECONDS),
            keys.CATEGORY_KEPT_SECONDS,
            keys.NARROW_KEPT_SECONDS,
            keys.usage_prefix(call.endpoint.place),
            str(call.category),
            keys.USAGE_KEPT_SECONDS,
            call.operation,
        ]
        return bool(self._shrink(keys=_names(limits), args=arguments))


def _names(limits: tuple[Limit, ...]) -> list[str]:
    return [keys.BUCKET + limit.key for limit in limits]


def _script(name: str) -> str:
    return files(__package__).joinpath(name).read_text()
