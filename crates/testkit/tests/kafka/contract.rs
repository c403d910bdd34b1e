//! The contract suite: one test a case, the same cases as over the embedded log.

testkit::contract_tests!(testkit::kafka::Kafka::new());

/// The same cases with the brokers sharing partitions out.
mod shared_out_by_brokers {
    use stream::kafka::GroupProtocol;
    use testkit::kafka::Kafka;

    fn harness() -> Kafka {
        let mut settings = Kafka::settings();
        settings.group_protocol = GroupProtocol::Consumer;
        Kafka::with(settings)
    }

    testkit::contract_tests!(harness());
}
