import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Prints every committed record of topics as one JSON object a line, as a team that reads them in Java would.
 *
 * <pre>
 * Consume BOOTSTRAP REGISTRY TOPIC...            records as their writers wrote them
 * Consume BOOTSTRAP REGISTRY TOPIC=READER.avsc   the same, resolved to the schema of the reader
 * </pre>
 *
 * Apache Avro reads each record with the writer's schema, which the registry tells by the id that the record begins with.
 */
public final class Consume {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final DateTimeFormatter RFC_3339 = new DateTimeFormatterBuilder().appendInstant(-1).toFormatter();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Magic byte 0, the registry's id in four bytes, then the datum. */
  private static final class Framed implements Deserializer<GenericRecord> {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Integer, Schema> writers = new HashMap<>();
    private final GenericData data = new GenericData();
    private final String registry;
    private final Schema reader;

    Framed(String registry, Schema reader) {
      this.registry = registry;
      this.reader = reader;
      data.addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    }

    @Override
    public GenericRecord deserialize(String topic, byte[] bytes) {
      ByteBuffer frame = ByteBuffer.wrap(bytes);
      if (frame.get() != 0) throw new IllegalArgumentException(topic + ": a record begins with no registry id");
      Schema writer = writers.computeIfAbsent(frame.getInt(), this::fetch);
      try {
        var datum = DecoderFactory.get().binaryDecoder(bytes, frame.position(), frame.remaining(), null);
        return new GenericDatumReader<GenericRecord>(writer, reader == null ? writer : reader, data).read(null, datum);
      } catch (java.io.IOException error) {
        throw new IllegalArgumentException(topic + ": a record cannot be read", error);
      }
    }

    private Schema fetch(int id) {
      try {
        HttpRequest request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id)).timeout(PATIENCE).build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new IllegalStateException("schema " + id + ": " + answer.body());
        return new Schema.Parser().parse(JSON.readTree(answer.body()).get("schema").asText());
      } catch (java.io.IOException | InterruptedException error) {
        throw new IllegalStateException("the registry does not tell schema " + id, error);
      }
    }
  }

  public static void main(String[] arguments) throws java.io.IOException {
    Map<String, Object> settings = Map.of(
        "bootstrap.servers", arguments[0],
        "isolation.level", "read_committed",
        "enable.auto.commit", false,
        "auto.offset.reset", "earliest");
    for (String argument : List.of(arguments).subList(2, arguments.length)) {
      String[] named = argument.split("=", 2);
      Schema reader = named.length < 2 ? null : new Schema.Parser().parse(Files.readString(Path.of(named[1])));
      try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new Framed(arguments[1], reader))) {
        print(consumer, named[0]);
      }
    }
  }

  private static void print(KafkaConsumer<String, GenericRecord> consumer, String topic) {
    for (var info : consumer.partitionsFor(topic, PATIENCE)) {
      var place = new TopicPartition(topic, info.partition());
      long end = consumer.endOffsets(List.of(place), PATIENCE).get(place);
      consumer.assign(List.of(place));
      consumer.seekToBeginning(List.of(place));
      Instant deadline = Instant.now().plus(PATIENCE);
      while (consumer.position(place, PATIENCE) < end) {
        for (ConsumerRecord<String, GenericRecord> record : consumer.poll(Duration.ofMillis(200))) {
          deadline = Instant.now().plus(PATIENCE);
          ObjectNode line = JSON.createObjectNode();
          line.put("topic", topic).put("key", record.key()).put("partition", record.partition());
          line.put("offset", record.offset()).set("value", readable(record.value()));
          System.out.println(line);
        }
        if (Instant.now().isAfter(deadline)) throw new IllegalStateException(place + ": no broker answers");
      }
    }
  }

  /** Times in RFC 3339 and bytes as text, or in hex: the form of the topic files. */
  private static JsonNode readable(Object value) {
    if (value instanceof GenericRecord record) {
      ObjectNode node = JSON.createObjectNode();
      for (Schema.Field field : record.getSchema().getFields()) node.set(field.name(), readable(record.get(field.pos())));
      return node;
    }
    if (value instanceof List<?> list) {
      var node = JSON.createArrayNode();
      list.forEach(part -> node.add(readable(part)));
      return node;
    }
    if (value instanceof Instant instant) return JSON.valueToTree(RFC_3339.format(instant));
    if (value instanceof ByteBuffer bytes) return readable(bytes);
    if (value instanceof Number || value instanceof Boolean || value == null) return JSON.valueToTree(value);
    return JSON.valueToTree(value.toString());
  }

  private static JsonNode readable(ByteBuffer bytes) {
    byte[] all = new byte[bytes.remaining()];
    bytes.duplicate().get(all);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
      if (text.codePoints().allMatch(c -> !Character.isISOControl(c) || "\n\r\t".indexOf(c) >= 0)) {
        return JSON.valueToTree(text);
      }
    } catch (CharacterCodingException noText) {
      // In hex, then.
    }
    return JSON.createObjectNode().put("hex", HexFormat.of().formatHex(all));
  }
}
