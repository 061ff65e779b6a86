"""The two marks of a guide's texts become HTML, and nothing else does."""

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from federation.guides.marks import UnbalancedMarks, check, to_html, to_plain


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("Press Next.", "Press Next."),
        ("Press **Next**.", "Press <strong>Next</strong>."),
        ("Enter `user.email`.", "Enter <code>user.email</code>."),
        ("**A**`b`", "<strong>A</strong><code>b</code>"),
        ("`^https://.**$` is typed", "<code>^https://.**$</code> is typed"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("**Groups** `a` and **Roles**", "<strong>Groups</strong> <code>a</code> and <strong>Roles</strong>"),
        ("{} {0} %s", "{} {0} %s"),
    ],
)
def test_labels_and_what_is_typed_are_marked(text: str, html: str) -> None:
    assert to_html(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("**<b onclick=x>**", "<strong>&lt;b onclick=x&gt;</strong>"),
        ("`</code><img src=x>`", "<code>&lt;/code&gt;&lt;img src=x&gt;</code>"),
        ("a & b \" c ' d", "a &amp; b &quot; c &#x27; d"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
    ],
)
def test_hostile_texts_stay_texts(text: str, html: str) -> None:
    assert to_html(text) == html


@pytest.mark.parametrize("text", ["**Next", "Next**", "`code", "a ` b ` c `", "****", "``", "**a `b` c**"])
def test_marks_that_do_not_pair_are_refused(text: str) -> None:
    with pytest.raises(UnbalancedMarks, match="opens and does not close, or encloses nothing"):
        to_html(text)


@given(st.text(alphabet="*`<>&\"' ab"))
def test_only_the_two_elements_ever_come_out(text: str) -> None:
    try:
        check(text)
    except UnbalancedMarks:
        return
    html = str(to_html(text))
    for element in ("strong", "code"):
        assert html.count(f"<{element}>") == html.count(f"</{element}>")
        html = html.replace(f"<{element}>", "").replace(f"</{element}>", "")
    assert "<" not in html
    assert ">" not in html


def test_the_filter_shows_them_in_a_template() -> None:
    template = Template("{% load guides %}{{ text|marks }}")

    assert template.render(Context({"text": "Press **OK** & `<go>`"})) == (
        "Press <strong>OK</strong> &amp; <code>&lt;go&gt;</code>"
    )


def test_plain_text_has_the_words_alone() -> None:
    assert to_plain("Press **Next**, enter `email`, and 2 * 3.") == "Press Next, enter email, and 2 * 3."
