"""How untrusted text and tables are shown: in the terminal, as plain text, as Markdown, in a notebook."""
