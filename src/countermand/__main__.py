"""Run the command line: `python -m countermand`."""

from countermand.cli import main

main()
