"""Registering, signing in and out, and the keys that verify access tokens."""
