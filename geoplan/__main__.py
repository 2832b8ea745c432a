"""`python -m geoplan`: the command line without the console script."""

from geoplan.cli import main

if __name__ == "__main__":
    main()
