//! Reads the files of a book: all of it, or all that is wrong with it.
//!
//! Three passes: YAML to nodes with places, nodes to the model with names and references noted, references looked up. Each notes
//! mistakes and goes on. Files come as text: where they come from is no matter of this module.
//! Invariant: a [`Book`] is returned only without a single mistake; no text makes this panic or run away.

mod brand;
mod judging;
mod keys;
mod names;
mod offer;
mod reader;
mod response;
mod scalar;
#[cfg(test)]
mod schema;
mod suggest;
#[cfg(test)]
mod tests;
mod theme;
mod yaml;

use std::collections::BTreeMap;

use events::BookVersion;

use crate::error::BookError;
use crate::judging::{Costs, HarmRule};
use crate::model::{Book, Brand, ClockPolicy, Detection, RouteRule, SourceClass, Team, Theme};
use crate::version;
use names::Kind;
use reader::{Item, Object, Place, Reader};
use scalar::Range;
use yaml::{Mark, Value};

/// Reads a book from its files, each with its name and text. Lists are joined in the order of the files.
///
/// # Errors
/// Everything that is wrong, in order of file, line and column. Where a file is no YAML, references are not looked up: what it holds is
/// unknown.
pub fn load(files: &[(String, String)]) -> Result<Book, Vec<BookError>> {
    let mut reader = Reader::default();
    let mut draft = Draft::default();
    let mut readable = true;
    for (file, text) in files {
        let place = Place { file: file.clone(), at: Mark { line: 1, column: 1 }, path: String::new() };
        let (root, errors) = yaml::parse(text);
        for error in &errors {
            reader.fail(&Place { at: error.at, ..place.clone() }, &error.problem, &error.remedy);
        }
        readable &= root.is_some() || errors.is_empty();
        if let Some(root) = root {
            let item = Item { node: &root, place };
            match reader.object(&item, keys::BOOK) {
                Some(object) => draft.add(&mut reader, &object),
                None => readable = false,
            }
        }
    }
    if readable {
        draft.missing(&mut reader, files);
        reader.answer_all();
    }
    let mut errors = reader.errors;
    match draft.finish() {
        Some(book) if errors.is_empty() => Ok(book),
        _ => {
            errors.sort();
            errors.dedup();
            Err(errors)
        }
    }
}

/// The book so far.
#[derive(Default)]
struct Draft {
    name: Option<String>,
    brands: Vec<Brand>,
    teams: Vec<Team>,
    themes: Vec<Theme>,
    routes: Vec<RouteRule>,
    default_team: Option<String>,
    clocks: Vec<ClockPolicy>,
    sources: BTreeMap<String, SourceClass>,
    press: Vec<String>,
    detection: Option<Detection>,
    costs: Option<Costs>,
    harm: Vec<HarmRule>,
    /// Which of the sections were there, right or wrong, with the place of the first and the number of items in all.
    seen: BTreeMap<&'static str, (Place, usize)>,
}

/// Sections that stand in one file only.
const SINGLE: [&str; 4] = ["name", "default_team", "detection", "costs"];

