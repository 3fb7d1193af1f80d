"""`generate_dataset`: a whole job on a Ray cluster, or on a laptop, that can be started again at any time."""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path
from typing import Any, Unpack

import pyarrow as pa
from filelock import FileLock, Timeout

from selfstudy_guard import errors
from selfstudy_guard.errors import CompletionError, InputError, LedgerLockedError
from selfstudy_guard.flags import check_flags
from selfstudy_guard.settings import Pacing
from selfstudy_guard_ray.governor import is_needed, spent_before, start_governor
from selfstudy_guard_ray.host import load_ray
from selfstudy_guard_ray.orders import DatasetOptions, make_order
from selfstudy_guard_ray.outcomes import Order
from selfstudy_guard_ray.stages import WriteRecords, drop_done, drop_replaced
from selfstudy_guard_ray.store import Standing, Store, read_balance


def generate_dataset(
    dataset: Any,
    *,
    model: Any = None,
    n_per_document: int | None = None,
    out: str | Path,
    text_column: str = "text",
    id_column: str | None = None,
    seed: int = 0,
    batch_size: int = 32,
    actors: int | tuple[int, int] = 1,
    actor_options: dict[str, Any] | None = None,
    accept_changes: bool = False,
    **options: Unpack[DatasetOptions],
) -> Any:
    """Ask about every document of a Ray Dataset; the same call goes on with what is in `out`.

    Workers may die and start again (Ray runs their batches at least once); results count once: keys are deterministic,
    documents that are done are left out, and a part file appears whole or not at all. A document that failed is a row,
    not an exception, and is tried again by the next call; its finished questions are kept.

    Args:
        dataset: a Ray Dataset with one document a row.
        model: model string, picklable completer or function of messages; None for the built-in model.
        n_per_document: questions a document; None for one a target. A later call may ask for more.
        out: folder of the results; every worker must see it under this path.
        text_column, id_column: columns of text and id. Without an id column the id is made of the text, so that equal
            texts are one document; with one, ids must be unique.
        seed: of plan and requests.
        batch_size: documents a part file. A worker that dies loses the replies of its open parts, at most four.
        actors: number of workers, or (fewest, most) for Ray to scale between.
        actor_options: Ray's own options of the workers (`num_cpus`, `num_gpus`, `resources`, `runtime_env` ...).
        accept_changes: go on although settings changed.
        **options: `Settings` and `Pacing` by name, `prompts` and `model_options`, as for `generate`. `concurrency` is
            that of one worker; rates, `max_tokens` and `max_cost` hold for all workers together, and the two limits
            count what earlier calls spent.

    Returns:
        A Ray Dataset of all rows in `out` (`selfstudy_guard_ray.tables.RECORDS`); records are those whose `status` is
        "answered".

    Raises:
        InputError: a bad argument or a missing column.
        LedgerMismatchError: `out` was begun with other settings.
        LedgerLockedError: another call writes to `out`.
        CompletionError: an error that every request would meet (wrong key, unknown model).
    """
    check_flags(accept_changes=accept_changes)
    ray = load_ray()
    columns = (text_column, id_column)
    order = make_order(model, n_per_document, seed=seed, unit=columns, **options)
    _check_dataset(ray, dataset, columns)
    _check_sendable(ray, order)
    pool = _pool(ray, actors)
    store = Store(out)
    store.make()
    lock = FileLock(store.out / "job.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LedgerLockedError(f"another job writes to {store.out}: wait for it, or choose another out") from error
    try:
        store.begin(order.settings.model_dump(mode="json"), accept_changes=accept_changes)
        before = store.standing()
        done = before.done(order.n)
        left = dataset.select_columns([name for name in columns if name is not None])
        if done.size:
            left = left.map_batches(
                drop_done,
                fn_kwargs={"columns": columns, "done": done},
                batch_format="pyarrow",
                batch_size=None,
            )
        written = left.map_batches(
            WriteRecords,
            fn_constructor_kwargs={
                "order": order,
                "columns": columns,
                "out": str(store.out),
                "run": before.run + 1,
                "begun": before.open(order.n),
                "governor": _governor(store, order.pacing),
            },
            batch_format="pyarrow",
            batch_size=batch_size,
            compute=pool,
            **(actor_options or {}),
        )
        receipts = written.take_all()
        after = store.standing()
    finally:
        lock.release()
    tell(receipts, after, store)
    return _rows(ray, store, after)


def _check_dataset(ray: Any, dataset: Any, columns: tuple[str, str | None]) -> None:
    if not isinstance(dataset, ray.data.Dataset):
        raise InputError(
            f"the dataset must be a Ray Dataset, not {type(dataset).__name__}: make one with ray.data.from_items(rows) "
            "or ray.data.read_parquet(...)"
        )
    schema = dataset.schema()
    names = list(schema.names) if schema is not None else []
    if not names:
        raise InputError("the dataset is empty: it has no rows and no columns")
    for name in columns:
        if name is not None and name not in names:
            raise InputError(f"no column {name!r} in the dataset; there are {', '.join(map(repr, names))}")
    kind = schema.types[names.index(columns[0])]
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_dictionary)
    if isinstance(kind, pa.DataType) and not any(is_text(kind) for is_text in texts):
        raise InputError(
            f"column {columns[0]!r} holds {kind}, not text: name the column of the texts (text_column=...)"
        )


