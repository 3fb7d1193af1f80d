"""Files, folders, rows and bytes in; text of documents out."""
