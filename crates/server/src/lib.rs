//! The parts of the binary `tidings`: commands, configuration, the listener, logs, metrics, the
//! data folder and backups. What people see is in `web`, what it means in `app`.

pub mod acting;
pub mod admin_socket;
pub mod backup;
pub mod cli;
pub mod command;
pub mod config;
pub mod data_lock;
pub mod disk;
pub mod metrics;
pub mod open;
pub mod place;
pub mod running;
pub mod serve;
pub mod telemetry;
pub mod workers;
