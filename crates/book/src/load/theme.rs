//! Reads themes and their reasons.

use std::collections::BTreeMap;

use events::{BrandId, ThemeId};

use super::keys::{REASON, THEME};
use super::names::Kind;
use super::reader::{Item, Object, Reader};
use crate::model::{Reason, Theme};

const MAX_POINTS: i64 = 20;
const FEWEST_EXAMPLES: usize = 3;

impl Reader {
    pub(super) fn theme(&mut self, item: &Item<'_>) -> Option<Theme> {
        let object = self.object(item, THEME)?;
        let id = self.id(&object, Kind::Theme);
        let name = self.text_of(&object, "name").map(str::to_owned);
        let brands = self.references(&object, "brands", Kind::Brand);
        let any = self.some_phrases(&object, "any");
        let examples = self.examples(&object);
        if object.get("any").is_none() && object.get("examples").is_none() {
            self.fail(
                &item.place,
                "nothing says how the theme is found",
                "list phrases under `any`, or five sentences that are about it under `examples`",
            );
        }
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
            examples,
            none,
            reasons,
            points: points.unwrap_or(0),
            safety: safety.unwrap_or(false),
            otherwise: otherwise.unwrap_or(false),
            owner: Some(owner?),
        })
    }

    fn examples(&mut self, theme: &Object<'_>) -> Vec<String> {
        let examples: Vec<String> =
            self.texts_at(theme, "examples").into_iter().map(|(text, _)| text.to_owned()).collect();
        if let Some(item) = theme.get("examples").filter(|_| examples.len() < FEWEST_EXAMPLES) {
            let problem = format!("{} examples are too few to tell what they have in common", examples.len());
            self.fail(&item.place, problem, format!("write at least {FEWEST_EXAMPLES}, each in other words"));
        }
        examples
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
