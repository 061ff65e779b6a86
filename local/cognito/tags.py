"""Tags of user pools."""

from local.cognito.errors import invalid
from local.cognito.model import Doc
from local.cognito.operations import Call, operation

_MAX_TAGS = 50  # B:TagResource


def _pool_of_arn(call: Call) -> Doc:
    arn = str(call.params["ResourceArn"])
    head, separator, pool_id = arn.partition(":userpool/")
    if not separator or not head.startswith("arn:"):
        raise invalid(f"Invalid user pool ARN: {arn}")
    return call.pool(pool_id)


@operation("TagResource")
def tag_resource(call: Call) -> Doc:
    """Add or overwrite tags."""
    pool = _pool_of_arn(call)
    pool["UserPoolTags"] = {**pool["UserPoolTags"], **call.params["Tags"]}
    if len(pool["UserPoolTags"]) > _MAX_TAGS:
        raise invalid(f"A user pool has at most {_MAX_TAGS} tags.")
    call.store.update("pools", pool, id=str(pool["Id"]))
    return {}


@operation("UntagResource")
def untag_resource(call: Call) -> Doc:
    """Remove tags; a key that is not there is no error."""
    pool = _pool_of_arn(call)
    gone = set(call.params["TagKeys"])
    pool["UserPoolTags"] = {key: value for key, value in pool["UserPoolTags"].items() if key not in gone}
    call.store.update("pools", pool, id=str(pool["Id"]))
    return {}


@operation("ListTagsForResource")
def list_tags_for_resource(call: Call) -> Doc:
    """All tags of a pool."""
    return {"Tags": _pool_of_arn(call)["UserPoolTags"]}
