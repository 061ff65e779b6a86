"""Reads the templates of docs/integrate/aws: CloudFormation with its tags filled in, and Terraform."""

import json
import re
from collections.abc import Mapping
from typing import Any

import hcl2
import yaml

from tests.federation.integrate.samples import FOLDER

AWS = FOLDER / "aws"
# What !Ref of a resource gives, where that is read again here: its ARN, or its id.
REFERENCES = {
    "Provider": "arn:aws:iam::123456789012:oidc-provider/login.example",
    "IdentityPool": "us-east-1:0a1b2c3d-0000-4000-8000-000000000000",
}
_PSEUDO = {"AWS::Partition": "aws"}
_BLANK = re.compile(r"\$\{([^!}][^}]*)\}")


class _Loader(yaml.SafeLoader):
    """YAML with the tags of CloudFormation, each kept as the function that it is short for."""


def _function(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    assert isinstance(node, yaml.ScalarNode), f"!{suffix} of something else than text is not read here"
    return {suffix: loader.construct_scalar(node)}


yaml.add_multi_constructor("!", _function, Loader=_Loader)


def cloudformation(name: str, **parameters: str) -> dict[str, dict[str, Any]]:
    """Return a template's resources by name, with parameters and references filled in.

    Args:
        name: the file's, without its ending.
        parameters: of the template; those with a default may be left out.
    """
    template = yaml.load((AWS / f"{name}.yaml").read_text(), _Loader)  # noqa: S506  # a loader that is as safe
    known = {**_PSEUDO, **{name: REFERENCES.get(name, name.lower()) for name in template["Resources"]}}
    for parameter, rule in template["Parameters"].items():
        value = parameters.pop(parameter, rule.get("Default"))
        assert value is not None, f"{parameter} must be given"
        assert re.fullmatch(rule.get("AllowedPattern", ".*"), value), f"{parameter} may not be {value}"
        known[parameter] = value
    assert not parameters, f"{name} has no {parameters}"
    return {name: _filled(resource, known) for name, resource in template["Resources"].items()}


def _filled(part: Any, known: Mapping[str, str]) -> Any:
    match part:
        case {"Ref": name}:
            return known[name]
        case {"GetAtt": name}:
            resource, attribute = name.split(".")
            return f"arn:aws:iam::123456789012:role/{known[resource]}" if attribute == "Arn" else known[name]
        case {"Sub": text}:
            return _BLANK.sub(lambda found: known[found[1]], text).replace("${!", "${")
        case dict():
            return {key: _filled(value, known) for key, value in part.items()}
        case list():
            return [_filled(value, known) for value in part]
        case _:
            return part


def terraform(name: str) -> dict[str, list[dict[str, Any]]]:
    """Return a configuration's resources by type, each as its arguments."""
    with (AWS / f"{name}.tf").open() as file:
        read = hcl2.load(file)
    found: dict[str, list[dict[str, Any]]] = {}
    for block in read["resource"]:
        for kind, named in block.items():
            for arguments in named.values():
                found.setdefault(json.loads(kind), []).append(_own(arguments))
    return found


def _own(arguments: dict[str, Any]) -> dict[str, Any]:
    """Leave out what python-hcl2 tells of comments and blocks."""
    return {key: value for key, value in arguments.items() if not key.startswith("__")}
