"""A pytest plugin: leaves out what `deselected.txt` lists for the suite in LYCEUM_SUITE.

A line that leaves out nothing is an error, so that the list stays true.
"""

import os
import re
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("deselected.txt")


class Line:
    """`PATTERN  reason`: tests whose id ends in what the pattern, with `*`, describes."""

    def __init__(self, text):
        self.pattern, _, self.reason = text.partition(" ")
        if not self.reason.strip():
            raise pytest.UsageError(f"{LIST.name}: {self.pattern} has no reason")
        parts = map(re.escape, self.pattern.split("*"))
        self.regex = re.compile("(^|.*/)" + ".*".join(parts) + "$")
        self.used = False

    def matches(self, text):
        found = self.regex.match(text) is not None
        self.used |= found
        return found


def read(suite):
    section, lines = None, []
    for text in LIST.read_text(encoding="utf-8").splitlines():
        if text.startswith("["):
            section = text.strip("[]")
        elif section == suite and text and not text.startswith("#"):
            lines.append(Line(text))
    return lines


def pytest_configure(config):
    config.judge_lines = read(os.environ["LYCEUM_SUITE"])


def pytest_ignore_collect(collection_path, config):
    """Whole files and folders are not even imported."""
    path = collection_path.as_posix()
    return any([line.matches(path) for line in config.judge_lines]) or None


def pytest_collection_modifyitems(items, config):
    lines = config.judge_lines
    out = [item for item in items if any([line.matches(item.nodeid) for line in lines])]
    items[:] = [item for item in items if item not in out]
    config.hook.pytest_deselected(items=out)
    idle = [line.pattern for line in lines if not line.used]
    if idle and not config.option.keyword:
        raise pytest.UsageError(f"{LIST.name}: leaves out nothing: {', '.join(idle)}")
