"""Log lines that cannot be forged and hold no personal data."""

import logging


class OneLine(logging.Formatter):
    """`time level logger message`, one line each: control characters from outside are escaped."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record):
        line = super().formatMessage(record)
        return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)
