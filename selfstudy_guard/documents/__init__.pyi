from .chunks import locate_chunks as locate_chunks
from .faq_pairs import OwnPair as OwnPair, own_pairs as own_pairs
from .masking import mask_artefacts as mask_artefacts
from .normal import Normal as Normal, normal_form as normal_form, normalise as normalise
from .readers.account import (
    DocumentsSkippedWarning as DocumentsSkippedWarning,
    ReadFile as ReadFile,
    ReadingAccount as ReadingAccount,
    Skipped as Skipped,
    TextFieldChosenWarning as TextFieldChosenWarning,
    reading_table as reading_table,
)
from .readers.reading import coerce_documents as coerce_documents, read_documents as read_documents
from .segmentation import segment as segment
from .sizing import Bounds as Bounds
from .token_estimate import estimate_tokens as estimate_tokens
