#include "agent/controllers/endpoints/plan.h"

#include <algorithm>
#include <deque>
#include <map>
#include <tuple>
#include <utility>

#include "agent/controllers/endpoints/endpoint.h"

namespace ordinal::controllers::endpoints {
namespace {

using api::Json;

/// What endpoints share to be in one slice.
struct Group {
  std::string family;
  Json ports;
  bool operator==(const Group& other) const { return family == other.family && ports == other.ports; }
  bool operator<(const Group& other) const { return std::tie(family, ports) < std::tie(other.family, other.ports); }
};

/// The endpoints wanted of one group that no slice has taken yet, by pod uid, and the order they came in.
struct Wanted {
  std::map<std::string, Json> by_uid;
  std::deque<std::string> order;

  void Add(std::string uid, Json endpoint) {
    order.push_back(uid);
    by_uid.emplace(std::move(uid), std::move(endpoint));
  }
  std::optional<Json> Take(const std::string& uid) {
    auto found = by_uid.extract(uid);
    if (found.empty()) return std::nullopt;
    return std::move(found.mapped());
  }
  std::optional<Json> TakeNext() {
    while (!order.empty()) {
      const std::string uid = std::move(order.front());
      order.pop_front();
      if (auto endpoint = Take(uid)) return endpoint;
    }
    return std::nullopt;
  }
};

std::map<Group, Wanted> WantedOf(const Observed& seen) {
  std::vector<const api::Pod*> pods;
  for (const api::Pod& pod : seen.pods) pods.push_back(&pod);
  std::sort(pods.begin(), pods.end(), [](const api::Pod* a, const api::Pod* b) {
    return std::tie(a->meta.created, a->meta.name) < std::tie(b->meta.created, b->meta.name);
  });
  std::map<Group, Wanted> wanted;
  for (const std::string& family : FamiliesOf(seen.service)) {
    for (const api::Pod* pod : pods) {
      auto endpoint = BuildEndpoint(seen.service, *pod, family);
      if (!endpoint) continue;
      wanted[Group{family, BuildPorts(seen.service, *pod)}].Add(pod->meta.uid, std::move(*endpoint));
    }
  }
  return wanted;
}

api::StringMap LabelsOf(const api::Service& service) {
  api::StringMap labels = CopiedLabels(service);
  labels[kManagedByLabel] = kManagedBy;
  labels[kServiceNameLabel] = service.meta.name;
  return labels;
}

Json NewSlice(const Observed& seen, const Group& group, Json endpoints) {
  Json metadata{{"generateName", seen.service.meta.name + "-"},
                {"namespace", seen.service.meta.ns},
                {"labels", LabelsOf(seen.service)},
                {"annotations", Json{{kTriggerTimeAnnotation, FormatTime(seen.now)}}},
                {"ownerReferences", Json::array({api::ControllerReference(seen.service.object).ToJson()})}};
  return Json{{"apiVersion", "discovery.k8s.io/v1"}, {"kind", "EndpointSlice"},
              {"metadata", std::move(metadata)},     {"addressType", group.family},
              {"endpoints", std::move(endpoints)},   {"ports", group.ports}};
}

/// The slices of a service, one pass.
class Pass {
 public:
  explicit Pass(const Observed& seen) : seen_(seen), wanted_(WantedOf(seen)) {
    for (const api::EndpointSlice& slice : seen.slices) slices_.push_back(&slice);
    std::sort(slices_.begin(), slices_.end(), [](const auto* a, const auto* b) { return a->meta.name < b->meta.name; });
  }

