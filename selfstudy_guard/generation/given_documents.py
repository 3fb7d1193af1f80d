"""What `generate` accepts as documents, read one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from typing import Any

from selfstudy_guard.documents import ReadingAccount, coerce_documents, read_documents
from selfstudy_guard.documents.readers.paths import check_paths
from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Document

Documents = str | PathLike[str] | Document | Iterable[str | PathLike[str] | Document]


def check_given(documents: Documents) -> None:
    """Fail early for paths that do not exist; what only an iterator knows is found when it comes.

    Raises:
        DocumentError: names the path and the remedy.
        InputError: something that cannot hold documents.
    """
    if isinstance(documents, str | PathLike):
        documents = [documents]
    if isinstance(documents, Sequence):
        check_paths([str(item) for item in documents if isinstance(item, str | PathLike)])
    elif not isinstance(documents, Document | Iterable):
        raise InputError(f"documents must be paths or Documents, not {type(documents).__name__}")


def read_all(
    documents: Documents,
    text_field: str | Sequence[str] | None,
    id_field: str | None,
    strict: bool,
    account: ReadingAccount,
) -> Iterator[Document]:
    """The documents of a mixture of paths and documents, in its order; what was read and skipped goes to `account`.

    Raises:
        DocumentError: with strict, a document that cannot be read.
    """
    items: Sequence[Any] | Iterable[Any]
    items = [documents] if isinstance(documents, str | PathLike | Document) else documents
    for item in items:
        if isinstance(item, str | PathLike):
            yield from read_documents(
                [item],
                text_field=text_field,
                id_field=id_field,
                strict=strict,
                on_skip=account.skipped.append,
                on_read=account.read.append,
            )
        else:
            yield from coerce_documents([item])
