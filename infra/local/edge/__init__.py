"""The local stand-in for CloudFront: one origin in front of the page, the API and the media.

It follows the *deployed* distribution (`configuration.py`), so that a behaviour forgotten in the
template is missing here too. Nothing is cached: every request reaches its origin.
"""