  Plan Run() {
    for (const api::EndpointSlice* slice : slices_) Keep(*slice);
    for (auto& [group, wanted] : wanted_) Fill(group, wanted);
    const std::string family = FamiliesOf(seen_.service).front();
    for (auto& [slice, endpoints] : kept_) Write(*slice, std::move(endpoints));
    // A service without endpoints keeps one empty slice: it says that the controller has seen the service.
    const bool none = written_ == 0 && plan_.create.empty();
    for (const auto* slice : empty_) {
      if (none && written_ == 0 && slice->address_type == family) {
        WriteDocument(*slice, Json::array(), Json::array());
      } else {
        plan_.remove.push_back(slice->object);
      }
    }
    if (none && written_ == 0) {
      plan_.create.push_back(NewSlice(seen_, Group{family, Json::array()}, Json::array()));
    }
    return std::move(plan_);
  }

 private:
  Group GroupOf(const api::EndpointSlice& slice) const {
    const auto changed = ports_.find(&slice);
    if (changed != ports_.end()) return Group{slice.address_type, changed->second};
    const Json& ports = api::Member(slice.object.body(), "ports");
    return Group{slice.address_type, ports.is_array() ? ports : Json::array()};
  }

  /// Takes what the slice has and is still wanted.
  void Keep(const api::EndpointSlice& slice) {
    Json endpoints = Json::array();
    const auto found = wanted_.find(GroupOf(slice));
    if (found != wanted_.end()) {
      for (const api::Endpoint& endpoint : slice.endpoints) {
        if (auto now = found->second.Take(endpoint.target_uid)) endpoints.push_back(std::move(*now));
      }
    }
    kept_.emplace_back(&slice, std::move(endpoints));
  }

  /// Puts what is new into slices with room, an empty slice of any group among them, then into new slices.
  void Fill(const Group& group, Wanted& wanted) {
    for (auto& [slice, endpoints] : kept_) {
      if (wanted.by_uid.empty()) return;
      if (endpoints.empty() && slice->address_type == group.family) ports_[slice] = group.ports;
      if (GroupOf(*slice) == group) FillUp(wanted, endpoints);
    }
    while (!wanted.by_uid.empty()) {
      Json endpoints = Json::array();
      FillUp(wanted, endpoints);
      plan_.create.push_back(NewSlice(seen_, group, std::move(endpoints)));
    }
  }

  static void FillUp(Wanted& wanted, Json& endpoints) {
    while (endpoints.size() < kEndpointsPerSlice) {
      auto next = wanted.TakeNext();
      if (!next) return;
      endpoints.push_back(std::move(*next));
    }
  }

  void Write(const api::EndpointSlice& slice, Json endpoints) {
    if (endpoints.empty()) {
      empty_.push_back(&slice);
      return;
    }
    WriteDocument(slice, std::move(endpoints), GroupOf(slice).ports);
  }

  void WriteDocument(const api::EndpointSlice& slice, Json endpoints, Json ports) {
    ++written_;
    Json body = slice.object.body();
    body["endpoints"] = std::move(endpoints);
    body["ports"] = std::move(ports);
    body["metadata"]["labels"] = LabelsOf(seen_.service);
    if (body == slice.object.body()) return;
    body["metadata"]["annotations"][kTriggerTimeAnnotation] = FormatTime(seen_.now);
    plan_.update.push_back(std::move(body));
  }

  const Observed& seen_;
  std::map<Group, Wanted> wanted_;
  std::vector<const api::EndpointSlice*> slices_;
  std::vector<std::pair<const api::EndpointSlice*, Json>> kept_;
  std::map<const api::EndpointSlice*, Json> ports_;  // of slices that changed their group
  std::vector<const api::EndpointSlice*> empty_;
  int written_ = 0;
  Plan plan_;
};

}  // namespace

api::StringMap CopiedLabels(const api::Service& service) {
  api::StringMap labels = service.meta.labels;
  labels.erase(kHeadlessLabel);
  if (service.headless()) labels[kHeadlessLabel] = "";
  return labels;
}

bool Managed(const api::Meta& slice) {
  const auto label = slice.labels.find(kManagedByLabel);
  return label != slice.labels.end() && label->second == kManagedBy;
}

Plan MakePlan(const Observed& seen) { return Pass(seen).Run(); }

}  // namespace ordinal::controllers::endpoints
