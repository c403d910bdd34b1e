//! The rules, one file a head. Each is a plain function of a reading; none knows of batches, topics or time.

pub(crate) mod brands;
pub(crate) mod harm;
pub(crate) mod intensity;
pub(crate) mod intent;
pub(crate) mod register;
pub(crate) mod sentiment;
pub mod severity;
pub(crate) mod themes;
pub(crate) mod tone;
pub(crate) mod wants;

/// A fraction as records carry it: rounded to hundredths, 0 to 1.
pub(crate) fn hundredths(fraction: f64) -> f64 {
    (fraction * 100.0).round().clamp(0.0, 100.0) / 100.0
}
