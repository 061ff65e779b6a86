"""How many mails somebody nobody knows can have us send: a page that is open to all must not flood a mailbox."""

from federation.services.counters import count_up
from tenants.http import network_of

# More than anybody needs who looks for a mail, and far fewer than would be a nuisance.
PER_ADDRESS, PER_CLIENT = 5, 30
_WINDOW_SECONDS = 60 * 60


def spend_mail(email: str, client_ip: str | None) -> bool:
    """Count one mail, and say whether it may go out.

    Counted for each address, and for each client, in fixed hours.

    Args:
        email: where the mail would go.
        client_ip: who asks for it.
    """
    client = network_of(client_ip) if client_ip else ""
    # First, so that who may send none does not use up what others may have sent to the address.
    if count_up("mail.client", client, window_seconds=_WINDOW_SECONDS) > PER_CLIENT:
        return False
    return count_up("mail.address", email.strip().lower(), window_seconds=_WINDOW_SECONDS) <= PER_ADDRESS
