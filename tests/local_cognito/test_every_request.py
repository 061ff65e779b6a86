"""Every member of every request, held against botocore's model: what it forbids is refused by name."""

from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.model import OperationModel, Shape, StructureShape

from tests.local_cognito.running import RunningCognito
from tests.local_cognito.test_every_operation import offered_operations

_NUMBERS = ("integer", "long")


def _shape(model: OperationModel) -> StructureShape:
    assert model.input_shape is not None
    return model.input_shape


def _forbidden(shape: Shape) -> Iterator[Any]:
    """Values that the model forbids."""
    limits = shape.metadata
    if shape.type_name == "string":
        yield 7
        if "max" in limits:
            yield "x" * (limits["max"] + 1)
        if limits.get("enum"):
            yield "NO_SUCH_CHOICE"
        if limits.get("min", 0) > 0:
            yield ""
    elif shape.type_name in _NUMBERS:
        yield "many"
        yield from (limits[name] + step for name, step in (("max", 1), ("min", -1)) if name in limits)
    elif shape.type_name == "list":
        yield "not a list"
        if "max" in limits:
            yield [{}] * (limits["max"] + 1)
    elif not limits.get("document"):
        yield 7


def _cases(model: OperationModel) -> Iterator[tuple[str, Any]]:
    shape = _shape(model)
    yield from ((name, None) for name in shape.required_members)
    for name, member in shape.members.items():
        yield from ((name, value) for value in _forbidden(member))


def test_what_the_model_forbids_is_refused_by_name(cognito: RunningCognito) -> None:
    service = botocore.session.get_session().get_service_model("cognito-idp")
    wrong, tried = [], 0
    for operation in sorted(offered_operations(cognito, service.operation_names)):
        for name, value in _cases(service.operation_model(operation)):
            answer = cognito.post(operation, {name: value}).json()
            place = name[:1].lower() + name[1:]
            tried += 1
            if answer["__type"] != "InvalidParameterException" or f"'{place}" not in answer["message"]:
                wrong.append((operation, name, value, answer))
    assert wrong == []
    assert tried > 900
