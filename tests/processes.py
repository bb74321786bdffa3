"""Other processes that a test looks for: this one's children."""

import psutil


def children_running(fragment, *, of=None, recursive=False):
    """Return the children whose command line holds the fragment, those that ended but are not waited for left out."""
    return [
        child for child in psutil.Process(of).children(recursive=recursive) if fragment in command_line(child)
    ]


def command_line(process):
    """Return its words, joined, or nothing of a process that has ended."""
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""
