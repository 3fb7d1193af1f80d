"""Encoded text: what base64, hex, rot13, Morse and the like say."""
