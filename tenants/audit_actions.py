"""What can be in the audit log, and how it is called on pages."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Action(StrEnum):
    """What can be in the log, as `thing.verb`."""

    TENANT_ONBOARDED = "tenant.onboarded"
    TENANT_APPLICATIONS_SET = "tenant.applications_set"
    TENANT_SUSPENDED = "tenant.suspended"
    TENANT_RESUMED = "tenant.resumed"
    TENANT_DELETED = "tenant.deleted"
    TENANT_RESTORED = "tenant.restored"
    TENANT_REMOVED = "tenant.removed"
    APPLICATION_REGISTERED = "application.registered"
    APPLICATION_UPDATED = "application.updated"
    APPLICATION_SECRET_ROTATED = "application.secret_rotated"
    APPLICATION_SECRET_ENDED = "application.secret_ended"
    APPLICATION_NATIVE_SET = "application.native_set"
    APPLICATION_RESOURCES_SET = "application.apis_set"
    APPLICATION_ROLE_ADDED = "application.role_added"
    APPLICATION_ROLE_CHANGED = "application.role_changed"
    APPLICATION_ROLE_REMOVED = "application.role_removed"
    RESOURCE_SERVER_ADDED = "api.added"
    RESOURCE_SERVER_UPDATED = "api.updated"
    RESOURCE_SERVER_REMOVED = "api.removed"
    NATIVE_SECRET_SHOWN = "application.native_secret_shown"
    CELL_ADDED = "cell.added"
    POOL_SETTINGS_CHANGED = "pool.settings_changed"
    POOL_MADE_ROOM = "pool.made_room"
    POOL_DOMAIN_RENEWED = "pool.domain_renewed"
    CELL_QUOTAS_SET = "cell.quotas_set"
    CELL_MESSAGE_FUNCTION_SET = "cell.message_function_set"
    OPERATOR_ADDED = "operator.added"
    OPERATOR_SIGNED_IN = "operator.signed_in"
    OPERATOR_PASSWORD_CHANGED = "operator.password_changed"
    OPERATOR_FACTOR_ADDED = "operator.factor_added"
    OPERATOR_FACTOR_REMOVED = "operator.factor_removed"
    OPERATOR_FACTOR_RESET = "operator.factor_reset"
    BRANDING_UPDATED = "branding.updated"
    LOGO_UPLOADED = "branding.logo_uploaded"
    LOGO_REMOVED = "branding.logo_removed"
    POLICY_UPDATED = "policy.updated"
    USER_CREATED = "user.created"
    USER_INVITED = "user.invited"
    INVITATION_RESENT = "user.invitation_resent"
    INVITATION_REVOKED = "user.invitation_revoked"
    INVITATION_ASKED = "user.invitation_asked"
    PASSWORD_RESET = "user.password_reset"
    USER_SIGNED_UP = "user.signed_up"
    RECOVERY_CODES_MADE = "user.recovery_codes_made"
    RECOVERY_CODE_USED = "user.recovery_code_used"
    INVITATION_ACCEPTED = "user.invitation_accepted"
    USER_RENAMED = "user.renamed"
    OWN_LANGUAGE_CHOSEN = "user.language_chosen"
    USER_ROLE_SET = "user.role_set"
    USER_DISABLED = "user.disabled"
    USER_ENABLED = "user.enabled"
    USER_MFA_RESET = "user.mfa_reset"
    USER_PASSWORD_SET = "user.temporary_password_set"
    USER_DELETED = "user.deleted"
    USER_FOUND = "user.found_in_cognito"
    USER_MISSING = "user.missing_in_cognito"
    USER_REAPPEARED = "user.back_in_cognito"
    USER_CHANGE_TAKEN = "user.change_taken"
    USER_CONFLICT = "user.conflict"
    PULL_REQUESTED = "pull.requested"
    VANISHED_CONFIRMED = "pull.vanished_confirmed"
    EVENT_SECRET_ROTATED = "cell.event_secret_rotated"
    BULK_STARTED = "bulk.started"
    BULK_CANCELED = "bulk.canceled"
    BULK_PAUSED = "bulk.paused"
    BULK_RESUMED = "bulk.resumed"
    GROUP_CREATED = "group.created"
    GROUP_UPDATED = "group.updated"
    GROUP_DELETED = "group.deleted"
    GROUP_MEMBERS_ADDED = "group.members_added"
    GROUP_MEMBERS_REMOVED = "group.members_removed"
    CONNECTION_CREATED = "connection.created"
    CONNECTION_RENAMED = "connection.renamed"
    CONNECTION_CONFIGURED = "connection.configured"
    CONNECTION_MAPPED = "connection.mapped"
    CONNECTION_ARRIVALS_SET = "connection.arrivals_set"
    CONNECTION_TEST_STARTED = "connection.test_started"
    CONNECTION_TEST_FAILED = "connection.test_failed"
    CONNECTION_TESTED = "connection.tested"
    CONNECTION_ACTIVATED = "connection.activated"
    CONNECTION_ACTIVATED_UNTESTED = "connection.activated_untested"
    CONNECTION_DISABLED = "connection.disabled"
    CONNECTION_ENABLED = "connection.enabled"
    CONNECTION_DELETED = "connection.deleted"
    CONNECTION_FAILED = "connection.sign_in_failed"
    CONNECTION_PUBLISHED = "connection.published"
    DOMAIN_CLAIMED = "domain.claimed"
    DOMAIN_CHECK_ASKED = "domain.check_asked"
    DOMAIN_PROVED = "domain.proved"
    DOMAIN_SETTLING = "domain.proof_found"
    DOMAIN_PROOF_MISSING = "domain.proof_missing"
    DOMAIN_LOST = "domain.lost"
    DOMAIN_REMOVED = "domain.removed"
    DOMAIN_RULE_ADDED = "domain.rule_added"
    DOMAIN_RULE_CHANGED = "domain.rule_changed"
    DOMAIN_RULE_REMOVED = "domain.rule_removed"
    USER_ARRIVED = "user.arrived"
    USER_LINKED = "user.linked"
    USER_UNLINKED = "user.unlinked"
    USER_LINK_ALLOWED = "user.link_allowed"
    # Of these two and CONNECTION_FAILED there are old lines alone: docs/adr/0022.
    SIGNED_IN = "session.signed_in"
    SIGN_IN_REFUSED = "session.refused"
    SIGNED_OUT = "session.signed_out"
    DEVICE_CONNECTED = "session.device_connected"
    DEVICE_REFUSED = "session.device_refused"
    TOTP_ENROLLED = "user.totp_enrolled"
    TOTP_NAMED = "user.totp_named"
    TOTP_REMOVED = "user.totp_removed"
    FACTOR_ENROLLED = "user.factor_enrolled"
    FACTOR_REMOVED = "user.factor_removed"
    FACTOR_PREFERRED = "user.factor_preferred"
    SESSION_ENDED = "session.ended"
    SESSIONS_ENDED = "session.all_ended"
    BROWSER_REMEMBERED = "user.browser_remembered"
    BROWSERS_FORGOTTEN = "user.browsers_forgotten"
    OTHER_SESSIONS_ENDED = "session.others_ended"
    OWN_PASSWORD_CHANGED = "user.password_changed"
    OWN_EMAIL_CHANGED = "user.email_changed"
    PASSKEY_ADDED = "user.passkey_added"
    PASSKEY_NAMED = "user.passkey_named"
    PASSKEY_REMOVED = "user.passkey_removed"
    KEY_ADDED = "user.key_added"
    KEY_NAMED = "user.key_named"
    KEY_REMOVED = "user.key_removed"
    KEY_COPIED = "user.key_copied"
    SYNC_REQUESTED = "sync.requested"
    RESOURCE_ADOPTED = "sync.adopted"
    DRIFT_REPAIRED = "sync.drift_repaired"
    DRIFT_RESTORE_ASKED = "sync.drift_restore_asked"
    DRIFT_ADOPTED = "sync.drift_adopted"
    DRIFT_ADOPTION_ENDED = "sync.drift_adoption_ended"
    DRIFT_MODE_SET = "sync.drift_mode_set"
    PLAN_REQUESTED = "sync.plan_requested"
    FLEET_SETTINGS_UPDATED = "fleet.settings_updated"
    SUPPORT_ENTERED = "support.entered"
    SUPPORT_LEFT = "support.left"


ACTION_LABELS: Mapping[Action, Promise] = {
    Action.TENANT_ONBOARDED: _("Onboarded the tenant"),
    Action.TENANT_APPLICATIONS_SET: _("Chose the tenant's applications"),
    Action.TENANT_SUSPENDED: _("Suspended the tenant"),
    Action.TENANT_RESUMED: _("Resumed the tenant"),
    Action.TENANT_DELETED: _("Deleted the tenant"),
    Action.TENANT_RESTORED: _("Brought the tenant back"),
    Action.TENANT_REMOVED: _("Removed the tenant for good"),
    Action.APPLICATION_REGISTERED: _("Registered an application"),
    Action.APPLICATION_UPDATED: _("Changed an application"),
    Action.APPLICATION_SECRET_ROTATED: _("Rotated an application's secret"),
    Action.APPLICATION_SECRET_ENDED: _("Ended an application's secret before"),
    Action.APPLICATION_RESOURCES_SET: _("Changed which APIs an application calls"),
    Action.APPLICATION_ROLE_ADDED: _("Added a role of an application"),
    Action.APPLICATION_ROLE_CHANGED: _("Changed a role of an application"),
    Action.APPLICATION_ROLE_REMOVED: _("Removed a role of an application"),
    Action.RESOURCE_SERVER_ADDED: _("Added an API"),
    Action.RESOURCE_SERVER_UPDATED: _("Changed an API"),
    Action.RESOURCE_SERVER_REMOVED: _("Removed an API"),
    Action.APPLICATION_NATIVE_SET: _("Changed an application's native mode"),
    Action.NATIVE_SECRET_SHOWN: _("Looked at the secret of a native app client"),
    Action.CELL_ADDED: _("Added a cell"),
    Action.POOL_SETTINGS_CHANGED: _("Changed a user pool's settings"),
    Action.POOL_MADE_ROOM: _("Switched off what a user pool's new settings exclude"),
    Action.POOL_DOMAIN_RENEWED: _("Drew another domain prefix for a user pool"),
    Action.CELL_QUOTAS_SET: _("Set a cell's quotas"),
    Action.CELL_MESSAGE_FUNCTION_SET: _("Set the function that writes Cognito's messages in a cell"),
    Action.OPERATOR_ADDED: _("Added an operator"),
    Action.OPERATOR_SIGNED_IN: _("Signed in to the fleet"),
    Action.OPERATOR_PASSWORD_CHANGED: _("Changed their own password"),
    Action.OPERATOR_FACTOR_ADDED: _("Added a factor of their own"),
    Action.OPERATOR_FACTOR_REMOVED: _("Removed a factor of their own"),
    Action.OPERATOR_FACTOR_RESET: _("Made new recovery codes"),
    Action.BRANDING_UPDATED: _("Changed the brand"),
    Action.LOGO_UPLOADED: _("Uploaded a logo"),
    Action.LOGO_REMOVED: _("Removed the logo"),
    Action.POLICY_UPDATED: _("Changed the sign-in policy"),
    Action.USER_CREATED: _("Created a user"),
    Action.USER_INVITED: _("Invited a user"),
    Action.INVITATION_RESENT: _("Sent an invitation again"),
    Action.INVITATION_REVOKED: _("Revoked an invitation"),
    Action.INVITATION_ASKED: _("Asked by mail for a new link to choose a password"),
    Action.PASSWORD_RESET: _("Chose a new password by a mailed code"),
    Action.USER_SIGNED_UP: _("Made an account"),
    Action.RECOVERY_CODES_MADE: _("Made new recovery codes of a user"),
    Action.RECOVERY_CODE_USED: _("Used a recovery code instead of the second factor"),
    Action.INVITATION_ACCEPTED: _("Accepted the invitation"),
    Action.USER_RENAMED: _("Changed a user's name"),
    Action.OWN_LANGUAGE_CHOSEN: _("Chose their language"),
    Action.USER_ROLE_SET: _("Changed a user's role"),
    Action.USER_DISABLED: _("Disabled a user"),
    Action.USER_ENABLED: _("Enabled a user"),
    Action.USER_MFA_RESET: _("Reset a user's second factor"),
    Action.USER_PASSWORD_SET: _("Set a temporary password"),
    Action.USER_DELETED: _("Deleted a user"),
    Action.USER_FOUND: _("Found a user who was created in Cognito"),
    Action.USER_MISSING: _("Found a user gone from Cognito"),
    Action.USER_REAPPEARED: _("Found a missing user again"),
    Action.USER_CHANGE_TAKEN: _("Took a change over that was made in Cognito"),
    Action.USER_CONFLICT: _("Found a user changed in Cognito"),
    Action.PULL_REQUESTED: _("Asked for a pool's users to be read"),
    Action.VANISHED_CONFIRMED: _("Confirmed that users of a pool are gone"),
    Action.EVENT_SECRET_ROTATED: _("Made a secret for a cell's events"),
    Action.BULK_STARTED: _("Started a change of many users"),
    Action.BULK_CANCELED: _("Canceled a change of many users"),
    Action.BULK_PAUSED: _("Paused a change of many users"),
    Action.BULK_RESUMED: _("Resumed a change of many users"),
    Action.GROUP_CREATED: _("Created a group"),
    Action.GROUP_UPDATED: _("Changed a group"),
    Action.GROUP_DELETED: _("Deleted a group"),
    Action.GROUP_MEMBERS_ADDED: _("Put users into a group"),
    Action.GROUP_MEMBERS_REMOVED: _("Took users out of a group"),
    Action.CONNECTION_CREATED: _("Began a connection"),
    Action.CONNECTION_RENAMED: _("Renamed a connection"),
    Action.CONNECTION_CONFIGURED: _("Changed the settings of a connection"),
    Action.CONNECTION_MAPPED: _("Changed what a connection takes over of people"),
    Action.CONNECTION_ARRIVALS_SET: _("Changed whom a connection lets in"),
    Action.CONNECTION_TEST_STARTED: _("Began a test of a connection"),
    Action.CONNECTION_TEST_FAILED: _("A test of a connection failed"),
    Action.CONNECTION_TESTED: _("Tested a connection"),
    Action.CONNECTION_ACTIVATED: _("Activated a connection"),
    Action.CONNECTION_ACTIVATED_UNTESTED: _("Activated a connection without a passing test"),
    Action.CONNECTION_DISABLED: _("Disabled a connection"),
    Action.CONNECTION_ENABLED: _("Enabled a connection again"),
    Action.CONNECTION_DELETED: _("Deleted a connection"),
    Action.CONNECTION_FAILED: _("Sign-in by a connection failed"),
    Action.CONNECTION_PUBLISHED: _("An identity provider published other values than those in use"),
    Action.DOMAIN_CLAIMED: _("Claimed an e-mail domain"),
    Action.DOMAIN_CHECK_ASKED: _("Asked for a domain's proof to be looked for"),
    Action.DOMAIN_PROVED: _("Found a domain proved"),
    Action.DOMAIN_SETTLING: _("Found a domain's proof; a waiting time began"),
    Action.DOMAIN_PROOF_MISSING: _("Missed a domain's proof"),
    Action.DOMAIN_LOST: _("Found a domain proved no longer"),
    Action.DOMAIN_REMOVED: _("Gave an e-mail domain up"),
    Action.DOMAIN_RULE_ADDED: _("Added a rule of where addresses of a domain lead"),
    Action.DOMAIN_RULE_CHANGED: _("Changed where addresses of a domain lead"),
    Action.DOMAIN_RULE_REMOVED: _("Removed a rule of where addresses of a domain lead"),
    Action.USER_ARRIVED: _("Came in by a connection for the first time"),
    Action.USER_LINKED: _("Connected an identity with a user"),
    Action.USER_UNLINKED: _("Disconnected an identity from a user"),
    Action.USER_LINK_ALLOWED: _("Let a disconnected identity be connected again"),
    Action.SIGNED_IN: _("Signed in"),
    Action.SIGN_IN_REFUSED: _("Sign-in refused"),
    Action.DEVICE_CONNECTED: _("Signed in on a device"),
    Action.DEVICE_REFUSED: _("Refused to sign in on a device"),
    Action.SIGNED_OUT: _("Signed out"),
    Action.TOTP_ENROLLED: _("Set up an authenticator app"),
    Action.FACTOR_ENROLLED: _("Set up codes as a second factor"),
    Action.FACTOR_REMOVED: _("Removed codes as a second factor"),
    Action.FACTOR_PREFERRED: _("Chose which second factor is asked for"),
    Action.TOTP_NAMED: _("Renamed an authenticator app"),
    Action.TOTP_REMOVED: _("Removed their authenticator app"),
    Action.SESSION_ENDED: _("Ended a session"),
    Action.SESSIONS_ENDED: _("Signed a user out everywhere"),
    Action.BROWSER_REMEMBERED: _("Had a browser remembered, where no second factor is asked for"),
    Action.BROWSERS_FORGOTTEN: _("Forgot browsers that were known as theirs"),
    Action.OTHER_SESSIONS_ENDED: _("Signed out on all other devices"),
    Action.OWN_PASSWORD_CHANGED: _("Changed their password"),
    Action.OWN_EMAIL_CHANGED: _("Changed their own e-mail address"),
    Action.PASSKEY_ADDED: _("Added a passkey"),
    Action.PASSKEY_NAMED: _("Renamed a passkey"),
    Action.PASSKEY_REMOVED: _("Removed a passkey"),
    Action.KEY_ADDED: _("Added a security key or passkey as a second factor"),
    Action.KEY_NAMED: _("Renamed a security key or passkey"),
    Action.KEY_REMOVED: _("Removed a security key or passkey"),
    Action.KEY_COPIED: _("Was refused with a security key of which there seems to be a copy"),
    Action.SYNC_REQUESTED: _("Asked for a sync"),
    Action.RESOURCE_ADOPTED: _("Adopted a resource found in Cognito"),
    Action.DRIFT_REPAIRED: _("Repaired drift"),
    Action.DRIFT_RESTORE_ASKED: _("Asked to undo a change made in Cognito"),
    Action.DRIFT_ADOPTED: _("Adopted a change made in Cognito"),
    Action.DRIFT_ADOPTION_ENDED: _("Ended the adoption of a change made in Cognito"),
    Action.DRIFT_MODE_SET: _("Chose what happens to drift"),
    Action.PLAN_REQUESTED: _("Asked what a sync would do"),
    Action.FLEET_SETTINGS_UPDATED: _("Changed the fleet's settings"),
    Action.SUPPORT_ENTERED: _("Entered the tenant for support"),
    Action.SUPPORT_LEFT: _("Left the tenant"),
}
"""What people read; the code stays in exports, and one click away."""
