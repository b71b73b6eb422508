// A pod of a runtime class takes that class's overhead and goes where the class is to be had
// (kubernetes/plugin/pkg/admission/runtimeclass).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>

#include "agent/api/kinds/runtime_class/view.h"
#include "agent/api/read.h"
#include "agent/objects/local/admission/admitter.h"

namespace ordinal::objects {
namespace {

using api::Json;

/// Tolerations by what of a taint they go by, so that those that cover one are found without looking at all.
class Covering {
 public:
  void Add(const Json& toleration) {
    const Parts parts = PartsOf(toleration);
    const Key key{parts.key, parts.effect, parts.value};
    int64_t& longest = longest_.try_emplace(key, parts.seconds).first->second;
    longest = std::max(longest, parts.seconds);
  }

  /// Whether one of them tolerates all that `toleration` does (pkg/util/tolerations, isSuperset).
  bool Covers(const Json& toleration) const {
    const Parts parts = PartsOf(toleration);
    for (const std::string& effect : {parts.effect, std::string()}) {
      for (const std::string& value : {parts.value, std::string(kExists)}) {
        if (Lasts(parts.key, effect, value, parts.seconds)) return true;
      }
      if (Lasts("", effect, kExists, parts.seconds)) return true;
    }
    return false;
  }

 private:
  static constexpr char kExists[] = "Exists";
  static constexpr int64_t kForEver = std::numeric_limits<int64_t>::max();

  using Key = std::array<std::string, 3>;  ///< key, effect and value of Parts
  struct Parts {
    std::string key, effect, value;  ///< the value after a '=', or kExists
    int64_t seconds = kForEver;      ///< of NoExecute; of other effects they do not count
  };
  static Parts PartsOf(const Json& toleration) {
    const bool exists = api::ReadString(toleration, "operator") == kExists;
    Parts parts{api::ReadString(toleration, "key"), api::ReadString(toleration, "effect"),
                exists ? kExists : "=" + api::ReadString(toleration, "value")};
    if (parts.effect == "NoExecute") parts.seconds = api::ReadInt(toleration, "tolerationSeconds", kForEver);
    return parts;
  }
  bool Lasts(const std::string& key, const std::string& effect, const std::string& value, int64_t seconds) const {
    const Key wanted{key, effect, value};
    const auto found = longest_.find(wanted);
    return found != longest_.end() && found->second >= seconds;
  }

  std::map<Key, int64_t> longest_;  ///< seconds
};

/// Both lists, without those that another one covers.
Json Merged(const Json& first, const Json& second) {
  std::vector<const Json*> all;
  std::set<std::string> seen;
  for (const Json* list : {&first, &second}) {
    for (const Json& toleration : *list) {
      if (seen.insert(toleration.dump()).second) all.push_back(&toleration);
    }
  }
  Covering later, kept;
  std::vector<bool> covered(all.size());
  for (size_t i = all.size(); i-- > 0;) {
    covered[i] = later.Covers(*all[i]);
    later.Add(*all[i]);
  }
  Json merged = Json::array();
  for (size_t i = 0; i < all.size(); ++i) {
    if (covered[i] || kept.Covers(*all[i])) continue;
    kept.Add(*all[i]);
    merged.push_back(*all[i]);
  }
  return merged;
}

bool HasAll(const Json& list, const Json& wanted) {
  if (list == wanted) return true;
  std::set<std::string> there;
  for (const Json& each : list) there.insert(each.dump());
  return std::all_of(wanted.begin(), wanted.end(), [&](const Json& each) { return there.contains(each.dump()); });
}

class RuntimeClasses final : public Admitter {
 public:
  bool Concerns(const api::KindInfo& kind) const override { return api::IsBuiltIn(kind, "Pod"); }

