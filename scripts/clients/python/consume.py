"""Prints every committed record of topics as one JSON object a line, as a team that reads them in Python would.

    consume.py BOOTSTRAP REGISTRY TOPIC...            records as their writers wrote them
    consume.py BOOTSTRAP REGISTRY TOPIC=READER.avsc   the same, resolved to the schema of the reader

Confluent's own deserializer finds the writer's schema in the registry by the id that each record begins with.
"""

import datetime
import json
import sys
import unicodedata

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

PATIENCE_SECONDS = 30


def readable(value):
    """Times in RFC 3339 and bytes as text, or in hex: the form of the topic files."""
    if isinstance(value, datetime.datetime):
        text = value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
        return text.rstrip("0").rstrip(".") + "Z"
    if isinstance(value, bytes):
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return {"hex": value.hex()}
        is_text = all(unicodedata.category(letter) != "Cc" or letter in "\n\r\t" for letter in text)
        return text if is_text else {"hex": value.hex()}
    if isinstance(value, dict):
        return {name: readable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [readable(part) for part in value]
    return value


def records(consumer, topic):
    """Every committed record of a topic, partition after partition, each to its end."""
    for partition in consumer.list_topics(topic, PATIENCE_SECONDS).topics[topic].partitions:
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING)])
        while True:
            message = consumer.poll(PATIENCE_SECONDS)
            if message is None:
                sys.exit(f"{topic}, partition {partition}: no broker answers")
            if message.error() is None:
                yield message
            elif message.error().code() == KafkaError._PARTITION_EOF:
                break
            else:
                sys.exit(str(message.error()))


def main():
    bootstrap, registry, topics = sys.argv[1], SchemaRegistryClient({"url": sys.argv[2]}), sys.argv[3:]
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "python",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        }
    )
    for argument in topics:
        topic, _, reader = argument.partition("=")
        deserialize = AvroDeserializer(registry, open(reader).read() if reader else None)
        for message in records(consumer, topic):
            value = deserialize(message.value(), SerializationContext(topic, MessageField.VALUE))
            key = message.key().decode()
            line = {"topic": topic, "key": key, "partition": message.partition(), "offset": message.offset()}
            print(json.dumps(line | {"value": readable(value)}))
    consumer.close()


main()
