"""Write docs/control.md anew from the rows of the control API."""

from pathlib import Path

from countermand.control.reference import page

PAGE = Path(__file__).parents[1] / "docs" / "control.md"

if __name__ == "__main__":
    PAGE.write_text(page())
    print(f"wrote {PAGE}")
