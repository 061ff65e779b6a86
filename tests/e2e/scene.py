"""A fleet with something in it: several tenants, many users, and a cell that cannot be reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import boto3
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.demo import Demo
from tests.e2e.people import DEDICATED, SHARED, Operator, Person, TenantDraft
from tests.e2e.scene_of_applications import api_and_role
from tests.e2e.scene_of_sso import id_in_address, single_sign_on
from tests.support.waiting import eventually

APPLICATION, NATIVE = "Northwind Portal", "Northwind for Mac and Windows"
LOGO = Path(__file__).parent / "logo.svg"
# The discard port, on which nothing listens: the cell of a company whose network is down.
UNREACHABLE = "http://127.0.0.1:9"
FIRST_NAMES = ["Amara", "Ben", "Chiara", "Deepa", "Emil", "Fatima", "Georg", "Hana", "Ivo", "Jun", "Kofi", "Lucía"]
LAST_NAMES = ["Okafor", "Lindqvist", "Moreau", "Raghunathan-Featherstonehaugh", "Sato"]

LONG_GROUP = "purchasing-and-warehouse-approvers-of-the-northern-harbours:2026"

MakeContext = Callable[[], BrowserContext]


@dataclass
class Scene:
    """What was set up, and the pages of those who are signed in.

    Args:
        demo: the running demo.
        operator: the operator's page, signed in.
        admin: the page of halden's first admin, signed in.
        member: the page of orrin's first admin, whose tenant shares a pool.
        ids: what stands in addresses, by the name of the address' parameter.
    """

    demo: Demo
    operator: Page
    admin: Person
    member: Person
    ids: dict[str, str] = field(default_factory=dict)


def people(count: int, domain: str) -> list[tuple[str, str]]:
    """Return `count` pairs of e-mail address and name, always the same."""
    names = [f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES]
    return [(f"{name.lower().replace(' ', '.').replace('í', 'i')}@{domain}", name) for name in names[:count]]


def set_scene(demo: Demo, make_context: MakeContext, *, users: int) -> Scene:
    """Set the scene in a demo that nobody has used yet.

    Args:
        demo: the running demo.
        make_context: makes a browser profile.
        users: how many users halden has besides its admin; at most 60.
    """
    operator = Operator(make_context().new_page(), demo)
    operator.sign_in()
    operator.register_application(APPLICATION, demo.sample)
    operator.onboard(TenantDraft("Halden Group", "halden", DEDICATED, "ada@halden.example"), APPLICATION)
    tenant_id = id_in_address(operator.page)
    ids = {"tenant_id": tenant_id, "kind": "tenant", "key": tenant_id}
    operator.onboard(TenantDraft("Orrin Labs", "orrin", SHARED, "hank@orrin.example"), APPLICATION)
    admin, member = (_arrive(demo, make_context, address) for address in ("ada@halden.example", "hank@orrin.example"))
    _unreachable_tenant(operator)
    ids["draft_id"], ids["cell_id"] = _draft(operator), _cell_id(operator)
    _fill(admin, users)
    ids |= {"job_id": _bulk_job(admin), "group_id": _group(admin)}
    ids |= single_sign_on(admin)
    ids["application_id"] = _native_application(operator, tenant_id)
    ids |= api_and_role(operator, ids["application_id"])
    ids |= {**_drift(operator, "orrin"), "plan_id": _plan_id(operator, "halden")}
    ids |= {"slug": "halden", "user_id": _user_id(admin, people(1, "halden.example")[0][0])}
    return Scene(demo, operator.page, admin, member, ids)


def _arrive(demo: Demo, make_context: MakeContext, email: str) -> Person:
    person = Person(make_context().new_page(), demo, email)
    person.accept_invitation("Correct-Horse-Battery-1")
    person.enter_credentials()
    person.decline_second_factor()
    expect(person.page.get_by_role("navigation", name="Main")).to_be_attached()
    return person


def _unreachable_tenant(operator: Operator) -> None:
    page = operator.page
    page.goto(f"{operator.demo.dashboard}/fleet/cells/new/")
    page.get_by_label("Name", exact=True).fill("syd-standby")
    page.get_by_label("AWS Region").fill("ap-southeast-2")
    page.get_by_label("Endpoint (optional)").fill(UNREACHABLE)
    page.get_by_label("Address of the endpoint's hosted pages").fill(UNREACHABLE)
    page.get_by_role("button", name="Add the cell").click()
    expect(page.get_by_role("heading", name="Pools and cells")).to_be_visible()
    page.goto(f"{operator.demo.dashboard}/fleet/tenants/new/")
    page.get_by_label("Name", exact=True).fill("Initech Pacific")
    page.get_by_label("Slug").fill("initech-pacific")
    page.locator("select[name=cell]").select_option("syd-standby (ap-southeast-2)")
    page.get_by_role("radio", name=DEDICATED).check()
    page.get_by_label("First admin's e-mail address").fill("peter@initech.example")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Create the tenant").click()
    expect(page.get_by_text("Failing").first).to_be_visible()


def _draft(operator: Operator) -> str:
    """Describe one tenant more, and leave it at the review."""
    page = operator.page
    page.goto(f"{operator.demo.dashboard}/fleet/tenants/new/")
    page.get_by_label("Name", exact=True).fill("Umbrella Health")
    page.locator("select[name=cell]").select_option("local (us-east-1)")
    page.get_by_label("First admin's e-mail address").fill("alice@umbrella.example")
    page.get_by_label(APPLICATION, exact=True).check()
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("heading", name="Review Umbrella Health")).to_be_visible()
    return id_in_address(page)


def _drift(operator: Operator, slug: str) -> dict[str, str]:
    """Have a tenant's pool and client, changed past Lifeguard, reported; return what stands for them in addresses."""
    page, home = operator.page, operator.demo.dashboard
    page.goto(f"{home}/fleet/settings/")
    page.get_by_role("radio", name="Report it").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved").first).to_be_visible()
    page.goto(f"{home}/fleet/tenants/?q={slug}")
    page.locator("tbody a").first.click()
    pool_id = page.get_by_role("link", name="User pool").get_attribute("href") or ""
    cognito_id = page.locator(".kv__row", has_text="Cognito pool id").locator(".copy__value").inner_text()
    _change_by_hand(operator.demo, cognito_id)
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("Changed in Cognito")).to_have_count(3)
    page.goto(f"{home}/fleet/sync/drift/")
    resource_id = page.locator("section[id^=drift-]").first.get_attribute("id") or ""
    return {"pool_id": pool_id.split("/")[-2], "resource_id": resource_id.removeprefix("drift-")}


