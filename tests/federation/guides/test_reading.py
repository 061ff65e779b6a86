"""A guide's file is read strictly, and each fault is said with the file and the field."""

from datetime import date

import pytest

from federation.guides import Copy, GuideError, GuideProtocol, MetadataBy, OurValue, Paste, Target, TheirValue, read

HEAD = """
slug = "acme"
name = "Acme"
variant = "SAML 2.0"
protocol = "saml"
word = "acme"
order = 10
sources = ["https://docs.acme.example/saml"]
checked = 2026-11-21
needs = "An **Acme** administrator."
metadata_by = ["url"]
"""
STEPS = """
[[steps]]
title = "Create"
place = ["Applications", "New"]
text = '''Choose **SAML**
and press **Next**.'''
  [[steps.copy]]
  value = "acs_url"
  field = "ACS URL"
  [[steps.copy]]
  value = "entity_id"
  field = "Entity ID"
  note = "Begins with `urn:`."
  [[steps.copy]]
  value = "text"
  field = "Claim rule"
  text = '''c:[]
=> issue(claim = c);'''
[[steps]]
title = "Map"
text = "Map."
attributes = true
[[steps]]
title = "Copy"
text = "Copy."
  [[steps.paste]]
  value = "metadata_url"
  field = "Metadata URL"
"""
REST = """
[[attributes]]
target = "email"
claim = "email"
source = "user.email"
required = true
[groups]
claim = "groups"
values = "ids"
text = "Send them."
[name_id]
format = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
text = "Persistent."
[[mistakes]]
title = "One"
symptom = "It says `ACME42`."
remedy = "Assign."
matches = ["ACME42", "not assigned"]
[[mistakes]]
title = "Two"
symptom = "x"
remedy = "y"
[[mistakes]]
title = "Three"
symptom = "x"
remedy = "y"
[test]
text = "Assign yourself."
[[switches]]
switch = "sign_requests"
place = ["Applications", "Acme"]
text = "Upload it."
[[switches.copy]]
value = "signing_certificate"
field = "Certificate"
"""
GOOD = HEAD + STEPS + REST
PASTE_ISSUER = '[[steps.paste]]\nvalue = "issuer"\nfield = "Issuer"\n[[steps.paste]]'


def test_everything_in_the_file_is_in_the_guide() -> None:
    guide = read("acme", GOOD)

    assert (guide.slug, guide.name, guide.variant, guide.word, guide.order) == ("acme", "Acme", "SAML 2.0", "acme", 10)
    assert guide.protocol is GuideProtocol.SAML
    assert guide.checked == date(2026, 11, 21)
    assert guide.metadata_by == (MetadataBy.URL,)
    create, mapping, copying = guide.steps
    assert create.place == ("Applications", "New")
    assert create.text == "Choose **SAML** and press **Next**."
    assert create.copy == (
        Copy(OurValue.ACS_URL, "ACS URL"),
        Copy(OurValue.ENTITY_ID, "Entity ID", note="Begins with `urn:`."),
        Copy(OurValue.TEXT, "Claim rule", text="c:[]\n=> issue(claim = c);"),
    )
    assert mapping.attributes
    assert copying.paste == (Paste(TheirValue.METADATA_URL, "Metadata URL"),)
    assert [hint.target for hint in guide.attributes] == [Target.EMAIL]
    assert guide.groups is not None
    assert guide.groups.values == "ids"
    assert guide.name_id is not None
    assert guide.name_id.text == "Persistent."
    assert guide.test == "Assign yourself."
    [hint] = guide.switches
    assert (hint.switch, hint.step.place, hint.step.text) == ("sign_requests", ("Applications", "Acme"), "Upload it.")
    assert hint.step.copy == (Copy(OurValue.SIGNING_CERTIFICATE, "Certificate"),)


