"""One module a format: a document as a list of blocks, with its markup marked as gaps."""
