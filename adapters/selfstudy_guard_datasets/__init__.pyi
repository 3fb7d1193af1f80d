from .planning import coverage as coverage, plan as plan, track as track
from .rows import filter_row as filter_row, footprint_row as footprint_row
