"""What trains the filter; never imported by the package."""
