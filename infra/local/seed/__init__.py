"""Fills a running target with demo people and videos, through the public API alone.

The same calls work against any deployment. Run twice, it makes nothing twice.
"""
