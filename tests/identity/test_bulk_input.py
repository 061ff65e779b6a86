"""Reading people from files, pasted lines and JSON lines."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.services.bulk_input import Person, read_csv, read_json_lines, read_pasted
from tenants.errors import ValidationFailed


def of_csv(content: str | bytes) -> list[Person]:
    """The people in a file."""
    return list(read_csv(io.BytesIO(content.encode() if isinstance(content, str) else content)))


@pytest.mark.parametrize(
    "content",
    [
        "email,name\nann@acme.example,Ann Lee\n",
        "\ufeffEmail,Name\r\nann@acme.example,Ann Lee\r\n",
        "name;e-mail\nAnn Lee;ANN@acme.example\n",
        "E-Mail\tFull name\tDepartment\nann@acme.example\tAnn  Lee\tSales\n",
        '"email","name"\n"ann@acme.example","Ann Lee"',
        "email,name\n\n , \nann@acme.example,Ann Lee\n",
    ],
)
def test_files_as_spreadsheets_write_them(content: str) -> None:
    """With a byte order mark, semicolons, tabs, quotes, other columns and empty lines."""
    assert [(person.email, person.name, person.error) for person in of_csv(content)] == [
        ("ann@acme.example", "Ann Lee", "")
    ]


def test_lines_are_counted_as_an_editor_does() -> None:
    """Also after a cell of two lines."""
    content = 'email,name\nann@acme.example,"Ann\nLee"\nbob@acme.example,Bob\n'
    assert [(person.line, person.name) for person in of_csv(content)] == [(3, "Ann Lee"), (4, "Bob")]


def test_what_is_wrong_with_a_line_is_said_and_the_others_are_read() -> None:
    """A bad address, none at all, a name that is too long or holds what cannot be printed."""
    long = "x" * 101
    content = f"email,name\nnonsense,A\n,B\nok@acme.example,C\nlong@acme.example,{long}\nbell@acme.example,\x07\n"
    assert [bool(person.error) for person in of_csv(content)] == [True, True, False, True, True]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("ann@acme.example,Ann\n", "email"),
        ("", "email"),
        (b"email\n\xff\xfe\n", "UTF-8"),
        ('email\n"ann', "CSV"),
        ("email\n" + "x" * 200_000, "CSV"),
    ],
)
def test_what_is_no_such_file_is_refused(content: str | bytes, words: str) -> None:
    """With what to do about it."""
    with pytest.raises(ValidationFailed) as refused:
        of_csv(content)
    assert words in refused.value.fields["file"]


def test_pasted_lines() -> None:
    """With commas, semicolons or tabs, and a first line that names the columns or not."""
    pasted = "email,name\nann@acme.example, Ann Lee\n\nbob@acme.example;Bob\ncy@acme.example\tCy\ndee@acme.example"
    assert [(person.line, person.email, person.name) for person in read_pasted(pasted)] == [
        (2, "ann@acme.example", "Ann Lee"),
        (4, "bob@acme.example", "Bob"),
        (5, "cy@acme.example", "Cy"),
        (6, "dee@acme.example", ""),
    ]


def test_json_lines() -> None:
    """A line that is no such object does not stop the others."""
    lines = [b'{"email": "ann@acme.example", "name": "Ann"}', b"", b"[1]", b'{"email": 1}', b"{", b'{"email":"b@c.de"}']
    found = list(read_json_lines(lines))
    assert [(person.line, person.email, bool(person.error)) for person in found] == [
        (1, "ann@acme.example", False),
        (3, "", True),
        (4, "", True),
        (5, "", True),
        (6, "b@c.de", False),
    ]


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    """It reads people with plain addresses and names, or refuses in words."""
    try:
        found = of_csv(b"email,name\n" + content)
    except ValidationFailed:
        return
    assert all(person.email.isprintable() and person.name.isprintable() for person in found)
    assert all(person.error or "@" in person.email for person in found)