def end_drift(scene: Scene, slug: str) -> None:
    """Have what drifted repaired, as the fleet does by default."""
    page, home = scene.operator, scene.demo.dashboard
    page.goto(f"{home}/fleet/settings/")
    page.get_by_role("radio", name="Repair it").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved").first).to_be_visible()
    page.goto(f"{home}/fleet/tenants/?q={slug}")
    page.locator("tbody a").first.click()
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("4 of 4 in sync")).to_be_visible()


def _change_by_hand(demo: Demo, cognito_id: str) -> None:
    """As somebody in the AWS console does who does not know that an update resets what it leaves out."""
    cognito = boto3.client(
        "cognito-idp",
        region_name="us-east-1",
        endpoint_url=f"http://127.0.0.1:{demo.ports.cognito}",
        aws_access_key_id="by-hand",
        aws_secret_access_key="by-hand",
    )
    cognito.update_user_pool(UserPoolId=cognito_id, DeletionProtection="ACTIVE")
    for client in cognito.list_user_pool_clients(UserPoolId=cognito_id, MaxResults=60)["UserPoolClients"]:
        cognito.update_user_pool_client(UserPoolId=cognito_id, ClientId=client["ClientId"], AuthSessionValidity=5)


def _plan_id(operator: Operator, slug: str) -> str:
    page = operator.page
    page.goto(f"{operator.demo.dashboard}/fleet/sync/plans/?q={slug}")
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="Plan", level=1)).to_be_visible()
    return id_in_address(page)


