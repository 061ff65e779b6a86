"""What finding a proof, or not finding it, means for all who claim a domain. Pure.

- Whose proof is there gets the domain, if nobody holds it.
- Who holds it keeps it for as long as their proof is there, whoever else proves it too.
- A holder whose proof is gone keeps it for a grace time: DNS is edited by people.
- Where somebody else's proof is there meanwhile, they get it once it was there, and the holder's was gone, for a
  waiting time, at whose beginning the holder is told: nobody loses a domain by somebody's haste or a mistake in DNS.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from federation.models.email_domain import DomainStatus, EmailDomain, Notice

GRACE = timedelta(days=7)
TRANSFER_WAIT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Change:
    """One claim's step from a status to another."""

    claim: EmailDomain
    before: DomainStatus


def judge(claims: Sequence[EmailDomain], found: Collection[str], *, now: datetime) -> list[Change]:
    """Move the claims to one domain on by what DNS has, and return which moved.

    Args:
        claims: all claims to the domain, the oldest first.
        found: the tokens in DNS.
        now: the time of the answer.
    """
    before = {claim.pk: DomainStatus(claim.status) for claim in claims}
    holder = next((claim for claim in claims if claim.holds), None)
    others = [claim for claim in claims if claim is not holder]
    if holder is not None and not _keeps(holder, found, others, now=now):
        holder = None
    for claim in others:
        if holder is None and _may_take(claim, found, now=now):
            claim.move(DomainStatus.PROVED, now=now)
            holder = claim
        else:
            _wait(claim, found, holder, now=now)
    return [Change(claim, before[claim.pk]) for claim in claims if claim.status != before[claim.pk]]


def _keeps(holder: EmailDomain, found: Collection[str], others: Sequence[EmailDomain], *, now: datetime) -> bool:
    if holder.token in found:
        if holder.status != DomainStatus.PROVED:
            holder.move(DomainStatus.PROVED, now=now)
        return True
    if holder.status == DomainStatus.PROVED:
        holder.move(DomainStatus.MISSING, now=now, until=now + GRACE)
        holder.notice = Notice.MISSING
        return True
    rival_waits = any(_is_settled(claim, found, now=now) for claim in others)
    ends = holder.since + (TRANSFER_WAIT if rival_waits else GRACE)
    if now < ends:
        return True
    holder.move(DomainStatus.WAITING, now=now)
    holder.notice = Notice.LOST
    return False


def _may_take(claim: EmailDomain, found: Collection[str], *, now: datetime) -> bool:
    """Nobody holds the domain: a proof is enough, unless a waiting time was begun for it."""
    if claim.status == DomainStatus.SETTLING:
        return _is_settled(claim, found, now=now)
    return claim.token in found


def _is_settled(claim: EmailDomain, found: Collection[str], *, now: datetime) -> bool:
    waited = claim.status == DomainStatus.SETTLING and claim.until is not None and claim.until <= now
    return waited and claim.token in found


def _wait(claim: EmailDomain, found: Collection[str], holder: EmailDomain | None, *, now: datetime) -> None:
    if claim.token not in found:
        if claim.status != DomainStatus.WAITING:
            claim.move(DomainStatus.WAITING, now=now)
    elif claim.status == DomainStatus.WAITING:
        claim.move(DomainStatus.SETTLING, now=now, until=now + TRANSFER_WAIT)
        if holder is not None and not holder.notice:
            holder.notice = Notice.CONTESTED


_DAY = timedelta(days=1)


def next_check(claim: EmailDomain, *, now: datetime) -> datetime:
    """Return when to look again: soon while somebody is at it, daily where all is well or the claim was forgotten."""
    match DomainStatus(claim.status):
        case DomainStatus.PROVED:
            return now + _DAY
        case DomainStatus.MISSING | DomainStatus.SETTLING:
            soon = now + timedelta(hours=1)
            return min(soon, claim.until) if claim.until is not None and claim.until > now else soon
        case DomainStatus.WAITING:
            age = now - claim.since
            # A tenth of its age: DNS takes effect within minutes of a change, or the person has forgotten it.
            return now + min(max(age / 10, timedelta(minutes=1)), _DAY)
