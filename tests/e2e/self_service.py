"""What a tenant's IT person does to connect their identity provider, page by page, by what these pages say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from tests.e2e.identity_providers import IdentityProvider
from tests.e2e.inspection import faults_of
from tests.e2e.people import Person

GROUP = "Engineers"


@dataclass
class Setup:
    """The wizard in the hands of a tenant's admin, who is signed in.

    Args:
        admin: the person.
        slug: their tenant's.
        provider: their identity provider.
        looks: whether each page that is met is looked at as `faults_of` does.
        ours: our values as the guide's page shows them, by the names that it gives to the fields.
        faults: what was found.
    """

    admin: Person
    slug: str
    provider: IdentityProvider
    looks: bool
    ours: Mapping[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        """The admin's."""
        return self.admin.page

    def look(self, page: Page | None = None) -> None:
        """Look for faults of the page that is shown."""
        if self.looks:
            self.faults += faults_of(page or self.page)

    def go(self, place: str) -> None:
        """Go to one of the tenant's pages by the navigation."""
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=place, exact=True).click()
        expect(self.page.get_by_role("heading", name=place, level=1)).to_be_visible()

    def make_group(self) -> None:
        """Make the group that a rule gives."""
        self.go("Groups")
        self.page.get_by_role("link", name="New group").first.click()
        self.page.get_by_label("Name", exact=True).fill(GROUP)
        self.page.get_by_role("button", name="Create group").click()
        expect(self.page.get_by_role("heading", name=GROUP, level=1)).to_be_visible()

    def follow_the_guide(self) -> None:
        """Choose the guide, and enter in the identity provider what it says is to be copied."""
        page = self.page
        self.go("Single sign-on")
        self.look()
        page.get_by_role("link", name="Connect an identity provider").click()
        page.get_by_role("button", name=self.provider.guide).click()
        expect(page.get_by_role("heading", name="Set up at")).to_be_visible()
        self.look()
        rows = page.get_by_role("region", name="Set up at").locator("dl > div")
        copied = rows.filter(has=page.get_by_role("button", name="Copy")).all()
        self.ours = {row.locator("dt").inner_text(): row.get_by_role("code").first.inner_text() for row in copied}
        self.provider.set_up(self.ours)
        page.get_by_role("button", name="Next: values").click()

    def enter_values(self) -> None:
        """Give what the identity provider gives."""
        expect(self.page.get_by_role("heading", name="Values from")).to_be_visible()
        self.look()
        self.provider.hand_over(self.page)
        self.look()
        self.page.get_by_role("link", name="Next: attributes and groups").click()

    def map(self) -> None:
        """Say what the attributes are called, and what those in Engineering get."""
        page = self.page
        expect(page.get_by_role("heading", name="Attributes", exact=True)).to_be_visible()
        for label, claim in self.provider.claims.items():
            page.get_by_label(label, exact=True).or_(page.get_by_label(f"{label} (optional)")).fill(claim)
        rule = page.get_by_role("group", name="Rule 1")
        rule.get_by_label("Group at the identity provider").fill("Engineering")
        rule.get_by_label("Group here").select_option(GROUP)
        rule.get_by_label("Role here").select_option("Auditor")
        self.look()
        page.get_by_role("button", name="Save and continue").last.click()

    def meet_the_mistake(self) -> None:
        """Test it, and read what is behind the failure and what to do."""
        page, mistake = self.page, self.provider.mistake
        page.get_by_role("button", name="Begin the test").click()
        tab = self._open_the_test()
        if mistake.leads_back:
            self.provider.sign_in(tab)
            self._end(tab)
            expect(page.get_by_role("region", name="What was said, word by word")).to_contain_text(mistake.said)
            causes = page.get_by_role("region", name="What is behind it")
        else:
            expect(tab.get_by_text(mistake.said).first).to_be_visible()
            tab.close()
            expect(page.get_by_text("Did an error page come up there")).to_be_visible()
            page.get_by_role("button", name="Cancel the test").click()
            causes = page.get_by_role("region", name="Usual causes")
            causes.get_by_text(mistake.title).click()
        expect(page.get_by_text("The test did not pass")).to_be_visible()
        expect(causes.get_by_text(mistake.title)).to_be_visible()
        expect(causes.get_by_text(mistake.remedy)).to_be_visible()
        self.look()

    def repair_and_pass(self, email: str) -> None:
        """Repair it at the identity provider, test again, and see who would come in with what."""
        page = self.page
        self.provider.repair(page, self.ours)
        page.get_by_role("button", name="Test again").click()
        tab = self._open_the_test()
        (self.provider.sign_in_again if self.provider.mistake.leads_back else self.provider.sign_in)(tab)
        self._end(tab)
        expect(page.get_by_text("The sign-in works")).to_be_visible()
        person = page.get_by_role("region", name="Who would come in")
        for text in ("A new user", email, self.provider.name, "Engineering, Staff", GROUP, "Auditor"):
            expect(person.get_by_text(text, exact=True)).to_be_visible()
        expect(page.get_by_role("region", name="What came").get_by_text(email)).to_be_visible()
        expect(page.get_by_role("region", name="Claims of our ID token").get_by_text('"auditor"')).to_be_visible()
        self.look()

    def _open_the_test(self) -> Page:
        """Open the tab of the test's own."""
        opened = self.page.get_by_role("link", name="Open the test sign-in")
        expect(opened).to_be_visible()
        with self.page.context.expect_page() as pages:
            opened.click()
        return pages.value

    def _end(self, tab: Page) -> None:
        """Come back from the tab."""
        expect(tab.get_by_role("heading", name="The test is over")).to_be_visible()
        self.look(tab)
        tab.close()

    def activate(self) -> None:
        """Activate it, and wait until Cognito has it."""
        page = self.page
        page.get_by_role("link", name="Review and activate").last.click()
        expect(page.get_by_role("heading", name="Review", exact=True)).to_be_visible()
        self.look()
        page.get_by_role("button", name="Activate", exact=True).click()
        expect(page.get_by_role("region", name="In Cognito").get_by_text("In sync")).to_be_visible()
        self.look()

    def prove(self, domain: str) -> None:
        """Claim a domain, and put into its DNS what the page says."""
        page = self.page
        self.go("Domains")
        page.get_by_role("link", name="Add a domain").first.click()
        page.get_by_label("Domain", exact=True).fill(domain)
        page.get_by_role("button", name="Add the domain").click()
        record = page.get_by_role("region", name="The record")
        name, value = (record.get_by_role("code").nth(number).inner_text() for number in (0, 1))
        self.look()
        dns = page.context.new_page()
        dns.goto(f"{self.admin.demo.dashboard}/local/dns/")
        dns.get_by_label("Name").fill(name)
        dns.get_by_label("Value").fill(value)
        dns.get_by_role("button", name="Add the record").click()
        expect(dns.get_by_role("cell", name=value)).to_be_visible()
        dns.close()
        page.get_by_role("button", name="Look now").click()
        expect(page.get_by_text(f"{domain} is yours.")).to_be_visible()
        self.look()

    def see_the_arrival(self, email: str) -> None:
        """See one success in the log and the list, the person among the users, and in the group of the rule."""
        page = self.page
        self.go("Single sign-on")
        row = page.get_by_role("region", name="Connections").get_by_role("row").last
        expect(row.get_by_role("cell", name="0 of 1 (0 %)")).to_be_visible()
        self.look()
        row.get_by_role("link").first.click()
        page.get_by_role("link", name="All sign-ins").click()
        log = page.get_by_role("region", name="Sign-ins")
        expect(log.get_by_role("row", name="Signed in").filter(has_text=email)).to_have_count(1)
        self.look()
        self.go("Groups")
        page.get_by_role("link", name=GROUP).click()
        expect(page.get_by_text(email).first).to_be_visible()
