"""Logos that are none, beyond those of `tests/tenants/test_logo.py`: what costs time, what hides in attributes."""

import time
from contextlib import suppress

import pytest

from tenants.errors import ValidationFailed
from tenants.services.logo import clean_logo

_OPEN = '<svg xmlns="http://www.w3.org/2000/svg">'


def cost(data: bytes) -> float:
    """The least of several times: the garbage collector may come in between, and takes longer than a logo."""

    def once() -> float:
        begun = time.thread_time()
        with suppress(ValidationFailed):
            clean_logo(data)
        return time.thread_time() - begun

    return min(once() for _ in range(3))


@pytest.mark.parametrize(
    "make",
    [
        lambda size: f"<style>{'a' * size}</style>",
        lambda size: f"<style>{'a-' * (size // 2)}(</style>",
        lambda size: f"<style>a{' ' * size}</style>",
        lambda size: f"<style>{'a ' * (size // 2)}</style>",
        lambda size: f"<style>{'url( ' * (size // 5)}</style>",
        lambda size: f"<style>{'url(#a' * (size // 6)}</style>",
        lambda size: f"<style>url(#{'a' * size}</style>",
        lambda size: f'<rect fill="url({" " * size}x"/>',
        lambda size: f'<rect fill="{"url(#" * (size // 5)}"/>',
        lambda size: f'<rect style="{"a" * size}"/>',
    ],
)
def test_the_time_to_check_grows_with_the_size_and_not_with_its_square(make: object) -> None:
    """Anybody who may set a logo could otherwise keep a web worker busy for minutes with one file."""
    assert callable(make)
    small, large = (f"{_OPEN}{make(size)}</svg>".encode() for size in (30_000, 300_000))
    # Ten times the size may take ten times as long and a good deal more; its square would be a hundred times.
    assert cost(large) < 40 * max(cost(small), 0.002)


@pytest.mark.parametrize(
    "attribute",
    [
        "mask=\"image-set('https://evil.example/x' 1x)\"",
        "fill=\"src('https://evil.example/x')\"",
        "mask=\"image('https://evil.example/x')\"",
        'clip-path="path(url(x))"',
        'filter="url(https://evil.example/x#f)"',
        'fill="\\75rl(https://evil.example/x)"',
    ],
)
def test_an_attribute_loads_no_more_than_a_style(attribute: str) -> None:
    with pytest.raises(ValidationFailed):
        clean_logo(f"{_OPEN}<rect {attribute}/></svg>".encode())
