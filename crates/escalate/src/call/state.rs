//! What call keeps: the last step told of each subject of which anything was told.

use events::{Role, Topic};
use stream::{State, StoredTable, Table};

/// Tables of call.
#[derive(Debug)]
pub struct CallState {
    told: Table<String>,
}

impl Default for CallState {
    fn default() -> Self {
        Self { told: Table::new("told", Topic::State(Role::Call)) }
    }
}

impl CallState {
    /// The index of the last step told; −1 before the first.
    pub(super) fn told(&self, subject: &str) -> i64 {
        self.told.get(subject).and_then(|index| index.parse().ok()).unwrap_or(-1)
    }

    pub(super) fn tell(&mut self, subject: &str, index: i64) {
        self.told.put(subject, index.to_string());
    }

    pub(super) fn forget(&mut self, subject: &str) {
        if self.told.get(subject).is_some() {
            self.told.remove(subject);
        }
    }
}

impl State for CallState {
    const FORMAT: i64 = 1;
    fn tables(&self) -> Vec<&dyn StoredTable> {
        vec![&self.told]
    }
    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        vec![&mut self.told]
    }
}
