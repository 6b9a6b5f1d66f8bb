"""Google, Apple, Facebook, GitHub and X on this machine, for `make run` and the tests.

One Node process serves them all on one loopback port, each under its own path. The first three are
npm's oidc-provider, which refuses a wrong PKCE verifier, a replayed code, another redirect URI and
a wrong client secret; GitHub and X are written after their documentation and are just as strict.
Whoever signs in picks one of a few demo people.
"""
