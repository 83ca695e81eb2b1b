"""``python -m inbox_worker``."""

from inbox_worker.cli import main

if __name__ == "__main__":
    main()
