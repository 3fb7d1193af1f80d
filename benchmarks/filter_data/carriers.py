
def read_carriers(paths: list[Path], rng: random.Random, most: int = 500) -> list[Carrier]:
    """Carriers from every given path.

    Args:
        paths: a `.jsonl` file of rows with `document` and `genre` (rows whose `carrier` is false are left out), a JSON
            file in the format of SQuAD, a folder of manual pages (it holds `man1`), or any other folder of documentation.
