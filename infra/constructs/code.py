"""What goes into each function's zip: its own context's files and what all contexts share.

A zip holds nothing else, so its hash changes only when the function's own files change, and a
deployment replaces only the functions that differ.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aws_cdk import IgnoreMode
from aws_cdk import aws_lambda as lambda_

ROOT: Final = Path(__file__).resolve().parents[2]
NEVER: Final = ["**/__pycache__", "**/*.pyc", "**/.DS_Store"]


def context_code(package: str, context: str) -> lambda_.AssetCode:
    """The modules of `package` and its folder of one context, importable from the zip's root.

    `context_code("api", "videos")` holds `api/*.py` and `api/videos/`.
    """
    return lambda_.Code.from_asset(
        str(ROOT),
        display_name=f"{package} {context}",
        # Read from top to bottom, as in .gitignore: a later line takes an earlier one back.
        exclude=[
            "/*",
            f"!/{package}",
            f"/{package}/*",
            f"!/{package}/*.py",
            f"!/{package}/{context}",
            *NEVER,
        ],
        ignore_mode=IgnoreMode.GIT,
    )
