"""Write docs/seeds.md anew: `python -m tools.seeds`."""

from tests.venues.seeds import pages

if __name__ == "__main__":
    pages.PATH.write_text(pages.text())
    print(pages.PATH)
