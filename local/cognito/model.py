"""Botocore's service model of ``cognito-idp``: which operations exist and what a valid request is."""

import base64
import binascii
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from local.cognito.errors import invalid
from local.cognito.patterns import compile_pattern

Doc = dict[str, Any]

TARGET_PREFIX = "AWSCognitoIdentityProviderService"

# The model's pattern of DomainType has no dot, yet the service takes custom domains such as auth.example.com
# (DG:cognito-user-pools-add-custom-domain). `domains` checks the label rule for prefix domains.
_PATTERN_CORRECTIONS = {"DomainType": r"[a-z0-9](?:[a-z0-9\-.]{0,61}[a-z0-9])?"}

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
    "blob": (str,),
    "timestamp": (int, float),
}


# Operations that are younger than the botocore that ministack pins, in the form of botocore's own extras. A test holds
# them against the newer botocore of the product.
_NEWER = Path(__file__).with_name("newer")


@functools.cache
def service_model() -> ServiceModel:
    """The model shipped with the installed botocore, and the newer operations that are served besides."""
    session = botocore.session.get_session()
    session.get_component("data_loader").search_paths.append(str(_NEWER))
    return session.get_service_model("cognito-idp")


def find_operation(name: str) -> OperationModel | None:
    """The operation's model, or None where the service has no such operation."""
    if name not in service_model().operation_names:
        return None
    return service_model().operation_model(name)


def check_request(operation: OperationModel, params: Doc) -> None:
    """Raise InvalidParameterException, worded as AWS words it, unless `params` satisfy the model."""
    shape = operation.input_shape
    problems = list(_problems(shape, params, "")) if shape is not None else []
    if problems:
        noun = "error" if len(problems) == 1 else "errors"
        raise invalid(f"{len(problems)} validation {noun} detected: {'; '.join(problems)}")


def check_value(shape_name: str, value: object, path: str) -> None:
    """Raise InvalidParameterException unless a value is of a type of the model; `path` says in words where it is."""
    if problems := list(_problems(service_model().shape_for(shape_name), value, path)):
        raise invalid(f"1 validation error detected: {problems[0]}")


def _member_path(path: str, name: str) -> str:
    camel = name[:1].lower() + name[1:]
    return f"{path}.{camel}" if path else camel


def _structure_problems(shape: StructureShape, value: Doc, path: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"Value null at '{_member_path(path, name)}' failed to satisfy constraint: Member must not be null"
    for name, item in value.items():
        if name not in shape.members:
            # AWS ignores members it does not know; here a typing error, or a setting newer than the model,
            # must not vanish silently.
            yield f"Value at '{_member_path(path, name)}' failed to satisfy constraint: Member is not in the model"
        elif item is not None:
            yield from _problems(shape.members[name], item, _member_path(path, name))


def _problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    expected = _PYTHON_TYPES[shape.type_name]
    if not _is_a(value, expected):
        return iter([f"Value at '{path}' failed to satisfy constraint: Member must be of type {shape.type_name}"])
    if shape.metadata.get("document"):
        # A document is whatever JSON the service makes of it.
        return iter(())
    if isinstance(shape, StructureShape):
        return _structure_problems(shape, value, path)
    if isinstance(shape, ListShape):
        return _list_problems(shape, value, path)
    if isinstance(shape, MapShape):
        return _map_problems(shape, value, path)
    if shape.type_name == "string":
        return _string_problems(shape, value, path)
    if shape.type_name == "blob":
        return _blob_problems(shape, value, path)
    return _number_problems(shape, value, path) if shape.type_name in ("integer", "long") else iter(())


def _is_a(value: object, expected: tuple[type, ...]) -> bool:
    """As isinstance, but a bool is no number."""
    return isinstance(value, expected) and (bool in expected or not isinstance(value, bool))


def _list_problems(shape: ListShape, value: list[Any], path: str) -> Iterator[str]:
    yield from _size_problems(shape, value, path)
    for number, item in enumerate(value, start=1):
        yield from _problems(shape.member, item, f"{path}.{number}.member")


def _map_problems(shape: MapShape, value: Doc, path: str) -> Iterator[str]:
    yield from _size_problems(shape, value, path)
    for key, item in value.items():
        yield from _problems(shape.key, key, f"{path}.key")
        yield from _problems(shape.value, item, f"{path}.{key}.member")


def _shown(shape: Shape, value: object, path: str) -> str:
    """The value's place, with the value itself unless the model marks it as sensitive."""
    return f"Value at '{path}'" if shape.metadata.get("sensitive") else f"Value '{value}' at '{path}'"


def _size_problems(shape: Shape, value: str | list[Any] | Doc, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    failed = f"{_shown(shape, value, path)} failed to satisfy constraint: Member must have length"
    if least is not None and len(value) < least:
        yield f"{failed} greater than or equal to {least}"
    if most is not None and len(value) > most:
        yield f"{failed} less than or equal to {most}"


def _string_problems(shape: Shape, value: str, path: str) -> Iterator[str]:
    yield from _size_problems(shape, value, path)
    failed = f"{_shown(shape, value, path)} failed to satisfy constraint: Member must satisfy"
    pattern = _PATTERN_CORRECTIONS.get(shape.name, shape.metadata.get("pattern"))
    if pattern is not None and compile_pattern(re.sub(r"^\^|\$$", "", pattern)).fullmatch(value) is None:
        yield f"{failed} regular expression pattern: {pattern}"
    choices = shape.metadata.get("enum")
    if choices and value not in choices:
        yield f"{failed} enum value set: [{', '.join(choices)}]"


def _blob_problems(shape: Shape, value: str, path: str) -> Iterator[str]:
    try:
        content = base64.b64decode(value, validate=True)
    except binascii.Error:
        yield f"Value at '{path}' failed to satisfy constraint: Member must be Base64"
        return
    most = shape.metadata.get("max")
    if most is not None and len(content) > most:
        yield f"Value at '{path}' failed to satisfy constraint: Member must have length less than or equal to {most}"


def _number_problems(shape: Shape, value: int, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    failed = f"{_shown(shape, value, path)} failed to satisfy constraint: Member must have value"
    if least is not None and value < least:
        yield f"{failed} greater than or equal to {least}"
    if most is not None and value > most:
        yield f"{failed} less than or equal to {most}"