def test_an_error_text_leads_to_the_mistake_whatever_the_case() -> None:
    guide = read("acme", GOOD)

    assert [mistake.title for mistake in guide.explanations("Error acme42: the user")] == ["One"]
    assert guide.explanations("Something else") == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "Acme"\n', "", "name: is missing"),
        ('name = "Acme"\n', "name = 3\n", "name: must be a text"),
        ('name = "Acme"\n', 'name = " "\n', "name: is empty"),
        ('name = "Acme"\n', 'name = "Acme "\n', "name: begins or ends with a space"),
        ('name = "Acme"\n', 'name = "Ac\\nme"\n', "name: must be one line of printable characters"),
        ('name = "Acme"\n', f'name = "{"a" * 201}"\n', "name: has 201 characters, more than 200"),
        (
            'switch = "sign_requests"',
            'switch = "sign"',
            "switches.1.switch: 'sign' is not one of sign_requests, encrypt_assertions, sign_out_there, bookmark",
        ),
        (
            "[[switches]]",
            '[[switches]]\nswitch = "sign_requests"\ntext = "x"\n[[switches]]',
            "switches: sign_requests is there more than once",
        ),
        ('slug = "acme"', 'slug = "other"', "slug: 'other' is not the name of the file"),
        ('word = "acme"', 'word = "Ac-me"', "word: must have 2 to 16 characters of a-z and 0-9"),
        ('protocol = "saml"', 'protocol = "wsfed"', "protocol: 'wsfed' is not one of saml, oidc, social"),
        ("order = 10", "order = true", "order: must be a whole number from 0"),
        ("order = 10", "order = -1", "order: must be a whole number from 0"),
        ("checked = 2026-11-21", 'checked = "today"', "checked: must be a date such as 2026-11-21"),
        ("checked = 2026-11-21", "checked = 2026-11-21T10:00:00", "checked: must be a date such as 2026-11-21"),
        ("https://docs", "http://docs", "sources.1: 'http://docs.acme.example/saml' is no https address"),
        ('["https://docs.acme.example/saml"]', "[]", "sources: is missing"),
        ('["https://docs.acme.example/saml"]', '"https://x.example"', "sources: must be a list"),
        ('metadata_by = ["url"]', 'metadata_by = ["url", "url"]', "metadata_by: names a value twice"),
        ('metadata_by = ["url"]', 'metadata_by = ["ftp"]', "metadata_by: 'ftp' is not one of url, file, fields"),
        ('metadata_by = ["url"]', "", "metadata_by: is missing"),
        (
            'metadata_by = ["url"]',
            'metadata_by = ["url", "file"]',
            "steps: none asks for metadata_file, which metadata_by file needs",
        ),
        ("An **Acme**", "An **Acme", "needs: ** opens and does not close"),
        ("needs =", "colour = 1\nneeds =", "colour: is not a field of the format"),
        ('title = "Create"', "", "steps.1.title: is missing"),
        ('value = "acs_url"', 'value = "acs"', "steps.1.copy.1.value: 'acs' is not one of acs_url, "),
        ('value = "acs_url"', 'value = "sign_in_url"', "steps: none copies acs_url"),
        (
            'value = "metadata_url"',
            'value = "issuer"',
            "steps: none asks for metadata_url, which metadata_by url needs",
        ),
        ("[[steps.paste]]", PASTE_ISSUER, "steps: issuer is not of SAML"),
        ("Begins with `urn:`.", "Begins with `urn:.", "steps.1.copy.2.note: ` opens and does not close"),
        ('field = "ACS URL"', 'field = "ACS URL"\nhint = ""', "steps.1.copy.1.hint: is not a field of the format"),
        ('field = "ACS URL"', 'field = "ACS URL"\ntext = "x"', "steps.1.copy.1.text: is not a field of the format"),
        ('text = "Map."', 'text = ""', "steps.2.text: is empty"),
        ('text = "Map."', f'text = "{"a" * 1201}"', "steps.2.text: has 1201 characters, more than 1200"),
        ("attributes = true", 'attributes = "yes"', "steps.2.attributes: must be true or false"),
        ('text = "Copy."', 'text = "Copy."\nattributes = true', "steps: more than one shows the attributes"),
        ('target = "email"', 'target = "phone"', "attributes.1.target: 'phone' is not one of email, name, "),
        ("required = true", "required = false", "attributes: no required one for email"),
        ("format = ", "form = ", "name_id.format: is missing"),
        ("2.0:nameid-format:persistent", "2.0:nameid-format:transient", "transient' is not one of urn:oasis"),
        ('matches = ["ACME42", "not assigned"]', 'matches = [""]', "mistakes.1.matches.1: must be a text that is not"),
        ('[test]\ntext = "Assign yourself."', "", "test: is missing"),
        ('[test]\ntext = "Assign yourself."', "[test]\ntexts = 1", "test.text: is missing"),
        ("metadata_by =", "groups = 1\nmetadata_by =", "is no TOML"),
        ("[[attributes]]", "[attributes]", "attributes: must be a list"),
    ],
)
def test_each_fault_names_the_file_and_the_field(old: str, new: str, message: str) -> None:
    assert GOOD.count(old) >= 1
    broken = GOOD.replace(old, new, 1)

    with pytest.raises(GuideError) as raised:
        read("acme", broken)

    assert str(raised.value).startswith("acme.toml: ")
    assert message in str(raised.value)


