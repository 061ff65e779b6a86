"""Errors as people meet them."""

from collections.abc import Iterator

from django.http import HttpRequest

from config.errors import server_error


class NoMessages:
    """What reads messages when the session's database is away."""

    def __iter__(self) -> Iterator[str]:
        raise ConnectionError


def test_a_fault_of_ours_is_told_whatever_else_fails() -> None:
    request = HttpRequest()
    vars(request).update(request_id="0123456789abcdef", _messages=NoMessages())
    response = server_error(request)
    assert response.status_code == 500
    assert "0123456789abcdef" in response.content.decode()
