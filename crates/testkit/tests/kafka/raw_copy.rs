//! The yardstick of the benchmark copies what it is said to copy: a faster one that left something out would make every stage look
//! slow, and a slower one good.

use events::Topic;
use stream::kafka::RawCopy;
use testkit::contract::Harness;
use testkit::kafka::Kafka;

#[test]
fn a_copy_has_every_record_once_in_its_partition_with_its_key_bytes_and_time() {
    let (from, to) = (Kafka::new(), Kafka::new());
    let topics = [Topic::MentionsRaw, Topic::Calls];
    for topic in topics {
        for number in 0..300 {
            from.say(topic, &format!("key-{number}"), &number.to_string());
        }
    }
    let mut copy = RawCopy::begin(&from.settings, &to.settings, "copy", &topics).unwrap();
    let (mut copied, mut idle) = (0, 0);
    while copied < 600 {
        let step = copy.step().unwrap();
        idle = if step == 0 { idle + 1 } else { 0 };
        assert!(idle < 500, "{copied} of 600 records were copied");
        copied += step;
    }
    assert_eq!(copy.step().unwrap(), 0, "nothing is left");
    for topic in topics {
        let plain = |harness: &Kafka| {
            let records = harness.read(topic).into_iter();
            records.map(|raw| (raw.partition, raw.timestamp, raw.key, raw.value)).collect::<Vec<_>>()
        };
        assert_eq!(plain(&to).len(), 300);
        assert_eq!(plain(&to), plain(&from));
    }
}