  Task<Status> Admit(Attempt& attempt) override {
    if (!attempt.creates()) co_return co_await AdmitChange(attempt);
    Json& spec = attempt.body["spec"];
    const std::string name = api::ReadString(spec, "runtimeClassName");
    Json of_class = Json::object();
    if (!name.empty()) {
      store::ObjectKey key{api::RuntimeClass::kKind, "", name};
      const auto found = co_await attempt.objects.Get(std::move(key));
      if (!found.ok() && found.error().code != ErrorCode::kNotFound) co_return found.error();
      if (!found.ok()) co_return Rejected(attempt, fmt::format("RuntimeClass \"{}\" not found", name));
      of_class = found->body();
    }
    CO_TRYV(SetOverhead(attempt, api::Member(api::Member(of_class, "overhead"), "podFixed"), spec));
    co_return SetScheduling(attempt, api::Member(of_class, "scheduling"), spec);
  }

 private:
  static Task<Status> AdmitChange(Attempt& attempt) {
    const std::string name = LeftOutOf(attempt) ? api::ReadString(attempt.body["spec"], "runtimeClassName") : "";
    if (name.empty()) co_return Status();
    store::ObjectKey key{api::RuntimeClass::kKind, "", name};
    const auto found = co_await attempt.objects.Get(std::move(key));
    if (!found.ok() && found.error().code != ErrorCode::kNotFound) co_return found.error();
    if (found.ok()) KeepScheduling(attempt, api::Member(found->body(), "scheduling"));
    co_return Status();
  }

  /// Whether the pod may lack something that its class has added.
  static bool LeftOutOf(const Attempt& attempt) {
    const Json& before = api::Member(attempt.old.body(), "spec");
    const Json& spec = api::Member(attempt.body, "spec");
    return api::Member(spec, "nodeSelector") != api::Member(before, "nodeSelector") ||
           !HasAll(api::Items(spec, "tolerations"), api::Items(before, "tolerations"));
  }

  /// Who writes a pod again as he wrote it first, a manifest file for one, leaves out what its class has added: that is
  /// no change. What is another one also with it is left to the rules of changes.
  static void KeepScheduling(Attempt& attempt, const Json& scheduling) {
    const Json& before = api::Member(attempt.old.body(), "spec");
    Json& spec = attempt.body["spec"];
    Json selector = api::Member(spec, "nodeSelector");
    for (const auto& [label, value] : api::ReadStringMap(scheduling, "nodeSelector")) selector[label] = value;
    if (selector.is_object() && selector == api::Member(before, "nodeSelector")) spec["nodeSelector"] = selector;
    const Json& own = api::Items(spec, "tolerations");
    const Json& stored = api::Items(before, "tolerations");
    if (HasAll(own, stored)) return;
    Json merged = Merged(own, api::Items(scheduling, "tolerations"));
    if (HasAll(merged, stored)) spec["tolerations"] = std::move(merged);
  }

  static Error Rejected(Attempt& attempt, const std::string& why) { return attempt.Forbidden("pod rejected: " + why); }

  static Status SetOverhead(Attempt& attempt, const Json& overhead, Json& spec) {
    const Json& said = api::Member(spec, "overhead");
    if (!overhead.is_object()) {
      if (said.is_null() || said.empty()) return {};
      return Rejected(attempt, "Pod Overhead set without corresponding RuntimeClass defined Overhead");
    }
    if (!said.is_null() && said != overhead) {
      return Rejected(attempt, "Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    }
    spec["overhead"] = overhead;
    return {};
  }

  static Status SetScheduling(Attempt& attempt, const Json& scheduling, Json& spec) {
    if (!scheduling.is_object()) return {};
    const auto own = api::ReadStringMap(spec, "nodeSelector");
    for (const auto& [key, value] : api::ReadStringMap(scheduling, "nodeSelector")) {
      const auto said = own.find(key);
      if (said != own.end() && said->second != value) {
        return attempt.Forbidden(
            fmt::format("conflict: runtimeClass.scheduling.nodeSelector[{}] = {}; "
                        "pod.spec.nodeSelector[{}] = {}",
                        key, value, key, said->second));
      }
      spec["nodeSelector"][key] = value;
    }
    const Json& more = api::Items(scheduling, "tolerations");
    if (!more.empty()) spec["tolerations"] = Merged(api::Items(spec, "tolerations"), more);
    return {};
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitRuntimeClasses() { return std::make_unique<RuntimeClasses>(); }

}  // namespace ordinal::objects