def _fill(admin: Person, users: int) -> None:
    page, home = admin.page, f"{admin.demo.dashboard}/t/halden"
    page.goto(f"{home}/users/invite-many/")
    page.get_by_label("People").fill("\n".join(f"{email}, {name}" for email, name in people(users, "halden.example")))
    page.get_by_role("button", name="Send invitations").click()
    expect(page.get_by_role("heading", name="Users", level=1)).to_be_visible()
    page.goto(f"{home}/branding/")
    page.get_by_label("Accent", exact=True).fill("#7a1f5c")
    page.get_by_label("Accent, dark theme").fill("#e3a0cf")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved").first).to_be_visible()
    page.get_by_label("Logo").set_input_files(LOGO)
    page.get_by_role("button", name="Upload logo").click()
    expect(page.get_by_role("button", name="Remove logo")).to_be_visible()


def _bulk_job(admin: Person) -> str:
    """Prepare a bulk change of which some lines cannot be done, and leave it to be confirmed."""
    page = admin.page
    page.goto(f"{admin.demo.dashboard}/t/halden/users/bulk/new/")
    page.get_by_label("Or paste lines").fill("new@halden.example, New Person\nnobody\nada@halden.example")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("1 of 3 lines can be done")).to_be_visible()
    return id_in_address(page)


def _group(admin: Person) -> str:
    """Make a group with a long name and somebody in it."""
    page = admin.page
    page.goto(f"{admin.demo.dashboard}/t/halden/groups/new/")
    page.get_by_label("Name", exact=True).fill(LONG_GROUP)
    page.get_by_label("Description").fill("Everybody who signs off what the harbour and the warehouses order")
    page.get_by_role("button", name="Create group").click()
    page.get_by_label("Add users").fill(people(1, "halden.example")[0][0])
    page.get_by_role("button", name="Add to the group").click()
    expect(page.get_by_role("link", name=people(1, "halden.example")[0][1])).to_be_visible()
    return id_in_address(page)


def _native_application(operator: Operator, tenant_id: str) -> str:
    """Register an application that has an app client of its own in a tenant's pool; return what its address has."""
    page, fleet = operator.page, f"{operator.demo.dashboard}/fleet"
    page.goto(fleet)
    operator.register_application(NATIVE, operator.demo.sample)
    application_id = _application_id(operator, NATIVE)
    page.goto(f"{fleet}/applications/{application_id}/native/")
    page.get_by_role("button", name="Switch native mode on").click()
    expect(page.get_by_text("None yet.")).to_be_visible()
    page.goto(f"{fleet}/tenants/{tenant_id}/applications/")
    page.get_by_label(NATIVE, exact=True).check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{fleet}/applications/{application_id}/native/")
    eventually(lambda: _has_native_client(page), timeout=30.0)
    return application_id


def _has_native_client(page: Page) -> bool:
    page.reload()
    return page.get_by_role("button", name="Show secret").is_visible()


def _user_id(admin: Person, email: str) -> str:
    admin.page.goto(f"{admin.demo.dashboard}/t/halden/users/?q={email}")
    admin.page.get_by_role("link", name=email).first.click()
    expect(admin.page.get_by_role("heading", level=1)).to_be_visible()
    return id_in_address(admin.page)


def _cell_id(operator: Operator) -> str:
    operator.page.goto(f"{operator.demo.dashboard}/fleet/cells/")
    operator.page.get_by_role("link", name="local", exact=True).click()
    expect(operator.page.get_by_role("heading", name="Request rates")).to_be_visible()
    return id_in_address(operator.page)


def _application_id(operator: Operator, name: str) -> str:
    operator.page.goto(f"{operator.demo.dashboard}/fleet/applications/")
    operator.page.get_by_role("link", name=name).first.click()
    expect(operator.page.get_by_role("heading", name=name, level=1)).to_be_visible()
    return id_in_address(operator.page)
