"""The data directory, made and found fit to be written."""

import os
from pathlib import Path

_NEXT = "Set MUSTER_DATA_DIR to a folder that the user who runs Muster may write."


class FolderUnfit(Exception):
    """The data directory cannot be made or written; says why and what to do."""


def made(folder: Path) -> Path:
    """The folder with its links followed, made for its owner alone if it was not there.

    Raises FolderUnfit.
    """
    try:
        whole = folder.resolve()
        whole.mkdir(parents=True, exist_ok=True, mode=0o700)
    except FileExistsError as error:
        raise FolderUnfit(f"The data directory {folder.absolute()} is a file. {_NEXT}") from error
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        why = getattr(error, "strerror", None) or str(error)
        said = f"The data directory {folder.absolute()} cannot be made: {why.lower()}. {_NEXT}"
        raise FolderUnfit(said) from error
    if not os.access(whole, os.W_OK | os.X_OK):
        raise FolderUnfit(f"The data directory {whole} cannot be written. {_NEXT}")
    return whole
