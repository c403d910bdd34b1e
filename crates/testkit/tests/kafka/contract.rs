//! The contract suite: one test a case, the same cases as over the embedded log.

testkit::contract_tests!(testkit::kafka::Kafka::new());
