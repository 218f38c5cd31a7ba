#!/usr/bin/env python
"""Every command of the project has its name here; `python manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    from clinic.environment.usable import development_when_nothing_is_set

    development_when_nothing_is_set()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
