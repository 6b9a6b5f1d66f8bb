"""Writes `api/openapi.json`, the committed contract that clients are generated from.

python -m api.export_openapi
"""

import json
from pathlib import Path

from api.app import openapi_document

TARGET = Path(__file__).with_name("openapi.json")


def rendered() -> str:
    """The document as it is committed."""
    return json.dumps(openapi_document(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    TARGET.write_text(rendered(), encoding="utf-8")
