"""Who: cells, user pools, tenants, roles, applications, branding, sign-in policy, the audit log and the outbox."""
