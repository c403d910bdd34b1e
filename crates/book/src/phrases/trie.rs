//! All patterns as one tree of bytes, walked from each place where a phrase may begin.
//!
//! Phrases begin only where a word or a sign does, so a text is walked from a few places, and mostly no further than a few bytes:
//! less work than an automaton that looks at every byte and finds every `no` in `know`. The tree is a double array: a step is one
//! look, and what hangs together lies close together.

use std::collections::{BTreeMap, VecDeque};

/// Whose child the root is, and a free place.
const NOBODY: u32 = u32::MAX;
/// No pattern ends here.
const NONE: u32 = u32::MAX;
/// So far behind the end of the array a place for several children is looked for.
const LOOK_BACK: usize = 512;

/// Where the root's children and all others lie: so far from the front that a base and any byte lead there.
const FRONT: usize = 256;

/// The patterns, by number.
#[derive(Debug, Clone)]
pub(super) struct Trie {
    /// The place of the root's child by each byte, 0 where it has none.
    roots: Vec<u32>,
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    /// The child by byte `b`, if there is one, stands at `base + b`.
    base: u32,
    /// Whose child it is: what stands at a place may be somebody else's.
    parent: u32,
    /// The pattern that ends here.
    pattern: u32,
}

const FREE: Node = Node { base: 0, parent: NOBODY, pattern: NONE };

impl Trie {
    /// The tree of `patterns` with their numbers. None of them is empty.
    pub(super) fn new(patterns: &BTreeMap<String, usize>) -> Self {
        let sorted: Vec<(&[u8], u32)> =
            patterns.iter().map(|(text, number)| (text.as_bytes(), *number as u32)).collect();
        let mut building = Building { nodes: vec![FREE], first_free: FRONT };
        // Level by level, so that the nodes that most walks see lie at the front.
        let mut waiting = VecDeque::from([(0_usize, sorted.as_slice(), 0_usize)]);
        while let Some((node, patterns, depth)) = waiting.pop_front() {
            let groups = || patterns.chunk_by(|a, b| a.0.get(depth) == b.0.get(depth));
            let next = |group: &[(&[u8], u32)]| group.first().and_then(|(text, _)| text.get(depth).copied());
            let bytes: Vec<u8> = groups().filter_map(next).collect();
            let base = building.place(node, &bytes);
            for group in groups() {
                match (next(group), group.first()) {
                    (Some(byte), _) => waiting.push_back((base + usize::from(byte), group, depth + 1)),
                    (None, Some((_, pattern))) => building.ends(node, *pattern),
                    (None, None) => {}
                }
            }
        }
        let nodes = building.nodes;
        let base = nodes.first().map_or(0, |root| root.base);
        let child = |byte| Some(base + byte).filter(|at| nodes.get(*at as usize).is_some_and(|node| node.parent == 0));
        Self { roots: (0..=255).map(|byte| child(byte).unwrap_or(0)).collect(), nodes }
    }

    /// Tells every pattern that stands at `start`, with the byte behind it, the shortest first.
    pub(super) fn walk(&self, text: &[u8], start: usize, mut tell: impl FnMut(usize, usize)) {
        let mut rest = text.get(start..).unwrap_or_default().iter().copied();
        let Some(first) = rest.next() else { return };
        let mut place = self.roots.get(usize::from(first)).copied().unwrap_or_default();
        let Some(mut node) = self.nodes.get(place as usize).filter(|_| place != 0) else { return };
        loop {
            if node.pattern != NONE {
                tell(node.pattern as usize, text.len() - rest.len());
            }
            let Some(byte) = rest.next() else { return };
            let at = node.base + u32::from(byte);
            match self.nodes.get(at as usize) {
                Some(child) if child.parent == place => (place, node) = (at, child),
                _ => return,
            }
        }
    }
}

/// A tree on its way.
struct Building {
    nodes: Vec<Node>,
    /// No place before it is free.
    first_free: usize,
}

impl Building {
    /// Gives a node children by these bytes, in order. Returns its base.
    fn place(&mut self, node: usize, bytes: &[u8]) -> usize {
        let Some(first) = bytes.first() else { return 0 };
        while self.nodes.get(self.first_free).is_some_and(|node| node.parent != NOBODY) {
            self.first_free += 1;
        }
        let back = if bytes.len() > 1 { self.nodes.len().saturating_sub(LOOK_BACK) } else { 0 };
        let mut base = self.first_free.max(back).saturating_sub(usize::from(*first));
        while bytes.iter().any(|byte| !self.is_free(base + usize::from(*byte))) {
            base += 1;
        }
        for byte in bytes {
            let at = base + usize::from(*byte);
            if at >= self.nodes.len() {
                self.nodes.resize(at + 1, FREE);
            }
            if let Some(child) = self.nodes.get_mut(at) {
                child.parent = node as u32;
            }
        }
        if let Some(node) = self.nodes.get_mut(node) {
            node.base = base as u32;
        }
        base
    }

    fn is_free(&self, at: usize) -> bool {
        self.nodes.get(at).is_none_or(|node| node.parent == NOBODY)
    }

    fn ends(&mut self, node: usize, pattern: u32) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.pattern = pattern;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_stands_at_a_place_is_found_there_and_nothing_else(
            patterns in proptest::collection::btree_set("[a-cé]{1,5}", 0..40),
            text in "[a-dé]{0,12}",
        ) {
            let numbered: BTreeMap<String, usize> = patterns.iter().cloned().zip(0..).collect();
            let trie = Trie::new(&numbered);
            for (start, _) in text.char_indices() {
                let mut found: Vec<(usize, &[u8])> = Vec::new();
                trie.walk(text.as_bytes(), start, |number, end| found.push((number, &text.as_bytes()[start..end])));
                let mut expected: Vec<(usize, &[u8])> = numbered
                    .iter()
                    .map(|(pattern, number)| (*number, pattern.as_bytes()))
                    .filter(|(_, pattern)| text.as_bytes()[start..].starts_with(pattern))
                    .collect();
                expected.sort_by_key(|(_, pattern)| pattern.len());
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn no_byte_leads_anywhere_when_there_are_no_patterns() {
        let trie = Trie::new(&BTreeMap::new());
        (0..=u8::MAX).for_each(|byte| trie.walk(&[byte], 0, |number, _| panic!("{number}")));
    }
}
