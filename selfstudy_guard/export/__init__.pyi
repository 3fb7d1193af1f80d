from .formats import FORMATS as FORMATS, Format as Format
from .write import Exported as Exported, export_records as export_records
