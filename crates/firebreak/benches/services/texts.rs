//! Texts that people wrote, from the labelled sets beside the project: never part of it, and measured only where they are.
//!
//! They are about anything; so each is addressed to the brand, or enrich would drop it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context;
use flate2::read::MultiGzDecoder;
use serde_json::json;

use crate::input;

const DATA: &str = "../shared/data";
/// Lines of tab-separated fields of which the last is the text.
const TWEETS: [&str; 3] = [
    "semeval2017/4A_2013-2016_train.tsv.gz",
    "semeval2017/BD_topic_2015-2016_train.tsv.gz",
    "semeval2017/CE_topic_2015-2016_train.tsv.gz",
];
/// Customers and those who answer them, with a header.
const CONVERSATIONS: &str = "twcs/twcs_dev.csv.gz";

/// At most so many lines; `None` where the sets are not there.
///
/// # Errors
/// A set cannot be read.
pub(crate) fn lines(most: usize) -> anyhow::Result<Option<Vec<Vec<u8>>>> {
    let data = Path::new(DATA);
    if !data.is_dir() {
        return Ok(None);
    }
    let mut texts = conversations(&data.join(CONVERSATIONS))?;
    for file in TWEETS {
        texts.extend(tweets(&data.join(file))?);
    }
    let now = input::now();
    let line = |(number, text): (usize, &String)| {
        let author = format!("author-{}", number % 5_000);
        let line = json!({
            "source": "texts",
            "native_id": number.to_string(),
            "published_at": now.to_string(),
            "text": format!("@skylineair {text}"),
            "author": {"id": author, "handle": author},
        });
        line.to_string().into_bytes()
    };
    Ok(Some(texts.iter().take(most).enumerate().map(line).collect()))
}

fn open(file: &Path) -> anyhow::Result<impl Read> {
    Ok(MultiGzDecoder::new(File::open(file).with_context(|| format!("cannot open `{}`", file.display()))?))
}

fn tweets(file: &Path) -> anyhow::Result<Vec<String>> {
    let mut texts = Vec::new();
    for line in BufReader::new(open(file)?).lines() {
        let line = line.with_context(|| format!("cannot read `{}`", file.display()))?;
        texts.extend(line.trim_end().rsplit('\t').next().filter(|text| text.contains(' ')).map(str::to_owned));
    }
    Ok(texts)
}

fn conversations(file: &Path) -> anyhow::Result<Vec<String>> {
    let mut text = String::new();
    open(file)?.read_to_string(&mut text).with_context(|| format!("cannot read `{}`", file.display()))?;
    // Whatever field of a row is longest is what was said.
    let longest =
        |row: &str| row.split(',').max_by_key(|field| field.len()).map(|field| field.trim_matches('"').to_owned());
    Ok(text.lines().skip(1).filter_map(longest).filter(|text| text.contains(' ')).collect())
}
