//! What this process does wrong on purpose, so that a control of the soak can be caught.

use stream::Planted;

use super::Mistakes;

/// What the environment variable FIREBREAK_DEFECT names. Only a build with feature `planted-defects` asks for it.
#[cfg(feature = "planted-defects")]
pub fn planted(mistakes: &mut Mistakes) -> Planted {
    use stream::Defect;
    let Some(name) = std::env::var_os("FIREBREAK_DEFECT") else { return Planted::default() };
    let Some(defect) = name.to_str().and_then(Defect::parse) else {
        let known = Defect::ALL.map(Defect::name).join("`, `");
        mistakes
            .note(format!("FIREBREAK_DEFECT is {name:?}, which is none of `{known}`: name one of them, or unset it"));
        return Planted::default();
    };
    tracing::warn!(defect = defect.name(), "does this wrong on purpose");
    Planted::from(defect)
}

/// Nothing: this build can do no such thing.
#[cfg(not(feature = "planted-defects"))]
pub fn planted(_: &mut Mistakes) -> Planted {
    Planted::default()
}
