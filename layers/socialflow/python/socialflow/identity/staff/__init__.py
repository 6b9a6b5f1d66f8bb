"""Roles and what they may see: grants, the audit log, people as admins find them."""
