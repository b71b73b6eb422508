#include "agent/objects/local/admission/limits.h"

#include <fmt/format.h>

#include "agent/api/kinds/pod/pod_resources.h"
#include "agent/api/kinds/pod/resources.h"
#include "agent/api/read.h"

namespace ordinal::objects {
namespace {

using api::Json;
using api::Quantity;
using Sentences = std::vector<std::string>;

constexpr char kNote[] = "kubernetes.io/limit-ranger";

const Json& LimitsIn(const Json& range) { return api::Items(api::Member(range, "spec"), "limits"); }

/// What containers get that leave something out.
struct Usual {
  Json limits = Json::object(), requests = Json::object();
};

Usual UsualOf(const Json& range) {
  Usual usual;
  for (const Json& item : LimitsIn(range)) {
    if (api::ReadString(item, "type") != "Container") continue;
    const Json &limits = api::Member(item, "default"), &requests = api::Member(item, "defaultRequest");
    if (limits.is_object()) usual.limits.update(limits);
    if (requests.is_object()) usual.requests.update(requests);
  }
  return usual;
}

/// The names of what was filled in: "cpu, memory".
std::string Fill(const Json& usual, const char* member, Json& container) {
  std::string filled;
  for (const auto& [name, amount] : usual.items()) {
    Json& resources = container["resources"];
    if (!resources.is_object()) resources = Json::object();
    if (api::Member(resources, member).contains(name)) continue;
    resources[member][name] = amount;
    filled += (filled.empty() ? "" : ", ") + name;
  }
  return filled;
}

/// What an object asks for, as amounts to compare and as they are written.
class Asked {
 public:
  static Asked Of(const Json& requests, const Json& limits) {
    Asked asked;
    asked.Read(requests, asked.requests_);
    asked.Read(limits, asked.limits_);
    return asked;
  }
  static Asked Of(const api::ResourceList& requests, const api::ResourceList& limits) {
    Asked asked;
    for (const auto& [name, amount] : requests) asked.requests_[name] = {amount, api::AmountText(name, amount)};
    for (const auto& [name, amount] : limits) asked.limits_[name] = {amount, api::AmountText(name, amount)};
    return asked;
  }

  struct Amount {
    Quantity quantity;
    std::string text;
  };
  /// Null when it is not said.
  const Amount* Request(const std::string& resource) const { return In(requests_, resource); }
  const Amount* Limit(const std::string& resource) const { return In(limits_, resource); }

