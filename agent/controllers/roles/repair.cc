#include "agent/controllers/roles/repair.h"

#include <algorithm>
#include <map>
#include <utility>

#include "agent/api/read.h"
#include "agent/api/rule_cover.h"
#include "agent/base/log.h"
#include "agent/base/together.h"
#include "agent/controllers/roles/defaults.h"

namespace ordinal::controllers::roles {
namespace {

using api::Json;

constexpr Duration kFirstDelay = std::chrono::seconds(1), kLongestDelay = std::chrono::minutes(5);

bool Frozen(const Json& stored) {
  return api::ReadString(api::Member(api::Member(stored, "metadata"), "annotations"), kAutoUpdate) == "false";
}

/// Members of a map of metadata that are not there.
void AddWords(const char* map, const Json& wanted, Json& body) {
  for (const auto& [key, value] : api::ReadStringMap(api::Member(wanted, "metadata"), map)) {
    Json& words = body["metadata"][map];
    if (!words.is_object()) words = Json::object();
    if (!words.contains(key)) words[key] = value;
  }
}

void AddItem(const char* list, Json item, Json& body) {
  if (!body[list].is_array()) body[list] = Json::array();
  body[list].push_back(std::move(item));
}

void AddRules(const Json& wanted, Json& body) {
  const auto missing = api::Uncovered(api::ReadRules(body), api::ReadRules(wanted));
  if (!missing.ok()) return;
  for (const api::PolicyRule& rule : api::Compacted(*missing)) AddItem("rules", rule.ToJson(), body);
}

void AddSubjects(const Json& wanted, Json& body) {
  for (const Json& subject : api::Items(wanted, "subjects")) {
    const std::vector<api::AccessSubject> there = api::ReadSubjects(body);
    if (std::find(there.begin(), there.end(), api::AccessSubject::From(subject)) != there.end()) continue;
    AddItem("subjects", subject, body);
  }
}

Task<Status> MakeOne(objects::Objects& client, Json wanted) {
  const auto made = co_await client.Create(std::move(wanted));
  const bool there = !made.ok() && made.error().code == ErrorCode::kAlreadyExists;
  if (made.ok() || there) co_return Status();
  co_return made.error();
}

Task<Status> MakeAnew(objects::Objects& client, api::ObjectKey key, Json wanted) {
  objects::DeleteOptions options;
  CO_TRY(const objects::Removed removed, co_await client.Remove(std::move(key), std::move(options)));
  (void)removed;
  // What lingers, by its finalizers, is still there: that is not done.
  const auto made = co_await client.Create(std::move(wanted));
  if (!made.ok()) co_return made.error();
  co_return Status();
}

Task<Status> RepairOne(objects::Objects& client, api::ObjectKey key, Json wanted) {
  std::function<bool(Json&)> change = [&wanted](Json& body) {
    std::optional<Json> repaired = Repaired(body, wanted);
    if (repaired) body = std::move(*repaired);
    return repaired.has_value();
  };
  const auto written = co_await client.Modify(std::move(key), std::move(change));
  if (!written.ok()) co_return written.error();
  co_return Status();
}

/// What is to be done for the default objects of one kind, which `stored` holds.
void Plan(objects::Objects& client, const std::vector<api::Object>& stored, std::vector<Json> wanted,
          std::vector<Task<Status>>& tasks) {
  std::map<std::string, const api::Object*> there;
  for (const api::Object& object : stored) there[object.name()] = &object;
  for (Json& each : wanted) {
    const auto found = there.find(api::ReadString(each["metadata"], "name"));
    if (found == there.end()) {
      tasks.push_back(MakeOne(client, std::move(each)));
    } else if (IsOfOtherRole(found->second->body(), each)) {
      tasks.push_back(MakeAnew(client, found->second->key(), std::move(each)));
    } else if (Repaired(found->second->body(), each)) {
      tasks.push_back(RepairOne(client, found->second->key(), std::move(each)));
    }
  }
}

}  // namespace

bool IsOfOtherRole(const Json& stored, const Json& wanted) {
  return !Frozen(stored) && wanted.contains("roleRef") && api::RoleRef::From(stored) != api::RoleRef::From(wanted);
}

std::optional<Json> Repaired(const Json& stored, const Json& wanted) {
  if (Frozen(stored) || IsOfOtherRole(stored, wanted)) return std::nullopt;
  Json body = stored;
  AddWords("labels", wanted, body);
  AddWords("annotations", wanted, body);
  if (wanted.contains("aggregationRule")) {
    if (!body.contains("aggregationRule")) body["aggregationRule"] = Json::object();
    for (const Json& selector : wanted["aggregationRule"]["clusterRoleSelectors"]) {
      const Json& there = api::Items(body["aggregationRule"], "clusterRoleSelectors");
      if (std::find(there.begin(), there.end(), selector) == there.end()) {
        AddItem("clusterRoleSelectors", selector, body["aggregationRule"]);
      }
    }
  } else if (wanted.contains("rules")) {
    AddRules(wanted, body);
  }
  AddSubjects(wanted, body);
  if (body == stored) return std::nullopt;
  return body;
}

Task<Status> MakeDefaults(Executor executor, objects::Objects& client) {
  store::ListOptions all_roles, all_bindings;
  std::string kind = "ClusterRole", binding_kind = "ClusterRoleBinding";
  CO_TRY(const store::ListResult roles, co_await client.List(std::move(kind), std::move(all_roles)));
  CO_TRY(const store::ListResult bindings, co_await client.List(std::move(binding_kind), std::move(all_bindings)));
  std::vector<Task<Status>> tasks;
  Plan(client, roles.items, DefaultRoles(), tasks);
  Plan(client, bindings.items, DefaultBindings(), tasks);
  if (tasks.empty()) co_return Status();
  co_return co_await Together(std::move(executor), "default roles", std::move(tasks));
}

Task<void> RepeatDefaults(Executor executor, Clock& clock, objects::Objects& client, Error last) {
  for (Duration delay = kFirstDelay;; delay = std::min(delay * 2, kLongestDelay)) {
    log::Warning("default roles, tried again in {} s: {}",
                 std::chrono::duration_cast<std::chrono::seconds>(delay).count(), last.message);
    co_await Sleep(clock, delay);
    const Status made = co_await MakeDefaults(executor, client);
    if (made.ok()) co_return;
    last = made.error();
  }
}

}  // namespace ordinal::controllers::roles
