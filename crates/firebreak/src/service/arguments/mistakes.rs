//! Everything that is wrong with a configuration.

use crate::failure::Failure;

/// Mistakes in the order in which they were found, each with its remedy.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<String>);

impl Mistakes {
    /// Notes one.
    pub fn note(&mut self, mistake: impl Into<String>) {
        self.0.push(mistake.into());
    }

    /// Notes several.
    pub fn extend(&mut self, mistakes: impl IntoIterator<Item = String>) {
        self.0.extend(mistakes);
    }

    /// What came of a check; its mistakes are noted when it failed.
    pub fn take<T>(&mut self, result: Result<T, Failure>) -> Option<T> {
        result.map_err(|failure| self.note(failure.message())).ok()
    }

    /// Nothing was wrong.
    ///
    /// # Errors
    /// All mistakes, as a configuration that cannot be used.
    pub fn none(self) -> Result<(), Failure> {
        match self.0.as_slice() {
            [] => Ok(()),
            [one] => Err(Failure::Configuration(one.clone())),
            all => {
                let list: Vec<String> =
                    all.iter().map(|mistake| format!("- {}", mistake.replace('\n', "\n  "))).collect();
                Err(Failure::Configuration(format!("{} settings are wrong:\n{}", all.len(), list.join("\n"))))
            }
        }
    }
}
