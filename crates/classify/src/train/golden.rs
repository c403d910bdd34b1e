//! Texts of our own whose exact sums go into the file: a reader that reads them otherwise must not judge by these weights.

use crate::model::features::{Room, features};
use crate::model::file::Golden;

/// Thirty-two texts that need every rule of normalisation.
const TEXTS: [&str; 32] = [
    "",
    "ok",
    "My card was eaten by your machine at the station",
    "Never again!!! WORST service EVER",
    "thank you so much, you saved our trip :-)",
    "is the pool open on Sunday?",
    "@NovaAir where is my bag?! 3 days, no answer...",
    "see https://status.example/incident/42?lang=en for news",
    "www.example.com is down",
    "Soooooo happy with the new app <3",
    "I&#39;m &quot;fine&quot; &amp; well &lt;3",
    "\u{201c}It\u{2019}s not bad\u{201d}, she said",
    "#LostLuggage #fail at Gate B12",
    "\u{1f621}\u{1f621} again",
    "\u{1f44d}\u{1f3fd} great crew \u{2764}\u{fe0f}",
    "on 12.11.2025 at 10:30 I paid 1,249.00 twice",
    "\u{ff37}\u{ff25}\u{ff2c}\u{ff2c} done",
    "cafe\u{301} and caf\u{e9}",
    "wait\u{2026} what?!?!",
    "don't won't can't shouldn't",
    "k i l l the lights",
    "b0mb scare, they say",
    "der Flug war p\u{fc}nktlich",
    "el vuelo se retras\u{f3} otra vez",
    "\u{98db}\u{884c}\u{6a5f}\u{304c}\u{9045}\u{308c}\u{305f}",
    "\u{627}\u{644}\u{631}\u{62d}\u{644}\u{629} \u{645}\u{62a}\u{623}\u{62e}\u{631}\u{629}",
    "z\u{301}\u{302}\u{303}a\u{301}l\u{302}g\u{303}o",
    "a\u{200b}b\u{200d}c\u{feff}d",
    "HELLO THERE BIG SHOUT",
    "tabs\tand\nlines\r\nhere",
    "supercalifragilisticexpialidociousandevenlongerthanthat",
    "(: ;) :'( XD ^_^ >:(",
];

/// The golden texts with their sums by `weights`.
pub(super) fn texts(rows_log2: u32, outputs: usize, weights: &[i8]) -> Vec<Golden> {
    let mask = (1_u64 << rows_log2) - 1;
    let mut room = Room::default();
    let sums = |text: &str, room: &mut Room| {
        let mut sums = vec![0; outputs];
        features(text, room, |feature| {
            let row = (feature.hash & mask) as usize * outputs;
            for (sum, weight) in sums.iter_mut().zip(weights.get(row..row + outputs).unwrap_or_default()) {
                *sum += i32::from(*weight);
            }
        });
        sums
    };
    TEXTS.iter().map(|text| Golden { text: (*text).to_owned(), sums: sums(text, &mut room) }).collect()
}
