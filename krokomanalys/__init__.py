"""krokomanalys: population projection, budget follow-up and goal follow-up for Swedish municipalities.

Data walks one way through the rooms: sources -> population | budget | targets -> report -> cli.
"""

__version__ = "0.1.0"
