"""Names of made-up companies and people. The people are from many places; no two companies share a name."""

import random
import unicodedata

_ADJECTIVES = (
    "Amber", "Boreal", "Cedar", "Crimson", "Delta", "Eastern", "First", "Global", "Golden", "Granite", "Harbor",
    "Ivory", "Juniper", "Keystone", "Lunar", "Maple", "Meridian", "Northern", "Oak", "Pacific", "Quartz", "River",
    "Silver", "Summit", "Tidal", "Union", "Vertex", "Western", "Zenith", "Atlas",
)  # fmt: skip
_NOUNS = (
    "Analytics", "Bank", "Biotech", "Capital", "Chemicals", "Clinics", "Design", "Dynamics", "Energy", "Foods",
    "Freight", "Health", "Hotels", "Insurance", "Labs", "Legal", "Logistics", "Media", "Motors", "Optics", "Partners",
    "Pharma", "Power", "Retail", "Robotics", "Schools", "Software", "Steel", "Telecom", "Travel",
)  # fmt: skip
_FIRST = (
    "Aiko", "Amina", "Ana", "Björn", "Carlos", "Chen", "Chidi", "Dana", "Elif", "Emma", "Fatima", "Giulia", "Hana",
    "Ivan", "Jamal", "João", "Kofi", "Lars", "Leila", "Liam", "Lucía", "Mateo", "Mei", "Nadia", "Noah", "Olga",
    "Priya", "Rahul", "Sara", "Sofia", "Tariq", "Thandi", "Tomás", "Uma", "Wei", "Yara", "Yuki", "Zoë", "Łukasz",
    "Ömer",
)  # fmt: skip
_LAST = (
    "Abe", "Adeyemi", "Ahmed", "Andersson", "Brown", "Costa", "Demir", "Diaz", "Dubois", "Fernández", "Fischer",
    "García", "Haddad", "Hansen", "Ito", "Ivanova", "Jansen", "Kim", "Kowalski", "Kumar", "Lee", "Li", "Mbeki",
    "Moreau", "Müller", "Nguyen", "Novák", "Okafor", "Patel", "Pereira", "Popov", "Rossi", "Sato", "Schmidt", "Silva",
    "Singh", "Smith", "Tanaka", "Wang", "Yılmaz",
)  # fmt: skip


def company(number: int) -> str:
    """Return the name of the company with this number."""
    name = f"{_ADJECTIVES[number % len(_ADJECTIVES)]} {_NOUNS[number // len(_ADJECTIVES) % len(_NOUNS)]}"
    again = number // (len(_ADJECTIVES) * len(_NOUNS))
    return f"{name} {again + 1}" if again else name


def slug(number: int) -> str:
    """Return the slug of the company with this number."""
    return company(number).lower().replace(" ", "-")


def person(dice: random.Random) -> str:
    """Return somebody's name."""
    return f"{dice.choice(_FIRST)} {dice.choice(_LAST)}"


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKD", name.replace("ı", "i").replace("Ł", "L").replace("ł", "l"))
    return text.encode("ascii", "ignore").decode().lower().replace(" ", ".")


_PLAIN = {f"{first} {last}": _plain(f"{first} {last}") for first in _FIRST for last in _LAST}


def mailbox(name: str, number: int) -> str:
    """Return the part of an address before the at sign; the number makes it the only one in its tenant."""
    return f"{_PLAIN[name]}{number}"
