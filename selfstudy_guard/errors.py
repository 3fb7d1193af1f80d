"""Every error that the library raises on purpose, each with one message that names the cause and the remedy.

SelfStudyGuardError
├── InputError (ValueError)         an argument, file or row that cannot be used
│   ├── DocumentError               a document that cannot be read, or a chunk that cannot be located
│   └── PromptError                 a prompt template or style that does not pass its check
├── MissingExtraError (ImportError) an optional package is needed; names the command that installs it
├── UnguardedCallError              a call would have looked guarded while it was not
├── CompletionError                 a model call failed (`retryable`, `retry_after` seconds, `status`)
│   ├── AuthenticationError         wrong or missing key: ends the run
│   ├── UnknownModelError           no such model or provider: ends the run
│   ├── RequestError                the provider refuses this one request (too long, malformed)
│   ├── RateLimitError              retryable; honours retry-after
│   ├── ProviderError               retryable: time-out, broken connection, 5xx, unreadable reply
│   └── NoReplyError                not one call of a run was answered; nothing was kept, nothing was paid
├── EmbeddedModelError              the built-in model cannot be fetched, verified or loaded
├── LimitReached                    a token or cost limit of the run is used up
└── LedgerError                     the run folder
    ├── LedgerLockedError           another process writes to it
    ├── LedgerMismatchError         documents or settings changed since the run began
    └── LedgerWriteError            disk full, read-only, broken file
"""

from __future__ import annotations

from typing import Literal


class SelfStudyGuardError(Exception):
    """Base of all errors that this library raises on purpose."""


class InputError(SelfStudyGuardError, ValueError):
    """An argument, file or row that cannot be used; the message names it and the remedy."""


class DocumentError(InputError):
    """A document that cannot be read, or a chunk that cannot be located in its document."""


class PromptError(InputError):
    """A prompt template or style that does not pass its check."""


class MissingExtraError(SelfStudyGuardError, ImportError):
    """An optional package is missing.

    Args:
        feature: what was asked for, in words ("reading PDF files").
        extra: name of the extra of this distribution that brings it ("documents").
    """

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f'{feature} needs an optional package: run  pip install "selfstudy-guard[{extra}]"')
        self.feature = feature
        self.extra = extra

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str]]:
        return type(self), (self.feature, self.extra)


UnguardedCause = Literal["unregistered", "opaque"]
"""Why a call cannot be guarded: it holds no registered document, or beside one something that cannot be read."""


class UnguardedCallError(SelfStudyGuardError):
    """A call would have looked guarded while it was not; nothing was sent.

    Args:
        found: what is wrong.
        remedy: what to do about it, in words for a caller in Python.
        cause: what the remedy is for, so that hosts which are not used from Python can say their own; None where it
            is the same for all.
    """

    def __init__(self, found: str, remedy: str = "", cause: UnguardedCause | None = None) -> None:
        super().__init__(f"{found}. {remedy}" if remedy else found)
        self.found: str = found
        self.cause: UnguardedCause | None = cause


class CompletionError(SelfStudyGuardError):
    """A model call failed.

    Args:
        message: one line without keys or document text.
        retryable: whether the same request may succeed later.
        retry_after: seconds to wait that the provider asked for, if it did.
        status: HTTP status, if there was one.
    """

    retryable: bool = False
    fatal: bool = False
    """Whether every other request of the run would fail in the same way."""

    def __init__(
        self,
        message: str,
        *,
        retryable: bool | None = None,
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        if retryable is not None:
            self.retryable = retryable
        self.retry_after = retry_after
        self.status = status


class AuthenticationError(CompletionError):
    """Wrong or missing key, or no permission: ends the run."""

    fatal = True


class UnknownModelError(CompletionError):
    """No such model or provider: ends the run."""

    fatal = True


class RequestError(CompletionError):
    """The provider refuses this one request (too long, malformed); others may pass."""


class RateLimitError(CompletionError):
    """Too many requests or tokens; `retry_after` says how long to wait, if the provider did."""

    retryable = True


class ProviderError(CompletionError):
    """Time-out, broken connection, server error or unreadable reply."""

    retryable = True


class NoReplyError(CompletionError):
    """Not one call of a run was answered. The same call begins again, and asks for nothing twice."""


class EmbeddedModelError(SelfStudyGuardError):
    """The built-in model cannot be fetched, verified or loaded."""


class LimitReached(SelfStudyGuardError):  # noqa: N818  # reaching a limit is no error of anybody  # reaching a limit is no error of anybody
    """A token or cost limit of the run is used up; what was answered is kept."""


class LedgerError(SelfStudyGuardError):
    """The run folder cannot be used."""


class LedgerLockedError(LedgerError):
    """Another process writes to this run."""


class LedgerMismatchError(LedgerError):
    """Documents or settings changed since the run began."""


class LedgerWriteError(LedgerError):
    """The ledger cannot be written: disk full, read-only folder, broken file."""


class RunIncompleteWarning(UserWarning):
    """A run did not do all that it was asked for: sources were skipped, calls failed, it stopped early, or most of its
    questions were rejected. The message says what, why and what to do; the same stands in the fields of `Run`."""
