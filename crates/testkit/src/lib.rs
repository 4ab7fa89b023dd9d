//! Seeded randomness, closeness and goldens for the tests of every crate.
