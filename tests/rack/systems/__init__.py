"""NixOS-shaped systems from Debian's files."""
