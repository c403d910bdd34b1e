//! The weights in memory: one row for each hash, eight bits a weight, sixteen outputs to a block.
//!
//! Sums are whole numbers, so that they are the same on every machine and in every order.

/// Outputs in a block: what one vector register adds at once.
const LANES: usize = 16;
/// So many rows are added in 16 bits before they go to 32: 127 * 128 < 2^15.
const FLUSH: usize = 128;

type Block = [i8; LANES];

/// Weights of all outputs by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    outputs: usize,
    rows_log2: u32,
    blocks_a_row: usize,
    blocks: Vec<Block>,
}

impl Table {
    /// The table of `weights`, row by row; `None` when their number is not that of 2^`rows_log2` rows.
    pub(crate) fn new(rows_log2: u32, outputs: usize, weights: &[i8]) -> Option<Self> {
        let rows = 1_usize.checked_shl(rows_log2)?;
        if outputs == 0 || rows.checked_mul(outputs)? != weights.len() {
            return None;
        }
        let blocks_a_row = outputs.div_ceil(LANES);
        let mut blocks = vec![[0; LANES]; rows * blocks_a_row];
        for (row, padded) in weights.chunks_exact(outputs).zip(blocks.chunks_exact_mut(blocks_a_row)) {
            for (weights, block) in row.chunks(LANES).zip(padded) {
                for (weight, lane) in weights.iter().zip(block) {
                    // -128 would overflow the sum of 128 rows.
                    *lane = (*weight).max(-127);
                }
            }
        }
        Some(Self { outputs, rows_log2, blocks_a_row, blocks })
    }

    /// The row of a hash.
    pub(crate) const fn row(&self, hash: u64) -> u32 {
        (hash & ((1 << self.rows_log2) - 1)) as u32
    }

    /// The sums of the weights of `rows`, one an output.
    pub(crate) fn sums(&self, rows: &[u32]) -> Vec<i32> {
        let mut sums = vec![0_i32; self.blocks_a_row * LANES];
        for (block, sums) in sums.chunks_exact_mut(LANES).enumerate() {
            for rows in rows.chunks(FLUSH) {
                let mut small = [0_i16; LANES];
                for row in rows {
                    let Some(weights) = self.blocks.get(*row as usize * self.blocks_a_row + block) else { continue };
                    for (sum, weight) in small.iter_mut().zip(weights) {
                        *sum += i16::from(*weight);
                    }
                }
                for (sum, small) in sums.iter_mut().zip(small) {
                    *sum += i32::from(small);
                }
            }
        }
        sums.truncate(self.outputs);
        sums
    }

    /// The weight of one row for one output.
    pub(crate) fn weight(&self, row: u32, output: usize) -> i8 {
        let block = self.blocks.get(row as usize * self.blocks_a_row + output / LANES);
        block.and_then(|block| block.get(output % LANES)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_table_of_another_size_is_none() {
        assert!(Table::new(2, 3, &[0; 12]).is_some());
        assert!(Table::new(2, 3, &[0; 11]).is_none());
        assert!(Table::new(2, 0, &[]).is_none());
        assert!(Table::new(64, 1, &[0]).is_none());
    }

    proptest! {
        #[test]
        fn sums_are_those_of_single_weights(
            outputs in 1_usize..40,
            seed in any::<u64>(),
            rows in proptest::collection::vec(0_u32..16, 0..400),
        ) {
            let weights: Vec<i8> =
                (0..16 * outputs as u64).map(|at| (seed.wrapping_mul(at * 2 + 1) >> 56) as u8 as i8).collect();
            let table = Table::new(4, outputs, &weights).unwrap();
            let single: Vec<i32> = (0..outputs)
                .map(|output| rows.iter().map(|row| i32::from(table.weight(*row, output))).sum())
                .collect();
            prop_assert_eq!(table.sums(&rows), single);
        }
    }
}
