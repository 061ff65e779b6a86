"""What people have to know of a sign-in policy, and of passwords before they are used or are not any more.

The dashboard and the API say the same, from here.
"""

from django.utils.translation import gettext as _

from tenants.factor_rules import days_remembered
from tenants.first_factors import usable
from tenants.models import MfaPolicy, SignInPolicy, Tenant, TenantApplication
from tenants.models.pool_settings import options_of
from tenants.pool_options import FirstFactor, Recovery
from tenants.remarks import Remark
from tenants.ways_in import place_of


def consequences(tenant: Tenant, *, allowed: bool) -> list[Remark]:
    """Return what people have to know before passwords are allowed, or are not any more.

    Args:
        tenant: with its pool.
        allowed: what is to be.
    """
    if allowed:
        if options_of(tenant.pool).recovery == Recovery.EMAIL:
            again = _("Who has none, or does not know it, chooses one by “Forgot your password?”.")
        else:
            again = _("Who has none, or does not know it, needs a temporary one from an administrator.")
        return [
            Remark("passwords_good_again", _("Passwords from before are good again.")),
            Remark("who_has_no_password", again),
        ]
    asked = _("Nobody is asked for a password, can have a forgotten one replaced, or can be given a temporary one.")
    chosen = _("Who is invited, or makes an account, opens the link of the mail and chooses no password.")
    team = _("Your team signs in to this dashboard the same way. Sessions go on until they end.")
    temporary = _("Who has a temporary password only is mailed a link when they next ask for a code by e-mail.")
    return [
        Remark("no_password_asked", asked),
        Remark("no_password_chosen", chosen),
        Remark("team_included", team),
        Remark("link_for_temporary_passwords", temporary),
        *_unseen_factors(tenant),
        *_without_passwords(tenant),
    ]


def warnings(tenant: Tenant, policy: SignInPolicy) -> list[Remark]:
    """Return what people have to know of a policy as it is; empty where there is nothing.

    Args:
        tenant: with its pool.
        policy: the tenant's.
    """
    found = _not_offered(tenant, policy) if policy.first_factors else []
    found += _remembering(tenant, policy) if policy.remember_days else []
    if not policy.password_allowed:
        if policy.takes_passwords:
            text = _("Passwords keep working until Cognito sends codes by e-mail to your users.")
            found.append(Remark("passwords_still_taken", text))
        return [*found, *_without_passwords(tenant)]
    if FirstFactor.EMAIL_OTP in policy.first_factors and not options_of(tenant.pool).uses_ses:
        text = _("Without Amazon SES, Cognito sends 50 mails a day: more codes than that do not arrive.")
        found.append(Remark("few_mails", text))
    return found


def _not_offered(tenant: Tenant, policy: SignInPolicy) -> list[Remark]:
    """What people cannot begin with although the policy allows it."""
    can = usable(policy.first_factors, policy.mfa, place_of(tenant))
    found = []
    if coming := [FirstFactor(way).label for way in can if way not in policy.ready_factors]:
        text = _("Not offered yet, because Cognito is still being updated: %(names)s.")
        found.append(Remark("ways_in_pending", text % {"names": ", ".join(map(str, coming))}))
    if never := [FirstFactor(way).label for way in policy.first_factors if way not in can]:
        text = _("Not offered, because your user pool does not have it (any more): %(names)s.")
        found.append(Remark("ways_in_unavailable", text % {"names": ", ".join(map(str, never))}))
    return found


def _remembering(tenant: Tenant, policy: SignInPolicy) -> list[Remark]:
    """What makes nothing of the days for which browsers are to be remembered."""
    if not days_remembered(policy.remember_days, options_of(tenant.pool)):
        text = _(
            "No browser is remembered, because your user pool does not have that any more: whoever has a second factor "
            "is asked for it at every sign-in."
        )
        return [Remark("remembering_unavailable", text)]
    if policy.mfa == MfaPolicy.OFF:
        text = _("The second factor is off: remembering browsers means nothing as long as nobody is asked for one.")
        return [Remark("remembering_means_nothing", text)]
    return []


def _unseen_factors(tenant: Tenant) -> list[Remark]:
    """A pool of the tenant's own has second factors off, so that nobody is asked for one; a shared pool has not."""
    if not tenant.pool.is_shared:
        return []
    text = _(
        "Who has a second factor that was set up directly in Cognito, and never used here, gets no code. "
        "A mail tells them to ask you, and you reset it on their page."
    )
    return [Remark("unseen_second_factors", text)]


def _without_passwords(tenant: Tenant) -> list[Remark]:
    """What holds as long as passwords are not used."""
    found = []
    if not options_of(tenant.pool).uses_ses:
        text = _(
            "Without Amazon SES, Cognito sends 50 mails a day: the codes of more sign-ins do not arrive, and who has "
            "no other way stays outside until the next day."
        )
        found.append(Remark("few_mails", text))
    native = TenantApplication.objects.filter(tenant=tenant, application__native__isnull=False)
    if names := sorted(native.values_list("application__name", flat=True)):
        text = _("On Cognito's own pages passwords go on working. These applications use them: %(names)s.")
        found.append(Remark("passwords_on_cognitos_pages", text % {"names": ", ".join(names)}))
    return found
