//! Reads brands, with their rules and products.

use events::BrandId;

use super::keys::{BRAND, PRODUCT, RULE};
use super::names::Kind;
use super::reader::{Item, Object, Reader};
use super::scalar::Range;
use crate::model::{Brand, Product, TrackingRule};
use crate::phrases::FoldedText;

/// Confidence from which a mention is about the brand, where the book does not say.
const THRESHOLD: f64 = 0.5;

const LANGUAGE: &str = "en";

impl Reader {
    pub(super) fn brand(&mut self, item: &Item<'_>) -> Option<Brand> {
        let object = self.object(item, BRAND)?;
        let id = self.id(&object, Kind::Brand);
        let name = self.text_of(&object, "name").map(str::to_owned);
        let names = self.sure_names(&object);
        let ambiguous = self.phrases(&object, "ambiguous");
        let mistakes = self.errors.len();
        let context = self.phrases(&object, "context");
        let no_context = context.is_empty() && self.errors.len() == mistakes;
        if let (Some(item), true, false) = (object.get("ambiguous"), no_context, ambiguous.is_empty()) {
            self.fail(
                &item.place,
                "an ambiguous name is never sure without context",
                "list words under `context`, such as `flight`",
            );
        }
        let false_friends = self.phrases(&object, "false_friends");
        let accounts = self.accounts(&object, "accounts");
        let staff = self.accounts(&object, "staff");
        let threshold = self.number(&object, "threshold", Range::Share);
        let language = object.get("language").cloned().and_then(|item| self.language(&item));
        let rules = self.list(&object, "rules").iter().filter_map(|item| self.rule(item)).collect();
        let products = self.list(&object, "products").iter().filter_map(|item| self.product(item)).collect();
        let programmes = self.list(&object, "programmes").iter().filter_map(|item| self.programme(item)).collect();
        let places = self.list(&object, "places").iter().filter_map(|item| self.place(item)).collect();
        let parameters = self.list(&object, "parameters").iter().filter_map(|item| self.parameter(item)).collect();
        let tones = object.get("tones").cloned().and_then(|item| self.tones(&item));
        let avoid = self.phrases(&object, "avoid");
        let owner = self.reference(&object, "owner", Kind::Team);
        Some(Brand {
            id: BrandId::new(id?),
            name: name?,
            names,
            ambiguous,
            context,
            false_friends,
            accounts,
            staff,
            threshold: threshold.unwrap_or(THRESHOLD),
            language: language.unwrap_or_else(|| LANGUAGE.to_owned()),
            rules,
            products,
            programmes,
            places,
            parameters,
            tones,
            avoid,
            owner: owner?,
        })
    }

    /// Names that are sure, so no two brands can share one.
    fn sure_names(&mut self, object: &Object<'_>) -> Vec<String> {
        let names = self.some_phrases_at(object, "names");
        for (name, place) in &names {
            self.give(Kind::SureName, FoldedText::new(name).as_str(), place);
        }
        names.into_iter().map(|(name, _)| name).collect()
    }

    /// Accounts as `<source>:<handle or id>`, lower case, without the `@`.
    pub(super) fn accounts(&mut self, object: &Object<'_>, key: &str) -> Vec<String> {
        let mut accounts = Vec::new();
        for (text, place) in self.texts_at(object, key) {
            let account = text.to_lowercase();
            let parts = account.split_once(':').map(|(source, handle)| (source, handle.trim_start_matches('@')));
            let Some((source, handle)) = parts.filter(|(source, handle)| !source.is_empty() && !handle.is_empty())
            else {
                self.fail(
                    &place,
                    format!("`{text}` is no account"),
                    "write source, colon and handle, such as `x:skylineair`",
                );
                continue;
            };
            let account = format!("{source}:{handle}");
            self.ask(Kind::Source, source, &place);
            self.give(Kind::Account, &account, &place);
            accounts.push(account);
        }
        accounts
    }

    /// A language tag such as `en` or `pt-BR`.
    pub(super) fn language(&mut self, item: &Item<'_>) -> Option<String> {
        let text = self.text(item)?;
        let mut parts = text.split('-');
        let primary = parts
            .next()
            .is_some_and(|tag| (2..=3).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_lowercase()));
        let rest =
            parts.all(|tag| (1..=8).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if !(primary && rest) {
            self.fail(&item.place, format!("`{text}` is no language tag"), "write a tag such as `en`, `es` or `pt-BR`");
            return None;
        }
        Some(text.to_owned())
    }

    fn rule(&mut self, item: &Item<'_>) -> Option<TrackingRule> {
        let object = self.object(item, RULE)?;
        let id = self.id(&object, Kind::Rule);
        let any = self.some_phrases(&object, "any");
        let with = self.phrases(&object, "with");
        let none = self.phrases(&object, "none");
        Some(TrackingRule { id: id?, any, with, none })
    }

    fn product(&mut self, item: &Item<'_>) -> Option<Product> {
        let object = self.object(item, PRODUCT)?;
        let id = self.id(&object, Kind::Product);
        let name = object.get("name").cloned().and_then(|item| self.phrase(&item));
        let aliases = self.phrases(&object, "aliases");
        Some(Product { id: id?, name: name?, aliases })
    }
}
