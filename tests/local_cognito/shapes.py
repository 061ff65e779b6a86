"""Do answers have the shapes of botocore's service model? Its own parser drops unknown members silently."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "blob": (str,),
    "timestamp": (int, float),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
}


def check_answer(operation_model: OperationModel, response_dict: dict[str, Any], **_: object) -> None:
    """Handler of botocore's before-parse event: fail the test whose answer is not as the model says."""
    body = json.loads(response_dict["body"])
    if response_dict["status_code"] >= 300:
        declared = {shape.name for shape in operation_model.error_shapes}
        assert set(body) == {"__type", "message"}, body
        told = _TOLD_IN_WORDS.get(operation_model.name, set())
        assert body["__type"] in declared | told | _COMMON_ERRORS, (operation_model.name, body)
        return
    shape = operation_model.output_shape
    problems = [] if shape is None else list(problems_of(shape, body, operation_model.name))
    assert not problems, problems


# Errors of every operation, which the model does not list at each.
_COMMON_ERRORS = {
    "AccessDeniedException",
    "InternalErrorException",
    "TooManyRequestsException",
    "ExpiredTokenException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "UnknownOperationException",
    "UnrecognizedClientException",
}


# Errors that an operation's description or the page of quotas names, though the model does not list them with it.
_TOLD_IN_WORDS = {
    "AdminCreateUser": {"AliasExistsException"},  # B:AdminCreateUserRequest, ForceAliasCreation
    "AdminAddUserToGroup": {"LimitExceededException"},  # DG:quotas, groups per user
}


def _is_a(value: object, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def problems_of(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """Where `value` is not of `shape`: unknown or missing members, wrong types, values outside an enumeration."""
    if shape.metadata.get("document"):
        return
    if not _is_a(value, shape.type_name):
        yield f"{path} is {value!r}, not a {shape.type_name}"
    elif isinstance(shape, StructureShape):
        yield from (f"{path}.{name} is not in the model" for name in value if name not in shape.members)
        yield from (f"{path}.{name} is missing" for name in shape.required_members if name not in value)
        for name in value.keys() & shape.members.keys():
            yield from problems_of(shape.members[name], value[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for number, item in enumerate(value):
            yield from problems_of(shape.member, item, f"{path}[{number}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from problems_of(shape.value, item, f"{path}[{key}]")
    elif shape.metadata.get("enum") and value not in shape.metadata["enum"]:
        yield f"{path} is {value!r}, not one of {shape.metadata['enum']}"
