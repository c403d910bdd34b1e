//! Logistic regression of one yes-or-no question with an L2 penalty, solved in its dual one row at a time.
//!
//! Each row has a multiplier between 0 and its cost; a step finds the best one by Newton's method and moves the weights. The
//! order is shuffled by a seed, so the result is the same each time. (Yu, Huang and Lin, "Dual coordinate descent methods for
//! logistic regression and maximum entropy models", Machine Learning 85, 2011.)

use super::base::Base;
use super::chance::Chance;
use super::matrix::Matrix;
use super::ratio::log_ratios;

/// Passes over all rows at most.
const MOST_PASSES: usize = 40;
/// The largest slope of a pass at which no more is to be gained.
const FLAT: f64 = 0.1;
/// Newton steps for one row at most.
const MOST_STEPS: usize = 30;

/// A setting to try.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// What an error costs against the size of the weights: above 0.
    pub cost: f64,
    /// Whether features are scaled by their log ratio.
    pub ratio: bool,
    /// Whether rare answers count as much as frequent ones.
    pub balanced: bool,
    /// How far the head leans on the shipped heads and those before it, as the deviation of their sums: 0 not at all.
    pub base: f64,
}

/// Weights of one output.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fitted {
    pub(super) weights: Vec<f64>,
    pub(super) bias: f64,
}

/// A weight and the factor of its feature, side by side for the cache.
#[derive(Debug, Clone, Copy)]
struct Cell {
    weight: f64,
    factor: f32,
}

/// Fits "the label is `yes`" on `matrix`, standing on `base` as far as the setting says.
pub(super) fn fit(
    matrix: &Matrix,
    yes: usize,
    setting: Setting,
    rows_log2: u32,
    seed: u64,
    base: Option<&Base<'_>>,
) -> Fitted {
    let rows = 1_usize << rows_log2;
    let factors = if setting.ratio { log_ratios(matrix, yes, rows) } else { vec![1.0; rows] };
    match base.filter(|_| setting.base > 0.0) {
        Some(base) => {
            let beside = base.beside(matrix, rows, setting.base);
            let added = std::iter::repeat_n(1.0, base.outputs());
            let fitted = descend(&beside, yes, setting, factors.into_iter().chain(added).collect(), seed);
            base.folded(fitted, rows, setting.base)
        }
        None => descend(matrix, yes, setting, factors, seed),
    }
}

/// Goes down the slope of each row in turn until it is flat. `factors` are those of all features.
fn descend(matrix: &Matrix, yes: usize, setting: Setting, factors: Vec<f32>, seed: u64) -> Fitted {
    let mut cells: Vec<Cell> = factors.into_iter().map(|factor| Cell { weight: 0.0, factor }).collect();
    let mut bias = 0.0;
    let costs = costs(matrix, yes, setting);
    let mut multipliers: Vec<[f64; 2]> = Vec::with_capacity(matrix.len());
    let mut squares = Vec::with_capacity(matrix.len());
    for ((text, label, _), cost) in matrix.texts().zip(&costs) {
        let first = (0.001 * cost).min(1e-8);
        multipliers.push([first, cost - first]);
        let square: f64 = text.iter().map(|entry| value(&cells, entry).powi(2)).sum();
        squares.push(square + 1.0);
        bias += first * sign(label == yes);
        add(&mut cells, text, first * sign(label == yes));
    }
    let mut order: Vec<usize> = (0..matrix.len()).collect();
    let mut chance = Chance::new(seed);
    let mut precision = 1e-2_f64;
    for _ in 0..MOST_PASSES {
        chance.shuffle(&mut order);
        let (mut steepest, mut steps) = (0.0_f64, 0);
        for at in &order {
            let (text, y) = (matrix.text(*at), sign(matrix.labels.get(*at) == Some(&yes)));
            let (Some(pair), Some(cost), Some(square)) = (multipliers.get_mut(*at), costs.get(*at), squares.get(*at))
            else {
                continue;
            };
            let margin = y * (bias + text.iter().map(|entry| product(&cells, entry)).sum::<f64>());
            let solved = solve(*pair, *cost, *square, margin, precision);
            steepest = steepest.max(solved.slope);
            if solved.steps > 0 {
                steps += solved.steps;
                *pair = solved.pair;
                bias += solved.moved * y;
                add(&mut cells, text, solved.moved * y);
            }
        }
        if steepest < FLAT {
            break;
        }
        if steps <= matrix.len() {
            precision = (precision * 0.1).max(1e-6);
        }
    }
    Fitted { weights: cells.into_iter().map(|cell| cell.weight * f64::from(cell.factor)).collect(), bias }
}

/// What the error of each row costs.
fn costs(matrix: &Matrix, yes: usize, setting: Setting) -> Vec<f64> {
    let (mut with, mut all) = (0.0, 0.0);
    for (_, label, weight) in matrix.texts() {
        all += weight;
        with += if label == yes { weight } else { 0.0 };
    }
    let share = |side: f64| if setting.balanced { all / (2.0 * side.max(f64::MIN_POSITIVE)) } else { 1.0 };
    let (for_yes, for_no) = (share(with), share(all - with));
    matrix
        .texts()
        .map(|(_, label, weight)| setting.cost * weight * if label == yes { for_yes } else { for_no })
        .collect()
}

struct Solved {
    pair: [f64; 2],
    /// Change of the first multiplier.
    moved: f64,
    slope: f64,
    steps: usize,
}

/// The best multipliers of one row while all others stand still.
fn solve(pair: [f64; 2], cost: f64, square: f64, margin: f64, precision: f64) -> Solved {
    let [with, without] = pair;
    // The side that will end below half the cost is the one to move: there the logarithm is well behaved.
    let swapped = 0.5 * square * (without - with) + margin < 0.0;
    let (old, direction) = if swapped { (without, -1.0) } else { (with, 1.0) };
    let slope_at = |z: f64| square * (z - old) + direction * margin + (z / (cost - z)).ln();
    let mut z = if cost - old < 0.5 * cost { 0.1 * old } else { old };
    let mut slope = slope_at(z);
    let first = slope.abs();
    let mut steps = 0;
    while slope.abs() >= precision && steps < MOST_STEPS {
        let curve = square + cost / (cost - z) / z;
        let next = z - slope / curve;
        z = if next <= 0.0 { 0.1 * z } else { next.min(cost * (1.0 - 1e-12)) };
        slope = slope_at(z);
        steps += 1;
    }
    let (with_now, without_now) = if swapped { (cost - z, z) } else { (z, cost - z) };
    Solved { pair: [with_now, without_now], moved: direction * (z - old), slope: first, steps }
}

const fn sign(yes: bool) -> f64 {
    if yes { 1.0 } else { -1.0 }
}

fn value(cells: &[Cell], (row, count): &(u32, f32)) -> f64 {
    cells.get(*row as usize).map_or(0.0, |cell| f64::from(cell.factor) * f64::from(*count))
}

fn product(cells: &[Cell], (row, count): &(u32, f32)) -> f64 {
    cells.get(*row as usize).map_or(0.0, |cell| cell.weight * f64::from(cell.factor) * f64::from(*count))
}

fn add(cells: &mut [Cell], text: &[(u32, f32)], amount: f64) {
    for (row, count) in text {
        if let Some(cell) = cells.get_mut(*row as usize) {
            cell.weight += amount * f64::from(cell.factor) * f64::from(*count);
        }
    }
}
