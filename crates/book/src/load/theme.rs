//! Reads themes and their reasons.

use std::collections::BTreeMap;

use events::{BrandId, ThemeId};

use super::keys::{REASON, THEME};
use super::names::Kind;
use super::reader::{Item, Object, Reader};
use crate::model::{Reason, Theme};

const MAX_POINTS: i64 = 20;

impl Reader {
    pub(super) fn theme(&mut self, item: &Item<'_>) -> Option<Theme> {
        let object = self.object(item, THEME)?;
        let id = self.id(&object, Kind::Theme);
        let name = self.text_of(&object, "name").map(str::to_owned);
        let brands = self.references(&object, "brands", Kind::Brand);
        let any = self.some_phrases(&object, "any");
        let none = self.phrases(&object, "none");
        let reasons = self.reasons(&object);
        let points = self.whole(&object, "points", 0, MAX_POINTS);
        let safety = self.truth(&object, "safety");
        let otherwise = self.truth(&object, "otherwise");
        let owner = self.reference(&object, "owner", Kind::Team);
        Some(Theme {
            id: ThemeId::new(id?),
            name: name?,
            brands: brands.into_iter().map(BrandId::new).collect(),
            any,
            none,
            reasons,
            points: points.unwrap_or(0),
            safety: safety.unwrap_or(false),
            otherwise: otherwise.unwrap_or(false),
            owner: Some(owner?),
        })
    }

    fn reasons(&mut self, theme: &Object<'_>) -> Vec<Reason> {
        let mut lines: BTreeMap<String, usize> = BTreeMap::new();
        let mut reasons = Vec::new();
        for item in self.list(theme, "reasons") {
            let Some(object) = self.object(&item, REASON) else {
                continue;
            };
            let any = self.some_phrases(&object, "any");
            let Some(id_item) = object.get("id") else { continue };
            let Some(id) = self.id_text(id_item) else { continue };
            if let Some(first) = lines.insert(id.clone(), id_item.place.at.line) {
                let problem = format!("the reason `{id}` stands in the theme twice, first in line {first}");
                self.fail(&id_item.place, problem, "rename or remove one of them");
            }
            reasons.push(Reason { id, any });
        }
        reasons
    }
}
