from .coverage import merge_coverage as merge_coverage
from .governor import Governor as Governor, start_governor as start_governor
from .job import generate_dataset as generate_dataset, read_records as read_records
from .shards import summarise_coverage as summarise_coverage
from .stages import GenerateRecords as GenerateRecords
from .store import read_balance as read_balance
