#include <fmt/format.h>

#include "agent/api/faults.h"
#include "agent/api/kinds/event/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_event {
namespace {

// Of events.k8s.io, in bytes.
constexpr size_t kMostShortText = 128;
constexpr size_t kMostNote = 1024;

/// A field of events.k8s.io/v1, and its name in core/v1. The others are called alike.
struct Renamed {
  const char *now, *stored;
};
constexpr Renamed kRenamed[] = {
    {"note", "message"},
    {"regarding", "involvedObject"},
    {"reportingController", "reportingComponent"},
    {"deprecatedSource", "source"},
    {"deprecatedFirstTimestamp", "firstTimestamp"},
    {"deprecatedLastTimestamp", "lastTimestamp"},
    {"deprecatedCount", "count"},
};

void Rename(Json& body, const char* from, const char* to) {
  auto member = body.find(from);
  if (member == body.end()) return;
  Json value = std::move(*member);
  body.erase(member);
  body[to] = std::move(value);
}

void Convert(Json& body, std::vector<std::string>&) {
  body["apiVersion"] = "v1";
  for (const auto& field : kRenamed) Rename(body, field.now, field.stored);
}

void Present(Json& body) {
  for (const auto& field : kRenamed) Rename(body, field.stored, field.now);
}

/// Both versions name the reporter; each reader looks at its own field.
void SetDefaults(Json& body) {
  if (!body.contains("reportingComponent")) body["reportingComponent"] = TextCell(body, {"source", "component"});
  if (!body.contains("reportingInstance")) body["reportingInstance"] = TextCell(body, {"source", "host"});
  if (!body.contains("source")) body["source"] = Json::object();
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const std::string about = TextCell(body, {"involvedObject", "namespace"});
  const std::string ns = TextCell(body, {"metadata", "namespace"});
  // What belongs to no namespace has its events in "default".
  const bool fits = about.empty() ? ns == "default" || ns == "kube-system" : about == ns;
  if (!fits) faults.Invalid(Path("involvedObject.namespace"), about, "must be the event's namespace");
}

/// What events.k8s.io asks for (k8s.io/kubernetes/pkg/apis/core/validation/events.go). The older names of fields are
/// the reference's, in both versions.
void ValidateNewer(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const auto text = [&](const char* field, size_t most) {
    const std::string value = ReadString(body, field);
    if (value.empty()) faults.Required(Path(field));
    if (value.size() > most) faults.Invalid(Path(field), "", fmt::format("can have at most {} characters", most));
  };
  if (ReadString(body, "eventTime").empty()) faults.Required(Path("eventTime"));
  if (ReadString(body, "reportingController").empty()) faults.Required(Path("reportingController"));
  faults.Syntax(Path("reportingController"), ReadString(body, "reportingController"), CheckQualifiedName);
  text("reportingInstance", kMostShortText);
  text("action", kMostShortText);
  text("reason", kMostShortText);
  if (ReadString(body, "note").size() > kMostNote) {
    faults.Invalid(Path("message"), "", fmt::format("can have at most {} characters", kMostNote));
  }
  const std::string type = ReadString(body, "type");
  if (type != "Normal" && type != "Warning") faults.Invalid(Path("type"), "", "has invalid value: " + type);
  if (const Json& series = Member(body, "series"); series.is_object()) {
    if (ReadInt(series, "count") < 2) faults.Invalid(Path("series.count"), "", "should be at least 2");
    if (ReadString(series, "lastObservedTime").empty()) faults.Required(Path("series.lastObservedTime"));
  }
  for (const auto& field : kRenamed) {
    const Json& value = Member(body, field.now);
    const bool unset = value.is_null() || value == 0 || (value.is_object() && value.empty());
    if (std::string_view(field.now).starts_with("deprecated") && !unset) {
      faults.Invalid(Path(field.stored), "", "needs to be unset");
    }
  }
}

std::string Source(const Json& body) {
  const std::string component = TextCell(body, {"source", "component"}, TextCell(body, {"reportingComponent"}));
  const std::string instance = TextCell(body, {"source", "host"}, TextCell(body, {"reportingInstance"}));
  return instance.empty() ? component : component + ", " + instance;
}

std::string About(const Json& body) {
  std::string kind = TextCell(body, {"involvedObject", "kind"});
  for (char& c : kind) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const std::string name = TextCell(body, {"involvedObject", "name"});
  return name.empty() ? kind : kind + "/" + name;
}

std::string Trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Json Cells(const Json& body, WallTime now) {
  const auto has = [&](const char* member) { return Member(body, member).is_string(); };
  const std::string first = SinceCell(body, has("firstTimestamp") ? "firstTimestamp" : "eventTime", now);
  std::string last = has("lastTimestamp") ? SinceCell(body, "lastTimestamp", now) : first;
  int64_t count = ReadInt(body, "count");
  if (const Json& series = Member(body, "series"); series.is_object()) {
    last = SinceCell(series, "lastObservedTime", now);
    count = ReadInt(series, "count");
  } else if (count == 0) {
    count = 1;  // An event that was seen once has no count in events.k8s.io.
  }
  return {last,
          TextCell(body, {"type"}),
          TextCell(body, {"reason"}),
          About(body),
          TextCell(body, {"involvedObject", "fieldPath"}),
          Source(body),
          Trimmed(TextCell(body, {"message"})),
          first,
          count,
          NameCell(body)};
}

constexpr std::string_view kShort[] = {"ev"};
constexpr std::string_view kOtherVersions[] = {"events.k8s.io/v1"};
constexpr std::string_view kFieldLabels[] = {
    "involvedObject.apiVersion",
    "involvedObject.fieldPath",
    "involvedObject.kind",
    "involvedObject.name",
    "involvedObject.namespace",
    "involvedObject.resourceVersion",
    "involvedObject.uid",
    "reason",
    "reportingComponent",
    "source",
    "type",
};
constexpr Column kColumns[] = {
    {"Last Seen", "string", "", "How long ago it happened last.", 0},
    {"Type", "string", "", "Normal or Warning.", 0},
    {"Reason", "string", "", "What happened, in one word.", 0},
    {"Object", "string", "", "What it happened to.", 0},
    {"Subobject", "string", "", "Which part of the object.", 1},
    {"Source", "string", "", "Who reported it, and from which node.", 1},
    {"Message", "string", "", "What happened, in a sentence.", 0},
    {"First Seen", "string", "", "How long ago it happened first.", 1},
    {"Count", "string", "", "How often it happened.", 1},
    {"Name", "string", "name", "The object's name, unique within its namespace.", 1},
};

}  // namespace

constinit const KindInfo kKind{
    .group = "",
    .version = "v1",
    .kind = "Event",
    .plural = "events",
    .singular = "event",
    .short_names = kShort,
    .schema = &schema::kEvent,
    .old_versions = kOtherVersions,
    .convert = Convert,
    .present = Present,
    .old_schema = &schema::kEventsV1Event,
    .validate_old_version = ValidateNewer,
    .set_defaults = SetDefaults,
    .validate = Validate,
    .field_labels = kFieldLabels,
    .columns = kColumns,
    .cells = Cells,
    .durable = false,
    .made_by_update = true,
};

}  // namespace ordinal::api::kinds::of_event
