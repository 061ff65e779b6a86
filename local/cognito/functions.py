"""Lambda triggers: which function a pool has for what, and asking one by HTTP.

An operation runs in a transaction, and while it does nothing else is served. A function may take seconds, and may call
this very service. So an operation that needs one is undone (`Needed`), the function is asked, and the operation done
again with the answer (`Call.answers`): what it decided before is decided anew, from what is then in the store.
"""

import json
from collections.abc import Callable
from typing import TypeVar

import httpx

from local.cognito.errors import ServiceError
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.store import Store

_ADDRESSES = "function-addresses"
# A function has five seconds; a call that takes longer is made again, three times in all
# (DG:cognito-user-pools-working-with-lambda-triggers).
_SECONDS = 5.0
_ATTEMPTS = 3
_Result = TypeVar("_Result")


class Needed(Exception):
    """A function has to be asked before the operation can go on."""

    def __init__(self, trigger: str, address: str, event: Doc) -> None:
        super().__init__(trigger)
        self.trigger, self.address, self.event = trigger, address, event


def addresses(store: Store) -> dict[str, str]:
    """Where functions are, by ARN."""
    return dict(store.get("meta", name=_ADDRESSES) or {})


def change_addresses(store: Store, changes: dict[str, str | None]) -> dict[str, str]:
    """Say where functions are, by ARN; None forgets one. ValueError for what is no address."""
    for arn, address in changes.items():
        if not arn.startswith("arn:") or not (address is None or address.startswith(("http://", "https://"))):
            raise ValueError("give ARNs of functions and their addresses by HTTP")
    with store.transaction():
        merged = {arn: address for arn, address in {**addresses(store), **changes}.items() if address is not None}
        store.put("meta", merged, name=_ADDRESSES)
    return merged


def function_of(pool: Doc, trigger: str) -> tuple[str, str] | None:
    """The ARN of a pool's function for a trigger, and the version of its event; None where the pool has none."""
    configured: Doc = pool["LambdaConfig"]
    if trigger == "PreTokenGeneration" and "PreTokenGenerationConfig" in configured:
        config = configured["PreTokenGenerationConfig"]
        return str(config["LambdaArn"]), str(config["LambdaVersion"]).removeprefix("V").partition("_")[0]
    return (str(configured[trigger]), "1") if trigger in configured else None


def invoke(call: Call, pool: Doc, trigger: str, event: Doc) -> Doc | None:
    """Return the `response` of a pool's function, or None where it has none that this service can reach.

    Args:
        call: the operation.
        pool: whose function.
        trigger: as LambdaConfig names it.
        event: without its version.

    Raises:
        Needed: it was not asked yet; the operation is undone.
        ServiceError: it refused, failed, or answered what cannot be read.
    """
    found = function_of(pool, trigger)
    address = None if found is None else addresses(call.store).get(found[0])
    if found is None or address is None:
        return None
    if call.asked == len(call.answers):
        raise Needed(trigger, address, {"version": found[1], **event})
    answer = call.answers[call.asked]
    call.asked += 1
    if isinstance(answer, ServiceError):
        raise answer
    return answer


async def with_functions(run: Callable[[list[Doc | ServiceError]], _Result]) -> _Result:
    """Run an operation, and again each time a function was asked for it.

    Args:
        run: takes the answers of functions so far; raises `Needed` for the next one.
    """
    answers: list[Doc | ServiceError] = []
    while True:
        try:
            return run(answers)
        except Needed as needed:
            answers.append(await _ask(needed))


async def _ask(needed: Needed) -> Doc | ServiceError:
    """Send the event and return the answer's `response`, or what the operation is to fail with.

    The protocol is Lambda's Invoke, which AWS's runtime interface emulator speaks as well: what a function raised comes
    with status 200, as `errorMessage`. The words are AWS's, as quoted in aws-amplify/amplify-js#9127 (failed with
    error), furaiev/amazon-cognito-identity-dart-2#204 (timeout), awslabs/service-workbench-on-aws#1136 (invocation
    failed), aws/aws-sdk-js#2692 (Invalid JSON) and amazon-archives/amazon-cognito-identity-js#167 (Unrecognizable).
    """
    answered: httpx.Response | None = None
    cause = "Socket timeout while invoking Lambda function"
    async with httpx.AsyncClient(timeout=_SECONDS) as client:
        for _attempt in range(_ATTEMPTS):
            try:
                answered = await client.post(needed.address, json=needed.event)
                break
            except httpx.TimeoutException:
                continue
            except httpx.HTTPError as error:
                cause = type(error).__name__
                break
    if answered is None or answered.status_code != httpx.codes.OK:
        cause = cause if answered is None else f"HTTP {answered.status_code}"
        return _failure("UnexpectedLambdaException", f"{needed.trigger} invocation failed due to error {cause}.")
    try:
        told = json.loads(answered.content)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return _failure("InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON")
    if "errorMessage" in told:
        message = str(told["errorMessage"]).rstrip(".")
        return _failure("UserLambdaValidationException", f"{needed.trigger} failed with error {message}.")
    return dict(told["response"]) if isinstance(told.get("response"), dict) else unreadable()


def unreadable() -> ServiceError:
    """The refusal of an answer that is not of the event's form."""
    return _failure("InvalidLambdaResponseException", "Unrecognizable lambda output")


def _failure(code: str, message: str) -> ServiceError:
    """What was done before stays done: a code or a password that was used is used up."""
    return ServiceError(code, message, keep_changes=True)
