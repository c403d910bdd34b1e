//! Reads what a brand offers besides its products: programmes, places, and parameters that people want otherwise.

use std::collections::BTreeSet;

use super::keys::{PARAMETER, PLACE, PROGRAMME, VALUE};
use super::names::Kind;
use super::reader::{Item, Reader};
use crate::model::{Parameter, ParameterValue, Place, Programme};

impl Reader {
    pub(super) fn programme(&mut self, item: &Item<'_>) -> Option<Programme> {
        let object = self.object(item, PROGRAMME)?;
        let id = self.id(&object, Kind::Programme);
        let name = self.text_of(&object, "name").map(str::to_owned);
        let any = self.some_phrases(&object, "any");
        Some(Programme { id: id?, name: name?, any })
    }

    pub(super) fn place(&mut self, item: &Item<'_>) -> Option<Place> {
        let object = self.object(item, PLACE)?;
        let id = self.id(&object, Kind::Place);
        let name = object.get("name").cloned().and_then(|item| self.phrase(&item));
        let aliases = self.phrases(&object, "aliases");
        Some(Place { id: id?, name: name?, aliases })
    }

    pub(super) fn parameter(&mut self, item: &Item<'_>) -> Option<Parameter> {
        let object = self.object(item, PARAMETER)?;
        let id = self.id(&object, Kind::Parameter);
        let name = self.text_of(&object, "name").map(str::to_owned);
        let mut seen = BTreeSet::new();
        let mut values = Vec::new();
        for item in self.list(&object, "values") {
            let Some(object) = self.object(&item, VALUE) else { continue };
            let Some(value) = self.text_of(&object, "value").map(str::to_owned) else { continue };
            if !seen.insert(value.clone()) {
                self.fail(&item.place, format!("the value `{value}` stands twice"), "remove one of them");
            }
            let any = self.some_phrases(&object, "any");
            values.push(ParameterValue { value, any });
        }
        Some(Parameter { id: id?, name: name?, values })
    }
}
