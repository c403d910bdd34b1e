//! The contract suite over the embedded log: one test a case.

testkit::contract_tests!(testkit::embedded::Embedded::new());
