"""The batch: which reports are to be made and why, each made in a process of its own, written down and shown."""
