//! Operations: authorize, load, decide, store, audit, enqueue, in one transaction.
