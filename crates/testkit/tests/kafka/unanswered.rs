//! A broker that writes records and whose answer is lost.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::thread;
use std::time::Duration;

use events::{Partition, Topic};
use stream::kafka::KafkaLog;
use stream::{Exit, Log, Txn};
use testkit::contract::Harness;
use testkit::kafka::{Broker, Kafka};
use testkit::toy;

/// Kafka's number of the request that writes records.
const PRODUCE: i16 = 0;

/// A way to a broker on which the answers to writes can be lost.
struct Lossy {
    port: u16,
    /// Where it leads.
    broker: Arc<AtomicU16>,
    /// From now on the first write of a connection passes, and nothing comes back on it; later ones do not pass.
    loses: Arc<AtomicBool>,
}

impl Lossy {
    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (broker, loses) = (Arc::new(AtomicU16::new(0)), Arc::new(AtomicBool::new(false)));
        let lost = Arc::new(AtomicBool::new(false));
        let (to, losing) = (Arc::clone(&broker), Arc::clone(&loses));
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, to) = (client.unwrap(), to.load(Ordering::SeqCst));
                let (losing, lost) = (Arc::clone(&losing), Arc::clone(&lost));
                thread::spawn(move || pass(client, to, &losing, &lost));
            }
        });
        Self { port, broker, loses }
    }
}

/// Passes requests on one by one. A connection that ends is nobody's failure.
fn pass(mut client: TcpStream, broker: u16, loses: &AtomicBool, lost: &AtomicBool) -> Option<()> {
    let mut server = TcpStream::connect(("127.0.0.1", broker)).ok()?;
    let (mut answers, mut back) = (server.try_clone().ok()?, client.try_clone().ok()?);
    let silent = Arc::new(AtomicBool::new(false));
    let silenced = Arc::clone(&silent);
    thread::spawn(move || {
        let mut chunk = [0; 64 << 10];
        while let Ok(length @ 1..) = answers.read(&mut chunk) {
            if !silenced.load(Ordering::SeqCst) && back.write_all(&chunk[..length]).is_err() {
                break;
            }
        }
        back.shutdown(Shutdown::Both)
    });
    loop {
        let mut size = [0; 4];
        client.read_exact(&mut size).ok()?;
        let mut request = vec![0; usize::try_from(i32::from_be_bytes(size)).ok()?];
        client.read_exact(&mut request).ok()?;
        let writes = i16::from_be_bytes([request[0], request[1]]) == PRODUCE;
        if writes && loses.load(Ordering::SeqCst) {
            let first = !lost.swap(true, Ordering::SeqCst);
            silent.store(true, Ordering::SeqCst);
            if first {
                server.write_all(&[size.as_slice(), &request].concat()).ok()?;
                // Time to write it, before the connection breaks.
                thread::sleep(Duration::from_millis(300));
            }
            server.shutdown(Shutdown::Both).ok()?;
            return None;
        }
        server.write_all(&[size.as_slice(), &request].concat()).ok()?;
    }
}

/// Found by an hour of the soak: librdkafka gives the sequence number of a record whose answer was lost, and whose transaction
/// was aborted, to the partition's next record; the broker takes that one for the one it has, acknowledges and does not write it.
#[test]
fn the_transaction_after_one_whose_answers_were_lost_is_written_whole() {
    let lossy = Lossy::start();
    let broker = Broker::start_behind(lossy.port);
    let (_, port) = broker.address().rsplit_once(':').unwrap();
    lossy.broker.store(port.parse::<u16>().unwrap() + 2, Ordering::SeqCst);
    let mut settings = Kafka::settings_for(&broker);
    let harness = Kafka::with(settings.clone());
    settings.bootstrap = format!("127.0.0.1:{}", lossy.port);
    let mut log = KafkaLog::join(&settings, "group", "worker", &[Topic::MentionsRaw]).unwrap();
    let note = |text: &str| {
        let key = harness.key_in(Partition(0));
        toy::note(harness.partitions(), Topic::MentionsEnriched, &key, text, testkit::build::AT)
    };
    let say = |log: &mut KafkaLog, text: &str| {
        let mut txn = log.begin()?;
        txn.send(note(text))?;
        txn.commit(&[])
    };
    say(&mut log, "before").unwrap();
    lossy.loses.store(true, Ordering::SeqCst);
    let given_up = say(&mut log, "answer lost");
    assert!(matches!(given_up, Err(Exit::Retry(_))), "{given_up:?}");
    lossy.loses.store(false, Ordering::SeqCst);
    say(&mut log, "said again").unwrap();
    assert_eq!(harness.texts(Topic::MentionsEnriched), ["before", "said again"]);
}
