//! Avro's schema resolution: can a reader with one schema read what was written with another?

use serde_json::Value;

use super::schema::{Names, described, fields, goes_by, kind, logical, name, step, strings};

/// Who reads whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// This build reads records of the release.
    ReadsReleased,
    /// Readers of the release read this build's records.
    ReadByReleased,
}

impl Direction {
    pub(super) fn claim(self) -> &'static str {
        match self {
            Self::ReadsReleased => "it cannot read released records",
            Self::ReadByReleased => "released readers cannot read its records",
        }
    }
}

/// Why a reader fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The reader has a field that the writer lacks, and no default for it.
    Missing,
    /// The writer has a symbol that the reader lacks, and the reader has no default symbol.
    Symbol,
    /// The types do not fit, or fit with another meaning.
    Type,
    /// A type got another name.
    Name,
}

impl Cause {
    pub(super) fn remedy(self, direction: Direction) -> &'static str {
        match (self, direction) {
            (Self::Missing, Direction::ReadsReleased) => {
                "give the new field a default (or an alias, if it was renamed)"
            }
            (Self::Missing, Direction::ReadByReleased) => "keep the field: it had no default when it was released",
            (Self::Symbol, Direction::ReadsReleased) => "keep the symbol, or give the enum a default symbol",
            (Self::Symbol, Direction::ReadByReleased) => {
                "leave the symbol out: the released enum has no default symbol to read it as"
            }
            (Self::Type, _) => "keep the type, and add a new field with a default beside it",
            (Self::Name, Direction::ReadsReleased) => "keep the name, or give the old one as an alias",
            (Self::Name, Direction::ReadByReleased) => "keep the name: released readers know no other",
        }
    }
}

/// One reason why a reader fails, and the field where it does.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) path: String,
    pub(super) problem: String,
    pub(super) cause: Cause,
}

/// A schema with the types that it names.
pub(super) type Schema<'s> = (&'s Value, &'s Names<'s>);

/// Every reason why a reader with schema `reader` fails on what `writer` wrote.
pub(super) fn faults(reader: Schema<'_>, writer: Schema<'_>) -> Vec<Fault> {
    let mut resolving = Resolving { readers: reader.1, writers: writer.1, faults: Vec::new(), open: Vec::new() };
    resolving.read(reader.0, writer.0, "");
    resolving.faults
}

struct Resolving<'s> {
    readers: &'s Names<'s>,
    writers: &'s Names<'s>,
    faults: Vec<Fault>,
    /// Pairs of records under comparison, so that a type that contains itself comes to an end.
    open: Vec<(*const Value, *const Value)>,
}

impl<'s> Resolving<'s> {
    fn fault(&mut self, path: &str, cause: Cause, problem: String) {
        self.faults.push(Fault { path: path.to_owned(), problem, cause });
    }

    fn read(&mut self, reader: &'s Value, writer: &'s Value, path: &str) {
        let (reader, writer) = (self.readers.resolve(reader), self.writers.resolve(writer));
        match (kind(reader), kind(writer)) {
            (_, "union") => {
                for branch in writer.as_array().into_iter().flatten() {
                    self.read(reader, branch, path);
                }
            }
            ("union", _) => self.one_of(reader, writer, path),
            ("record", "record") if self.same_name(reader, writer, path) => self.record(reader, writer, path),
            ("enum", "enum") if self.same_name(reader, writer, path) => self.symbols(reader, writer, path),
            ("fixed", "fixed") if self.same_name(reader, writer, path) => {
                if reader.get("size") != writer.get("size") {
                    self.fault(path, Cause::Type, format!("the size of fixed `{}` changed", name(reader)));
                }
            }
            ("record", "record") | ("enum", "enum") | ("fixed", "fixed") => {}
            ("array", "array") => self.part("items", reader, writer, path),
            ("map", "map") => self.part("values", reader, writer, path),
            (read, written) => {
                if !promotes(written, read) || logical(reader) != logical(writer) {
                    let problem = format!("{} was written, {} is expected", described(writer), described(reader));
                    self.fault(path, Cause::Type, problem);
                }
            }
        }
    }

    fn part(&mut self, part: &str, reader: &'s Value, writer: &'s Value, path: &str) {
        if let (Some(reader), Some(writer)) = (reader.get(part), writer.get(part)) {
            self.read(reader, writer, &format!("{path}[]"));
        }
    }

    /// A branch of the same kind and name is the one to read into, else the first that reads without fault.
    fn one_of(&mut self, reader: &'s Value, writer: &'s Value, path: &str) {
        let branches: Vec<&'s Value> = reader.as_array().into_iter().flatten().collect();
        let same = branches.iter().find(|branch| {
            let branch = self.readers.resolve(branch);
            kind(branch) == kind(writer) && (name(branch).is_empty() || goes_by(branch, name(writer)))
        });
        if let Some(branch) = same {
            return self.read(branch, writer, path);
        }
        let before = self.faults.len();
        for branch in branches {
            self.read(branch, writer, path);
            let failed = self.faults.len() > before;
            self.faults.truncate(before);
            if !failed {
                return;
            }
        }
        let problem = format!("{} was written, which is in no branch of the union that is expected", described(writer));
        self.fault(path, Cause::Type, problem);
    }

    fn same_name(&mut self, reader: &Value, writer: &Value, path: &str) -> bool {
        let same = goes_by(reader, name(writer));
        if !same {
            let problem = format!("{} was written, {} is expected", described(writer), described(reader));
            self.fault(path, Cause::Name, problem);
        }
        same
    }

    fn record(&mut self, reader: &'s Value, writer: &'s Value, path: &str) {
        let pair = (std::ptr::from_ref(reader), std::ptr::from_ref(writer));
        if self.open.contains(&pair) {
            return;
        }
        self.open.push(pair);
        for field in fields(reader) {
            let path = step(path, name(field));
            let own = fields(writer).find(|written| name(written) == name(field));
            match own.or_else(|| fields(writer).find(|written| goes_by(field, name(written)))) {
                Some(written) => self.read(&field["type"], &written["type"], &path),
                None if field.get("default").is_some() => {}
                None => self.fault(&path, Cause::Missing, "the field was not written and has no default".into()),
            }
        }
        self.open.pop();
    }

    fn symbols(&mut self, reader: &Value, writer: &Value, path: &str) {
        if reader.get("default").is_some() {
            return;
        }
        for symbol in
            strings(writer, "symbols").filter(|symbol| !strings(reader, "symbols").any(|known| known == *symbol))
        {
            let problem =
                format!("symbol `{symbol}` of enum `{}` is not known and no default stands for it", name(reader));
            self.fault(path, Cause::Symbol, problem);
        }
    }
}

/// Avro's promotions of what was written to what is read.
fn promotes(written: &str, read: &str) -> bool {
    written == read
        || matches!(
            (written, read),
            ("int", "long" | "float" | "double")
                | ("long", "float" | "double")
                | ("float", "double")
                | ("string", "bytes")
                | ("bytes", "string")
        )
}
