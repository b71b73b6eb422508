// Event, as core/v1 has it (the stored form) and as events.k8s.io/v1 has it.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kEventFields[] = {
    String("action"),
    String("apiVersion"),
    Int32("count"),
    Time("eventTime"),
    Time("firstTimestamp"),
    Required(Struct("involvedObject", kObjectReference)),
    String("kind"),
    Time("lastTimestamp"),
    String("message"),
    Struct("metadata", kObjectMeta),
    String("reason"),
    Struct("related", kObjectReference),
    String("reportingComponent"),
    String("reportingInstance"),
    Struct("series", kEventSeries),
    Struct("source", kEventSource),
    String("type"),
};

constexpr Field kEventSeriesFields[] = {
    Int32("count"),
    Time("lastObservedTime"),
};

constexpr Field kEventSourceFields[] = {
    String("component"),
    String("host"),
};

constexpr Field kEventsV1EventFields[] = {
    String("action"),
    String("apiVersion"),
    Int32("deprecatedCount"),
    Time("deprecatedFirstTimestamp"),
    Time("deprecatedLastTimestamp"),
    Struct("deprecatedSource", kEventSource),
    Time("eventTime"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    String("note"),
    String("reason"),
    Struct("regarding", kObjectReference),
    Struct("related", kObjectReference),
    String("reportingController"),
    String("reportingInstance"),
    Struct("series", kEventSeries),
    String("type"),
};

}  // namespace

constinit const StructType kEvent{"Event", kEventFields};
constinit const StructType kEventSeries{"EventSeries", kEventSeriesFields};
constinit const StructType kEventSource{"EventSource", kEventSourceFields};
constinit const StructType kEventsV1Event{"Event", kEventsV1EventFields};

}  // namespace ordinal::api::schema
