#include "agent/api/kinds/event/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kEventFields[] = {
    Tag(12, String("action")),
    String("apiVersion"),
    Tag(8, Int32("count"), "how often it happened"),
    Tag(10, MicroTime("eventTime")),
    Tag(6, Time("firstTimestamp"), "when it happened first"),
    Tag(2, Required(Struct("involvedObject", kObjectReference)), "the object"),
    String("kind"),
    Tag(7, Time("lastTimestamp"), "when it happened last"),
    Tag(4, String("message"), "what happened, for people"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(3, String("reason"), "what happened, in one word"),
    Tag(13, Optional(Struct("related", kObjectReference))),
    Tag(14, String("reportingComponent"), "who says so"),
    Tag(15, String("reportingInstance")),
    Tag(11, Optional(Struct("series", kEventSeries))),
    Tag(5, Struct("source", kEventSource), "who says so"),
    Tag(9, String("type"), "Normal or Warning"),
};

constexpr Field kEventSeriesFields[] = {
    Tag(1, Int32("count")),
    Tag(2, MicroTime("lastObservedTime")),
};

constexpr Field kEventSourceFields[] = {
    Tag(1, String("component")),
    Tag(2, String("host")),
};

constexpr Field kEventsV1EventFields[] = {
    Tag(6, String("action")),
    String("apiVersion"),
    Tag(15, Int32("deprecatedCount")),
    Tag(13, Time("deprecatedFirstTimestamp")),
    Tag(14, Time("deprecatedLastTimestamp")),
    Tag(12, Struct("deprecatedSource", kEventSource)),
    Tag(2, MicroTime("eventTime")),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(10, String("note"), "what happened, for people"),
    Tag(7, String("reason"), "what happened, in one word"),
    Tag(8, Struct("regarding", kObjectReference), "the object"),
    Tag(9, Optional(Struct("related", kObjectReference))),
    Tag(4, String("reportingController"), "who says so"),
    Tag(5, String("reportingInstance")),
    Tag(3, Optional(Struct("series", kEventSeries))),
    Tag(11, String("type"), "Normal or Warning"),
};

}  // namespace

constinit const StructType kEvent{"Event", kEventFields, "something that happened to an object"};
constinit const StructType kEventSeries{"EventSeries", kEventSeriesFields};
constinit const StructType kEventSource{"EventSource", kEventSourceFields};
constinit const StructType kEventsV1Event{"Event", kEventsV1EventFields, "something that happened to an object"};

}  // namespace ordinal::api::schema
