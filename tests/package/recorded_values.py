"""The values of PyTorch and Keras that tests/package/recorded/make_recorded.py wrote down."""

import json
from pathlib import Path

RECORDED = json.loads(
    Path(__file__).with_name("recorded").joinpath("recorded.json").read_text(encoding="utf-8")
)