impl Draft {
    /// Adds what one file says.
    fn add(&mut self, reader: &mut Reader, object: &Object<'_>) {
        for rule in keys::BOOK {
            let Some(item) = object.get(rule.name) else { continue };
            if let (true, Some((first, _))) = (SINGLE.contains(&rule.name), self.seen.get(rule.name)) {
                let problem = format!("`{}` stands in the book twice, first in {}", rule.name, first.file);
                reader.fail(&item.place, problem, "keep one of them");
            }
            let (_, items) = self.seen.entry(rule.name).or_insert_with(|| (item.place.clone(), 0));
            *items += if let Value::List(nodes) = &item.node.value { nodes.len() } else { 1 };
        }
        self.name = self.name.take().or(reader.text_of(object, "name").map(str::to_owned));
        self.brands.extend(reader.list(object, "brands").iter().filter_map(|item| reader.brand(item)));
        self.teams.extend(reader.list(object, "teams").iter().filter_map(|item| reader.team(item)));
        self.themes.extend(reader.list(object, "themes").iter().filter_map(|item| reader.theme(item)));
        self.routes.extend(reader.list(object, "routes").iter().filter_map(|item| reader.route(item)));
        let default_team = reader.reference(object, "default_team", Kind::Team);
        self.default_team = self.default_team.take().or(default_team);
        self.clocks.extend(reader.list(object, "clocks").iter().filter_map(|item| reader.clock(item)));
        self.sources.extend(sources(reader, object));
        self.press.extend(reader.accounts(object, "press"));
        let detection = object.get("detection").cloned().and_then(|item| detection(reader, &item));
        self.detection = self.detection.take().or(detection);
        let costs = object.get("costs").cloned().and_then(|item| reader.costs(&item));
        self.costs = self.costs.take().or(costs);
        self.harm.extend(reader.list(object, "harm").iter().filter_map(|item| reader.harm_rule(item)));
    }

    /// Notes sections that no file has.
    fn missing(&self, reader: &mut Reader, files: &[(String, String)]) {
        let file = files.first().map_or_else(|| "book".to_owned(), |(file, _)| file.clone());
        let place = Place { file, at: Mark { line: 1, column: 1 }, path: String::new() };
        for (section, remedy) in [
            ("name", "add a name for people, such as `name: Skyline Air`"),
            ("brands", "list at least one brand"),
            ("teams", "list at least one team"),
            ("default_team", "name the team that gets what no route matches"),
        ] {
            if !self.seen.contains_key(section) {
                reader.fail(&place, format!("`{section}` is missing in the book"), remedy);
            }
        }
        for section in ["brands", "teams"] {
            if let Some((place, 0)) = self.seen.get(section) {
                reader.fail(place, "the list is empty", format!("a book has at least one of its {section}"));
            }
        }
    }

    /// The book, if all that it needs is there.
    fn finish(self) -> Option<Book> {
        let mut book = Book {
            version: BookVersion::default(),
            name: self.name?,
            brands: self.brands,
            teams: self.teams,
            themes: self.themes,
            routes: self.routes,
            default_team: self.default_team?,
            clocks: self.clocks,
            sources: self.sources,
            press: self.press,
            detection: self.detection.unwrap_or_default(),
            costs: self.costs.unwrap_or_default(),
            harm: self.harm,
        };
        book.version = version::of(&book);
        Some(book)
    }
}

fn sources(reader: &mut Reader, object: &Object<'_>) -> BTreeMap<String, SourceClass> {
    let known = SourceClass::ALL.map(|class| (class.name(), class));
    let mut sources = BTreeMap::new();
    for (source, place, item) in object.get("sources").map(|item| reader.entries(item)).unwrap_or_default() {
        let fits = source
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.'));
        if source.is_empty() || !fits {
            reader.fail(
                &place,
                format!("`{source}` is no name of a source"),
                "use lower-case letters, digits, `_`, `-` and `.`",
            );
        }
        reader.give(Kind::Source, &source.to_lowercase(), &place);
        if let Some(class) = reader.word(&item, &known) {
            sources.insert(source.to_owned(), class);
        }
    }
    sources
}

fn detection(reader: &mut Reader, item: &Item<'_>) -> Option<Detection> {
    const MANY: i64 = 1_000_000;
    let object = reader.object(item, keys::DETECTION)?;
    let default = Detection::default();
    Some(Detection {
        min_mentions: reader.whole(&object, "min_mentions", 1, MANY).unwrap_or(default.min_mentions),
        min_people: reader.whole(&object, "min_people", 1, MANY).unwrap_or(default.min_people),
        min_ratio: reader.number(&object, "min_ratio", Range::Above(1.0, 1_000.0)).unwrap_or(default.min_ratio),
        false_alarms_per_week: reader
            .number(&object, "false_alarms_per_week", Range::Above(0.0, 1_000.0))
            .unwrap_or(default.false_alarms_per_week),
    })
}
