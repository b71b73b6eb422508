#include "agent/events/correlate.h"

#include <fmt/format.h>

#include <algorithm>

namespace ordinal::events {
namespace {

using api::Json;

/// Who says something about what, without the version of the object it was said of.
std::string SubjectKey(const Occurrence& said) {
  std::string key = said.source.component + "\n" + said.source.instance;
  for (const char* member : {"kind", "namespace", "name", "uid", "apiVersion"}) {
    key += "\n" + api::ReadString(said.about, member);
  }
  return key;
}

std::string AggregateKey(const Occurrence& said) {
  return fmt::format("{}\n{}\n{}", SubjectKey(said), ToString(said.severity), said.reason);
}

std::string EqualKey(const Occurrence& said) {
  return fmt::format("{}\n{}\n{}", AggregateKey(said), api::ReadString(said.about, "fieldPath"), said.message);
}

int64_t Nanoseconds(WallTime time) { return time.time_since_epoch().count(); }

}  // namespace

bool Correlator::Allowed(const Occurrence& said, WallTime now) {
  Allowance& allowance = allowances_.At(SubjectKey(said));
  const Duration passed = allowance.last == WallTime() ? Duration::zero() : now - allowance.last;
  const double refilled = std::chrono::duration<double>(passed) / std::chrono::duration<double>(kRefill);
  allowance.left = std::min(kBurst, allowance.left + std::max(refilled, 0.0));
  allowance.last = now;
  if (allowance.left < 1) return false;
  allowance.left -= 1;
  return true;
}

std::string Correlator::Fold(Occurrence& said, WallTime now) {
  std::string aggregate = AggregateKey(said);
  Similar& similar = similar_.At(aggregate);
  if (now - similar.last > kSimilarWithin) similar.messages.clear();
  similar.last = now;
  similar.messages.insert(said.message);
  if (similar.messages.size() <= kMaxSimilar) return EqualKey(said);
  similar.messages.erase(said.message);
  said.message = "(combined from similar events): " + said.message;
  return aggregate;
}

/// As client-go names them: the object's name and the time in hexadecimal nanoseconds; here no two are equal.
std::string Correlator::NewName(const Occurrence& said, WallTime now) {
  last_stamp_ = std::max(last_stamp_ + 1, Nanoseconds(now));
  return fmt::format("{}.{:x}", api::ReadString(said.about, "name"), last_stamp_);
}

std::optional<Entry> Correlator::Observe(Occurrence said, WallTime now) {
  const std::string key = Fold(said, now);
  Known& known = known_.At(key);
  if (known.count == 0) {
    known.name = NewName(said, now);
    known.first = now;
  }
  ++known.count;
  const bool limited = !said.source.timed_series;
  if (limited && !Allowed(said, now)) return std::nullopt;
  Entry entry;
  entry.ns = api::ReadString(said.about, "namespace");
  if (entry.ns.empty()) entry.ns = "default";  // where events of objects without a namespace are kept
  entry.name = known.name;
  entry.said = std::move(said);
  entry.count = known.count;
  entry.first = known.first;
  entry.last = now;
  return entry;
}

Json EventDocument(const Entry& entry) {
  const Occurrence& said = entry.said;
  Json body{{"apiVersion", "v1"},
            {"kind", "Event"},
            {"metadata", Json{{"name", entry.name}, {"namespace", entry.ns}}},
            {"involvedObject", said.about},
            {"reason", said.reason},
            {"message", said.message},
            {"type", ToString(said.severity)},
            {"reportingComponent", said.source.component},
            {"reportingInstance", said.source.instance}};
  if (said.source.timed_series) {
    body["source"] = Json::object();
    body["action"] = said.action;
    body["eventTime"] = FormatMicroTime(entry.first);
    if (entry.count > 1) {
      body["series"] = Json{{"count", entry.count}, {"lastObservedTime", FormatMicroTime(entry.last)}};
    }
    return body;
  }
  body["source"] = Json{{"component", said.source.component}};
  if (!said.source.instance.empty()) body["source"]["host"] = said.source.instance;
  body["count"] = entry.count;
  body["firstTimestamp"] = FormatTime(entry.first);
  body["lastTimestamp"] = FormatTime(entry.last);
  return body;
}

Json ReferenceTo(const api::Object& about, std::string_view field_path) {
  Json reference{{"apiVersion", api::ReadString(about.body(), "apiVersion")},
                 {"kind", about.document_kind()},
                 {"name", about.name()},
                 {"uid", about.uid()}};
  if (!about.ns().empty()) reference["namespace"] = about.ns();
  if (about.revision() != 0) reference["resourceVersion"] = std::to_string(about.revision());
  if (!field_path.empty()) reference["fieldPath"] = field_path;
  return reference;
}

WallTime LastSaid(const Json& event) {
  WallTime last;
  const Json& series = api::Member(event, "series");
  for (const auto& time : {api::ReadTime(event, "lastTimestamp"), api::ReadTime(event, "eventTime"),
                           api::ReadTime(series, "lastObservedTime"),
                           api::ReadTime(api::Member(event, "metadata"), "creationTimestamp")}) {
    if (time) last = std::max(last, *time);
  }
  return last;
}

}  // namespace ordinal::events
