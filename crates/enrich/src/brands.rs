//! Which brands, products and tracking rules a text names, and how surely: one pass for the whole book.

mod sparse;
mod weigh;

use std::mem::take;

use book::phrases::{FoldedText, PhraseError, PhraseSet};
use book::{Book, Brand};
use events::{BrandId, BrandMatch, Mention, PlaceMatch, ProductMatch, ProgrammeMatch, TextSpan};
use hashbrown::{HashMap, HashSet};

use sparse::Sparse;
use weigh::{Evidence, confidence};

/// Confidence of an own account, an owned channel, a hint of the source.
const CERTAIN: f64 = 1.0;
/// Confidence of a product that is named with its brand, and without.
const PRODUCT: f64 = 0.9;
const PRODUCT_ALONE: f64 = 0.6;

/// What a phrase of the book is good for. Brands, rules and products by their place in the book.
#[derive(Debug, Clone, Copy)]
enum Word {
    Name(usize),
    Ambiguous(usize),
    Context(usize),
    FalseFriend(usize),
    RuleAny(usize),
    RuleWith(usize),
    RuleNone(usize),
    Product(usize, usize),
    /// A programme, by its place among all.
    Programme(usize),
    /// A place and which of its names, by its place among all.
    Place(usize, usize),
}

/// A tracking rule and its brand.
#[derive(Debug)]
struct Rule {
    id: String,
    brand: usize,
    /// Whether a phrase of `with` must occur.
    with: bool,
}

/// A product, its brand, and the words for it as the book writes them.
#[derive(Debug)]
struct Product {
    id: String,
    brand: usize,
    aliases: Vec<String>,
}

/// A place, and the words for it as the book writes them.
#[derive(Debug)]
struct Place {
    id: String,
    aliases: Vec<String>,
}

/// A brand as far as matching needs it.
#[derive(Debug)]
struct Tracked {
    id: BrandId,
    threshold: f64,
}

/// The words of a book.
#[derive(Debug)]
pub(crate) struct Brands {
    phrases: PhraseSet,
    /// By tag.
    words: Vec<Word>,
    brands: Vec<Tracked>,
    /// Where each stands among them.
    numbers: HashMap<BrandId, usize>,
    rules: Vec<Rule>,
    products: Vec<Product>,
    /// Ids of programmes, each with the place of its brand.
    programmes: Vec<(String, usize)>,
    places: Vec<Place>,
    names: HashSet<String>,
}

/// What was found in a mention.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Found {
    pub(crate) brands: Vec<BrandMatch>,
    pub(crate) products: Vec<ProductMatch>,
    pub(crate) matched_rules: Vec<String>,
    pub(crate) programmes: Vec<ProgrammeMatch>,
    pub(crate) geo: Option<PlaceMatch>,
}

impl Brands {
    /// Compiles the words of `book`.
    ///
    /// # Errors
    /// A phrase of the book cannot be searched for.
    pub(crate) fn of(book: &Book) -> Result<Self, PhraseError> {
        let mut words: Vec<(Word, &str)> = Vec::new();
        let (mut brands, mut rules, mut products) = (Vec::new(), Vec::new(), Vec::new());
        let (mut programmes, mut places): (Vec<(String, usize)>, Vec<Place>) = (Vec::new(), Vec::new());
        for (number, brand) in book.brands.iter().enumerate() {
            brands.push(Tracked { id: brand.id.clone(), threshold: brand.threshold });
            let lists = [
                (Word::Name(number), &brand.names),
                (Word::Ambiguous(number), &brand.ambiguous),
                (Word::Context(number), &brand.context),
                (Word::FalseFriend(number), &brand.false_friends),
            ];
            words.extend(
                lists.into_iter().flat_map(|(word, list)| list.iter().map(move |phrase| (word, phrase.as_str()))),
            );
            for rule in &brand.rules {
                let at = rules.len();
                let lists = [
                    (Word::RuleAny(at), &rule.any),
                    (Word::RuleWith(at), &rule.with),
                    (Word::RuleNone(at), &rule.none),
                ];
                words.extend(
                    lists.into_iter().flat_map(|(word, list)| list.iter().map(move |phrase| (word, phrase.as_str()))),
                );
                rules.push(Rule { id: rule.id.clone(), brand: number, with: !rule.with.is_empty() });
            }
            for product in &brand.products {
                let mut aliases: Vec<String> = vec![product.name.clone()];
                aliases.extend(product.aliases.iter().filter(|alias| **alias != product.name).cloned());
                let of_book = std::iter::once(&product.name)
                    .chain(product.aliases.iter().filter(|alias| **alias != product.name));
                words.extend(
                    of_book.enumerate().map(|(alias, text)| (Word::Product(products.len(), alias), text.as_str())),
                );
                products.push(Product { id: product.id.clone(), brand: number, aliases });
            }
            for programme in &brand.programmes {
                let word = Word::Programme(programmes.len());
                words.extend(programme.any.iter().map(|phrase| (word, phrase.as_str())));
                programmes.push((programme.id.clone(), number));
            }
            for place in &brand.places {
                let of_book = || std::iter::once(&place.name).chain(&place.aliases);
                words.extend(of_book().enumerate().map(|(at, text)| (Word::Place(places.len(), at), text.as_str())));
                places.push(Place { id: place.id.clone(), aliases: of_book().cloned().collect() });
            }
        }
        let phrases = PhraseSet::new((0..).zip(words.iter().map(|(_, phrase)| *phrase)))?;
        let words = words.into_iter().map(|(word, _)| word).collect();
        let numbers = book.brands.iter().enumerate().map(|(number, brand)| (brand.id.clone(), number)).collect();
        Ok(Self { phrases, words, brands, numbers, rules, products, programmes, places, names: names(&book.brands) })
    }

