"""What the command line shows and reads: files, progress, accounts for people."""
