"""Signing in through Google, Facebook, X, GitHub and Apple, and linking them to an account."""
