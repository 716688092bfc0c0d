//! A lossy SQLite VFS for power-cut tests. Dev-only: never linked in a release.
