"""Reading documents and their structure, with exact offsets into the raw text."""
