"""Who people are and how they prove it: accounts, sessions, access tokens and signing keys.

Other contexts import `socialflow.identity.facade` and nothing else from here.
"""