def test_a_guide_is_more_than_a_form() -> None:
    two_steps = GOOD.replace('[[steps]]\ntitle = "Map"\ntext = "Map."\nattributes = true\n', "")
    with pytest.raises(GuideError, match=r"^acme\.toml: steps: 2, fewer than 3$"):
        read("acme", two_steps)

    two_mistakes = GOOD.replace('[[mistakes]]\ntitle = "Three"\nsymptom = "x"\nremedy = "y"\n', "")
    with pytest.raises(GuideError, match=r"^acme\.toml: mistakes: 2, fewer than 3$"):
        read("acme", two_mistakes)


def test_what_belongs_to_saml_has_no_place_in_a_guide_of_openid_connect() -> None:
    oidc = (
        GOOD.replace('protocol = "saml"', 'protocol = "oidc"')
        .replace('value = "acs_url"', 'value = "redirect_uri"')
        .replace('value = "metadata_url"', 'value = "issuer"')
        .replace('field = "Metadata URL"', 'field = "Issuer"\n[[steps.paste]]\nvalue = "client_id"\nfield = "Id"')
    )
    with pytest.raises(GuideError, match=r"^acme\.toml: steps: none asks for client_secret$"):
        read("acme", oidc)

    whole = oidc.replace('field = "Id"', 'field = "Id"\n[[steps.paste]]\nvalue = "client_secret"\nfield = "Secret"')
    with pytest.raises(GuideError, match=r"^acme\.toml: metadata_by: is of SAML$"):
        read("acme", whole)

    without_metadata = whole.replace('metadata_by = ["url"]\n', "")
    with pytest.raises(GuideError, match=r"^acme\.toml: name_id: is of SAML$"):
        read("acme", without_metadata)

    name_id = REST[REST.index("[name_id]") : REST.index("[[mistakes]]")]
    without_name_id = without_metadata.replace(name_id, "")
    with pytest.raises(GuideError, match=r"^acme\.toml: switches: sign_requests is of SAML$"):
        read("acme", without_name_id)

    # A tile in a portal is of no protocol.
    guide = read("acme", without_name_id.replace('switch = "sign_requests"', 'switch = "bookmark"'))
    assert guide.pasted() == {TheirValue.ISSUER, TheirValue.CLIENT_ID, TheirValue.CLIENT_SECRET}


def test_a_file_that_is_no_toml_is_named() -> None:
    with pytest.raises(GuideError, match=r"^acme\.toml: is no TOML: "):
        read("acme", "slug = ")
