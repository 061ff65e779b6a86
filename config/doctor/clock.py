"""Whether two clocks agree. Leases go by PostgreSQL's clock, signatures and one-time codes by this machine's."""

from config.doctor.finding import Finding, failed, ok, warning

# AWS refuses signatures that are 5 minutes off (IAM user guide, "Signing AWS API requests"); codes of authenticator
# apps change every 30 seconds (RFC 6238), and a code of the neighboring step is accepted.
_TOO_FAR_SECONDS = 25.0
_NOTEWORTHY_SECONDS = 3.0
_REMEDY = "Let both machines follow a time server (chrony, systemd-timesyncd, or the cloud's own)."


def compared(check: str, ahead: float, other: str) -> Finding:
    """Judge by how many seconds our clock is ahead of another's.

    Args:
        check: the name of the check.
        ahead: seconds; negative when ours is behind.
        other: whose clock it is compared with.
    """
    amount = f"{abs(ahead):.1f} s {'ahead of' if ahead > 0 else 'behind'} {other}'s"
    if abs(ahead) > _TOO_FAR_SECONDS:
        return failed(check, f"This machine's clock is {amount}.", _REMEDY)
    if abs(ahead) > _NOTEWORTHY_SECONDS:
        return warning(check, f"This machine's clock is {amount}.", _REMEDY)
    return ok(check, f"This machine's clock and {other}'s agree.")
