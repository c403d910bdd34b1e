"""Writes records as a program would that Firebreak knows nothing of: with Confluent's own serializer and a schema of its own.

    produce.py BOOTSTRAP REGISTRY TOPIC PARTITION SCHEMA.avsc < RECORDS

Each line of standard input is `{"key": "...", "value": {...}}`; times are in RFC 3339.
"""

import datetime
import json
import sys

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

bootstrap, registry, topic, partition, schema = sys.argv[1:]
serialize = AvroSerializer(SchemaRegistryClient({"url": registry}), open(schema).read())
producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True})


def typed(value, schema):
    """JSON as the serializer takes it: an instant where the schema has one."""
    if isinstance(schema, list):
        return None if value is None else typed(value, next(branch for branch in schema if branch != "null"))
    if isinstance(schema, dict):
        if schema.get("logicalType") == "timestamp-millis":
            return datetime.datetime.fromisoformat(value)
        if schema["type"] == "record":
            return {field["name"]: typed(value[field["name"]], field["type"]) for field in schema["fields"]}
        if schema["type"] == "array":
            return [typed(part, schema["items"]) for part in value]
    return value


for line in sys.stdin:
    record = json.loads(line)
    value = serialize(
        typed(record["value"], json.load(open(schema))), SerializationContext(topic, MessageField.VALUE)
    )
    producer.produce(topic, key=record["key"], value=value, partition=int(partition))
if producer.flush(30):
    sys.exit("the broker did not acknowledge the records in time")
