"""The screens of the simulator: a small Customer Center that reads and edits a company file."""
