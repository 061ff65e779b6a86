"""Operations that the local Cognito's older botocore does not know are described as the newer one has them."""

import json
from pathlib import Path
from typing import Any

import botocore.session

from tests.local_cognito.running import REPOSITORY

_EXTRAS = REPOSITORY / "local" / "cognito" / "newer" / "cognito-idp" / "2016-04-18" / "service-2.sdk-extras.json"


def _without_documentation(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _without_documentation(value) for key, value in part.items() if key != "documentation"}
    return [_without_documentation(item) for item in part] if isinstance(part, list) else part


def test_they_are_botocores_own() -> None:
    loader = botocore.session.get_session().get_component("data_loader")
    model = _without_documentation(loader.load_service_model("cognito-idp", "service-2"))
    merged = json.loads(Path(_EXTRAS).read_text())["merge"]
    assert merged["operations"]
    for kind, parts in merged.items():
        for name, part in parts.items():
            assert part == model[kind][name], f"{kind}: {name}"
