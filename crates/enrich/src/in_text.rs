//! What is found in a mention by itself: for those who ask about a text and not about a stream.

use book::phrases::FoldedText;
use events::{BrandMatch, Language, Mention, PersonalData, PlaceMatch, ProductMatch, ProgrammeMatch};

use crate::brands::Found;
use crate::language::language;
use crate::personal::personal;
use crate::role::role;
use crate::stage::Enrich;

/// What a mention says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct InText {
    /// Its language.
    pub language: Language,
    /// Brands that it names, surest first.
    pub brands: Vec<BrandMatch>,
    /// Products that it names, in order of their place.
    pub products: Vec<ProductMatch>,
    /// Programmes that it names.
    pub programmes: Vec<ProgrammeMatch>,
    /// The first place that it names.
    pub geo: Option<PlaceMatch>,
    /// Personal data in it, in order.
    pub personal_data: Vec<PersonalData>,
}

impl Enrich {
    /// Language, brands and products of `mention`, without looking at what came before it.
    pub fn in_text(&self, mention: &Mention) -> InText {
        let (_, speaks_for) = role(self.accounts(), mention);
        let found = self.brands().find(mention, &FoldedText::new(&mention.text), speaks_for);
        let language = language(&mention.text, mention.language.as_deref());
        let personal_data = personal(&mention.text);
        let Found { brands, products, programmes, geo, .. } = found;
        InText { language, brands, products, programmes, geo, personal_data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{book, mention};

    #[test]
    fn a_text_alone_tells_language_brand_and_product() {
        let enrich = Enrich::new(book()).unwrap();
        let found = enrich.in_text(&mention("m1", "my nova mobile bill for crunch four is wrong"));
        assert_eq!(found.language.tag, "en");
        assert_eq!(found.brands[0].id.as_str(), "nova");
        assert_eq!(found.products[0].id, "4411");
    }
}
