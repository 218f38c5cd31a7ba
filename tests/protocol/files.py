"""Reading YAML of the tests fast: libyaml where the package has it, as the product does."""

from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:
    from yaml import SafeLoader as Loader  # type: ignore[assignment]


def read_yaml(path: Path) -> Any:
    """Return what a file holds."""
    return yaml.load(path.read_text("utf-8"), Loader=Loader)
