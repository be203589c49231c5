"""krokomanalys: population projection, budget follow-up and goal follow-up for Swedish municipalities.

Data walks one way through the rooms: sources -> population | budget | targets -> report -> cli.
"""

from importlib.metadata import version

__version__ = version("krokomanalys")