 private:
  using Map = std::map<std::string, Amount>;
  static const Amount* In(const Map& map, const std::string& resource) {
    const auto found = map.find(resource);
    return found == map.end() ? nullptr : &found->second;
  }
  static void Read(const Json& amounts, Map& into) {
    if (!amounts.is_object()) return;
    for (const auto& [name, amount] : amounts.items()) {
      into[name] = {api::ReadQuantity(amounts, name), amount.is_string() ? amount.get<std::string>() : amount.dump()};
    }
  }
  Map requests_, limits_;
};

/// One bound of one resource, of "Container", "Pod" or "PersistentVolumeClaim".
struct LimitBound {
  std::string resource, type;
  Asked::Amount amount;
};

void CheckMin(const LimitBound& bound, const Asked& asked, Sentences& faults) {
  const std::string head = fmt::format("minimum {} usage per {} is {}", bound.resource, bound.type, bound.amount.text);
  const Asked::Amount *request = asked.Request(bound.resource), *limit = asked.Limit(bound.resource);
  if (request == nullptr) {
    faults.push_back(head + ".  No request is specified");
  } else if (request->quantity < bound.amount.quantity) {
    faults.push_back(head + ", but request is " + request->text);
  } else if (limit != nullptr && limit->quantity < bound.amount.quantity) {
    faults.push_back(head + ", but limit is " + limit->text);
  }
}

void CheckMax(const LimitBound& bound, const Asked& asked, Sentences& faults) {
  const std::string head = fmt::format("maximum {} usage per {} is {}", bound.resource, bound.type, bound.amount.text);
  const Asked::Amount *request = asked.Request(bound.resource), *limit = asked.Limit(bound.resource);
  if (limit == nullptr) {
    faults.push_back(head + ".  No limit is specified");
  } else if (limit->quantity > bound.amount.quantity) {
    faults.push_back(head + ", but limit is " + limit->text);
  } else if (request != nullptr && request->quantity > bound.amount.quantity) {
    faults.push_back(head + ", but request is " + request->text);
  }
}

/// A claim has no limits: its request is what counts.
void CheckMaxRequest(const LimitBound& bound, const Asked& asked, Sentences& faults) {
  const std::string head = fmt::format("maximum {} usage per {} is {}", bound.resource, bound.type, bound.amount.text);
  const Asked::Amount* request = asked.Request(bound.resource);
  if (request == nullptr) {
    faults.push_back(head + ".  No request is specified");
  } else if (request->quantity > bound.amount.quantity) {
    faults.push_back(head + ", but request is " + request->text);
  }
}

/// As a number that ratios are made of; what fits is counted in thousandths.
double Measure(const Quantity& quantity) {
  constexpr int64_t kMostExact = int64_t{1} << 50;
  return quantity.Value() < kMostExact ? static_cast<double>(quantity.MilliValue()) / 1000.0
                                       : static_cast<double>(quantity.Value());
}

void CheckRatio(const LimitBound& bound, const Asked& asked, Sentences& faults) {
  const std::string head =
      fmt::format("{} max limit to request ratio per {} is {}", bound.resource, bound.type, bound.amount.text);
  const Asked::Amount *request = asked.Request(bound.resource), *limit = asked.Limit(bound.resource);
  if (request == nullptr || request->quantity.IsZero()) {
    faults.push_back(head + ", but no request is specified or request is 0");
    return;
  }
  if (limit == nullptr || limit->quantity.IsZero()) {
    faults.push_back(head + ", but no limit is specified or limit is 0");
    return;
  }
  const double ratio = Measure(limit->quantity) / Measure(request->quantity);
  if (ratio > Measure(bound.amount.quantity)) {
    faults.push_back(fmt::format("{}, but provided ratio is {:f}", head, ratio));
  }
}

using LimitCheck = void (*)(const LimitBound& bound, const Asked& asked, Sentences& faults);

void CheckEach(const Json& item, const char* member, const Asked& asked, LimitCheck check, Sentences& faults) {
  const Json& amounts = api::Member(item, member);
  if (!amounts.is_object()) return;
  for (const auto& [name, amount] : amounts.items()) {
    const std::string text = amount.is_string() ? amount.get<std::string>() : amount.dump();
    check({name, api::ReadString(item, "type"), {api::ReadQuantity(amounts, name), text}}, asked, faults);
  }
}

void CheckAll(const Json& item, const Asked& asked, Sentences& faults) {
  CheckEach(item, "min", asked, CheckMin, faults);
  CheckEach(item, "max", asked, CheckMax, faults);
  CheckEach(item, "maxLimitRequestRatio", asked, CheckRatio, faults);
}

Asked OfContainer(const Json& container) {
  const Json& resources = api::Member(container, "resources");
  return Asked::Of(api::Member(resources, "requests"), api::Member(resources, "limits"));
}

/// The overhead of a runtime class is not looked at, as in the reference.
Asked OfPod(const Json& spec) {
  api::PodSpec read = api::ReadPodSpec(spec);
  read.overhead.clear();
  return Asked::Of(api::RequestsOf(read), api::LimitsOf(read));
}

}  // namespace

bool FillLimits(const Json& limit_range, Json& pod) {
  const Usual usual = UsualOf(limit_range);
  std::string note;
  const auto add = [&note](const std::string& filled, const char* what, const std::string& container) {
    if (!filled.empty()) note += (note.empty() ? "" : "; ") + fmt::format("{} {} {}", filled, what, container);
  };
  Json& spec = pod["spec"];
  for (const bool init : {false, true}) {
    const char* list = init ? "initContainers" : "containers";
    if (api::Items(spec, list).empty()) continue;
    for (Json& container : spec[list]) {
      const std::string name = api::ReadString(container, "name");
      add(Fill(usual.requests, "requests", container), init ? "request for init container" : "request for container",
          name);
      add(Fill(usual.limits, "limits", container), init ? "limit for init container" : "limit for container", name);
    }
  }
  if (note.empty()) return false;
  pod["metadata"]["annotations"][kNote] = "LimitRanger plugin set: " + note;
  return true;
}

Sentences PodLimitFaults(const Json& limit_range, const Json& pod) {
  const Json& spec = api::Member(pod, "spec");
  Sentences faults;
  for (const Json& item : LimitsIn(limit_range)) {
    const std::string type = api::ReadString(item, "type");
    if (type == "Pod") CheckAll(item, OfPod(spec), faults);
    if (type != "Container") continue;
    for (const char* list : {"containers", "initContainers"}) {
      for (const Json& container : api::Items(spec, list)) CheckAll(item, OfContainer(container), faults);
    }
  }
  return faults;
}

Sentences ClaimLimitFaults(const Json& limit_range, const Json& claim) {
  const Json& resources = api::Member(api::Member(claim, "spec"), "resources");
  const Asked asked = Asked::Of(api::Member(resources, "requests"), Json());
  Sentences faults;
  for (const Json& item : LimitsIn(limit_range)) {
    if (api::ReadString(item, "type") != "PersistentVolumeClaim") continue;
    CheckEach(item, "min", asked, CheckMin, faults);
    CheckEach(item, "max", asked, CheckMaxRequest, faults);
  }
  return faults;
}

}  // namespace ordinal::objects