    /// Whether a word is part of the name of a brand.
    pub(crate) fn is_name(&self, word: &str) -> bool {
        self.names.contains(word)
    }

    /// What `mention` names; `speaks_for` is the brand through whose account it was written.
    pub(crate) fn find(&self, mention: &Mention, text: &FoldedText, speaks_for: Option<&BrandId>) -> Found {
        let mut evidence: Sparse<Evidence> = Sparse::default();
        let mut rules: Sparse<Facts> = Sparse::default();
        let mut named = Named::default();
        self.read(text, &mut evidence, &mut rules, &mut named);
        for alt_text in mention.media.iter().filter_map(|media| media.alt_text.as_deref()) {
            // Spans are places in the text; what a picture shows has none.
            let in_text: Vec<(usize, Vec<TextSpan>)> =
                evidence.iter_mut().map(|(brand, evidence)| (brand, take(&mut evidence.spans))).collect();
            self.read(&FoldedText::new(alt_text), &mut evidence, &mut rules, &mut Named::default());
            evidence.iter_mut().for_each(|(_, evidence)| evidence.spans.clear());
            for (brand, in_text) in in_text {
                evidence.with(brand, |evidence| evidence.spans = in_text);
            }
        }
        self.hint(mention, speaks_for, &mut evidence);
        for (number, facts) in rules.iter() {
            if let Some(rule) = self.rules.get(number).filter(|rule| facts.hold(rule)) {
                evidence.with(rule.brand, |evidence| evidence.ruled = true);
            }
        }
        self.decide(evidence, &rules, named)
    }

    /// Sorts the hits of a text by what they say.
    fn read(&self, text: &FoldedText, evidence: &mut Sparse<Evidence>, rules: &mut Sparse<Facts>, named: &mut Named) {
        for hit in self.phrases.find(text) {
            match self.words.get(hit.tag as usize) {
                Some(Word::Name(brand)) => evidence.with(*brand, |evidence| evidence.name(hit.span)),
                Some(Word::Ambiguous(brand)) => evidence.with(*brand, |evidence| evidence.ambiguous(hit.span)),
                Some(Word::Context(brand)) => evidence.with(*brand, |evidence| evidence.context += 1),
                Some(Word::FalseFriend(brand)) => evidence.with(*brand, |evidence| evidence.false_friends += 1),
                Some(Word::RuleAny(rule)) => rules.with(*rule, |facts| facts.any = true),
                Some(Word::RuleWith(rule)) => rules.with(*rule, |facts| facts.with = true),
                Some(Word::RuleNone(rule)) => rules.with(*rule, |facts| facts.none = true),
                Some(Word::Product(number, alias)) => {
                    named.products.push((*number, *alias, hit.span));
                    let Some(found) = self.products.get(*number) else {
                        continue;
                    };
                    let telling = found.aliases.get(*alias).is_some_and(|alias| tells(alias));
                    evidence.with(found.brand, |evidence| evidence.product(telling, hit.span));
                }
                // A programme is named with its brand: `#MySkyline` tells both.
                Some(Word::Programme(number)) => {
                    named.programmes.push((*number, hit.span));
                    if let Some((_, brand)) = self.programmes.get(*number) {
                        evidence.with(*brand, |evidence| evidence.product(true, hit.span));
                    }
                }
                Some(Word::Place(number, alias)) => named.places.push((*number, *alias, hit.span)),
                None => {}
            }
        }
    }

