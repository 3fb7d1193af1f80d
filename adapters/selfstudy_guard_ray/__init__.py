"""selfstudy-guard for Ray Data: the same flow as `map_batches` with async actors."""
