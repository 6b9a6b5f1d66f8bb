"""Handlers of the identity context."""