    fn hint(&self, mention: &Mention, speaks_for: Option<&BrandId>, evidence: &mut Sparse<Evidence>) {
        let hinted = mention.brand_hints.iter().chain(speaks_for).filter_map(|brand| self.numbers.get(brand).copied());
        // The voice of a brand that does not say of which, where there is only one.
        let only = Some(0).filter(|_| mention.from_brand && self.brands.len() == 1);
        for number in hinted.chain(only) {
            evidence.with(number, |evidence| evidence.certain = true);
        }
    }

    fn decide(&self, mut evidence: Sparse<Evidence>, rules: &Sparse<Facts>, named: Named) -> Found {
        let mut brands: Vec<BrandMatch> = Vec::new();
        for (number, evidence) in evidence.iter_mut() {
            let Some(brand) = self.brands.get(number) else { continue };
            let confidence = if evidence.certain { CERTAIN } else { confidence(evidence) };
            evidence.about = confidence > 0.0 && confidence >= brand.threshold;
            if evidence.about {
                brands.push(BrandMatch { id: brand.id.clone(), confidence, spans: take(&mut evidence.spans) });
            }
        }
        if brands.len() > 1 {
            brands.sort_by(|left, right| {
                right.confidence.total_cmp(&left.confidence).then_with(|| left.id.cmp(&right.id))
            });
        }
        let about = |brand: usize| evidence.get(brand).is_some_and(|evidence| evidence.about);
        let mut matched_rules: Vec<String> = rules
            .iter()
            .filter_map(|(number, facts)| Some((self.rules.get(number)?, facts)))
            .filter(|(rule, facts)| facts.hold(rule) && about(rule.brand))
            .map(|(rule, _)| rule.id.clone())
            .collect();
        matched_rules.sort_unstable();
        let (programmes, geo) = self.also(&named, &about);
        let mut products: Vec<ProductMatch> = Vec::new();
        for (number, alias, span) in named.products {
            let Some(product) = self.products.get(number).filter(|product| about(product.brand)) else {
                continue;
            };
            let (Some(brand), Some(evidence)) = (self.brands.get(product.brand), evidence.get(product.brand)) else {
                continue;
            };
            let inside = |other: &ProductMatch| {
                other.id == product.id && other.span.start <= span.start && span.end <= other.span.end
            };
            let Some(alias) = product.aliases.get(alias).filter(|_| !products.iter().any(inside)) else {
                continue;
            };
            let with_brand = evidence.named || evidence.certain;
            products.push(ProductMatch {
                id: product.id.clone(),
                brand: brand.id.clone(),
                alias: alias.clone(),
                span,
                confidence: if with_brand { PRODUCT } else { PRODUCT_ALONE },
            });
        }
        Found { brands, products, matched_rules, programmes, geo }
    }

    /// Programmes of the brands that it is about, each once, and the first place.
    fn also(&self, named: &Named, about: &dyn Fn(usize) -> bool) -> (Vec<ProgrammeMatch>, Option<PlaceMatch>) {
        let mut programmes: Vec<ProgrammeMatch> = Vec::new();
        for (number, span) in &named.programmes {
            let Some((id, brand)) = self.programmes.get(*number).filter(|(_, brand)| about(*brand)) else { continue };
            let Some(brand) = self.brands.get(*brand).filter(|_| !programmes.iter().any(|known| known.id == *id))
            else {
                continue;
            };
            programmes.push(ProgrammeMatch { id: id.clone(), brand: brand.id.clone(), span: *span });
        }
        let first = named.places.iter().min_by_key(|(_, _, span)| (span.start, -span.end));
        let geo = first.and_then(|(number, alias, span)| {
            let place = self.places.get(*number)?;
            Some(PlaceMatch { id: place.id.clone(), alias: place.aliases.get(*alias)?.clone(), span: *span })
        });
        (programmes, geo)
    }
}

/// What a text names besides brands, each with its span.
#[derive(Debug, Default)]
struct Named {
    /// Products with the number of the alias.
    products: Vec<(usize, usize, TextSpan)>,
    programmes: Vec<(usize, TextSpan)>,
    /// Places with the number of the alias.
    places: Vec<(usize, usize, TextSpan)>,
}

/// What was found of a rule.
#[derive(Debug, Clone, Copy, Default)]
struct Facts {
    any: bool,
    with: bool,
    none: bool,
}

impl Facts {
    const fn hold(self, rule: &Rule) -> bool {
        self.any && (self.with || !rule.with) && !self.none
    }
}

/// Whether a word for a product is so much its own that it tells the brand: several words, or a number such as a route's.
fn tells(alias: &str) -> bool {
    alias.trim().contains(char::is_whitespace) || alias.contains(|c: char| c.is_ascii_digit())
}

/// The words that brands are called by.
fn names(brands: &[Brand]) -> HashSet<String> {
    let all = brands.iter().flat_map(|brand| brand.names.iter().chain(&brand.ambiguous));
    all.flat_map(|name| name.split_whitespace()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
