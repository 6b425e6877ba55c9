"""The ``dlcourse`` command, for instructors: see ``dlcourse assignment --help``."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command with the arguments of the command line."""
    try:
        from dlcourse.grading._command import program
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("dlcourse"):
            raise
        sys.exit('The command needs more than the package: pip install "dlcourse[instructor]"')
    program(prog_name="dlcourse")
