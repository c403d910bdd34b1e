//! A registry as the place where schemas of other writers are found.

use events::{SchemaId, SchemaSource, SchemaUnavailable};

use crate::Registry;

impl SchemaSource for Registry {
    /// What it did not number it does not know. One that refuses to tell is as one that is away: somebody must mend it, and until
    /// then no record may be taken for one that nobody can read.
    fn find(&self, id: SchemaId) -> Result<Option<String>, SchemaUnavailable> {
        let SchemaId::Registry(id) = id else { return Ok(None) };
        self.schema(id).map_err(|error| SchemaUnavailable(error.to_string()))
    }
}
