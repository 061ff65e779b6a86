"""The made-up people whom both identity providers know."""

from dataclasses import dataclass

# One for all: this guards nothing, and each page says it.
PASSWORD = "demo"


@dataclass(frozen=True)
class DemoPerson:
    """One of them; `id` is what stays when the address changes, as a directory's object id does."""

    id: str
    account: str
    given_name: str
    family_name: str
    groups: tuple[str, ...]

    @property
    def name(self) -> str:
        """The whole name."""
        return f"{self.given_name} {self.family_name}"

    def email(self, domain: str) -> str:
        """The address, in the domain that the admin page names."""
        return f"{self.account}@{domain}"


PEOPLE = (
    DemoPerson("7c0e4a", "noor", "Noor", "Haddad", ("Engineering", "Administrators")),
    DemoPerson("41b9d2", "tomas", "Tomás", "Lind", ("Engineering",)),
    DemoPerson("e85f13", "priya", "Priya", "Raman", ("Finance", "Auditors")),
    DemoPerson("09aa7b", "mateo", "Mateo", "Cruz", ()),
)
DOMAIN = "acme.example"
# The last one is for the mistake that every newcomer meets: the application is not assigned.
ASSIGNED = tuple(person.id for person in PEOPLE[:-1])


def person_of(person_id: str) -> DemoPerson | None:
    """The person with this id."""
    return next((person for person in PEOPLE if person.id == person_id), None)