def _check_sendable(ray: Any, order: Order) -> None:
    try:
        ray.cloudpickle.dumps(order)
    except Exception as error:  # a model may raise anything while it is pickled
        raise InputError(
            f"the model cannot be sent to the workers ({type(error).__name__}: {error}): give a model string, or a "
            "completer that makes its clients and locks at its first call"
        ) from error


def read_records(out: str | Path) -> Any:
    """A Ray Dataset of all rows that a job has written so far.

    Raises:
        LedgerError: there is no job in the folder.
    """
    store = Store(out)
    return _rows(load_ray(), store, store.standing())


def _rows(ray: Any, store: Store, standing: Standing) -> Any:
    if not standing.parts:
        from selfstudy_guard_ray.tables import RECORDS

        return ray.data.from_arrow(RECORDS.empty_table())
    rows = ray.data.read_parquet([str(store.path("records", part)) for part in standing.parts], partitioning=None)
    if standing.dropped:
        rows = rows.map_batches(
            partial(drop_replaced, dropped=standing.dropped), batch_format="pyarrow", batch_size=None
        )
    return rows


def _governor(store: Store, pacing: Pacing) -> Any:
    """The actor that keeps rates and limits, which knows what earlier calls spent; None where nothing is limited."""
    if not is_needed(pacing):
        return None
    file = store.out / "spent.json"
    before = spent_before(file)
    if pacing.max_tokens is not None or pacing.max_cost is not None:
        # Calls without limits wrote no such file, but what was answered stands in the parts.
        answered = read_balance(store.out).usage
        before = max(before, answered, key=lambda usage: (usage.cost or 0.0, usage.tokens))
    return start_governor(pacing, before=before, file=file)


def _pool(ray: Any, actors: int | tuple[int, int]) -> Any:
    fewest, most = (actors, actors) if isinstance(actors, int) else actors
    if not 1 <= fewest <= most:
        raise InputError(f"actors must be a number from 1, or (fewest, most), not {actors!r}")
    return ray.data.ActorPoolStrategy(min_size=fewest, max_size=most)


def tell(receipts: list[dict[str, Any]], standing: Standing, store: Store) -> None:
    """Say what a person must know at the end of a job.

    Raises:
        CompletionError: an error that every request met.
    """
    fatal = next((receipt["fatal"] for receipt in receipts if receipt["fatal"]), "")
    if fatal:
        name, _, message = fatal.partition(":")
        kind = getattr(errors, name, CompletionError)
        raise kind(f"{message} (what was answered before is kept in {store.out})")
    stopped = next((receipt["stopped"] for receipt in receipts if receipt["stopped"]), "")
    if stopped:
        warnings.warn(f"stopped early: {stopped}; the same call goes on later", stacklevel=3)
    skipped = sum(receipt["skipped"] for receipt in receipts)
    if skipped:
        first = next(receipt["problem"] for receipt in receipts if receipt["skipped"])
        warnings.warn(f"{skipped} rows are no documents (status 'skipped'); the first: {first}", stacklevel=3)
    if standing.clashes:
        warnings.warn(
            f"{standing.clashes} documents have the id of another one with another text, and one of each was kept: "
            "give an id column with unique ids",
            stacklevel=3,
        )
