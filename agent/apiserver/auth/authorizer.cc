#include "agent/apiserver/auth/authorizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "agent/api/object.h"
#include "agent/apiserver/auth/own_node.h"
#include "agent/apiserver/failure.h"

namespace ordinal::apiserver::auth {
namespace {

constexpr size_t kMostWordsOfOne = 300'000;  // of roles: some 30 MB when they are compared
constexpr char kInfoViewer[] = "system:public-info-viewer";

/// "pods", "statefulsets.apps": what an error is about.
std::string GroupResource(const Attributes& attributes) {
  return attributes.group.empty() ? attributes.resource : attributes.resource + "." + attributes.group;
}

std::string Placed(const std::string& name, const std::string& ns) { return ns.empty() ? name : name + "/" + ns; }

/// The first subject of the binding that is the user.
std::string SubjectOf(const Binding& binding, const http::User& user) {
  for (const api::AccessSubject& each : binding.subjects) {
    const bool named = each.kind == api::kUserSubject || each.kind == api::kGroupSubject;
    const bool is = each.kind == api::kGroupSubject  ? InGroup(user, each.name)
                    : each.kind == api::kUserSubject ? each.name == user.name
                                                     : AccountUser(each, binding.ns) == user.name;
    if (!is) continue;
    const std::string home = each.ns.empty() ? binding.ns : each.ns;
    return fmt::format("{} \"{}\"", each.kind, named ? each.name : each.name + "/" + home);
  }
  return "nobody";
}

std::string AllowedBy(const Binding& binding, const http::User& user) {
  return fmt::format("RBAC: allowed by {} \"{}\" of {} \"{}\" to {}",
                     binding.ns.empty() ? "ClusterRoleBinding" : "RoleBinding", Placed(binding.name, binding.ns),
                     binding.role.kind, binding.role.name, SubjectOf(binding, user));
}

std::string Missing(const Binding& binding) {
  return fmt::format("{}.{} \"{}\" not found", binding.role.kind == "Role" ? "role" : "clusterrole", api::kAccessGroup,
                     binding.role.name);
}

/// As Go's aggregate of errors is printed: each once.
std::string Aggregated(const std::vector<std::string>& errors) {
  return errors.size() == 1 ? errors.front() : fmt::format("[{}]", fmt::join(errors, ", "));
}

/// Rules that several bindings give are looked at once a question.
class Once {
 public:
  bool First(const Given& given) { return seen_.insert(given.rules.get()).second; }

 private:
  std::unordered_set<const RoleRules*> seen_;
};

/// The namespace whose roles count for that.
std::string_view PlaceOf(const Attributes& attributes) {
  return attributes.path.empty() ? std::string_view(attributes.ns) : std::string_view();
}

}  // namespace

Authorizer::Authorizer() {
  index_.PutRole("", kInfoViewer, {{{"get"}, {}, {}, {}, {"/healthz", "/livez", "/readyz", "/version", "/version/"}}});
  Binding everybody{"", kInfoViewer, {std::string(api::kAccessGroup), "ClusterRole", kInfoViewer}, {}};
  for (const std::string_view group : {kAuthenticated, kUnauthenticated}) {
    everybody.subjects.push_back(
        {std::string(api::kGroupSubject), std::string(api::kAccessGroup), std::string(group), ""});
  }
  index_.PutBinding(std::move(everybody));
  policy_ = index_.policy();
}

std::shared_ptr<const Policy> Authorizer::Now() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

void Authorizer::Change(const std::function<void(PolicyIndex&)>& change) {
  change(index_);
  std::shared_ptr<const Policy> next = index_.policy();
  const std::lock_guard lock(mutex_);
  policy_.swap(next);
}

bool Authorizer::Allows(const http::User& user, const Attributes& attributes) const {
  if (IsMaster(user)) return true;
  if (IsOfOtherNode(user, attributes)) return false;
  const Asked asked(attributes);
  Once once;
  return Now()->Any(user, PlaceOf(attributes), [&](const Given& given) {
    return given.Concerns(asked) && once.First(given) && given.rules->Permits(asked);
  });
}

std::string Authorizer::Reason(const http::User& user, const Attributes& attributes) const {
  if (IsMaster(user) || IsOfOtherNode(user, attributes)) return {};
  const Asked asked(attributes);
  std::string why;
  std::vector<std::string> missing;
  std::unordered_set<std::string> said;
  Once once;
  Now()->Any(user, PlaceOf(attributes), [&](const Given& given) {
    if (!given.rules) {
      const auto [role, fresh] = said.insert(Missing(*given.by));
      if (fresh) missing.push_back(*role);
      return false;
    }
    if (!given.Concerns(asked) || !once.First(given) || !given.rules->Permits(asked)) return false;
    why = AllowedBy(*given.by, user);
    return true;
  });
  if (!why.empty() || missing.empty()) return why;
  return "RBAC: " + Aggregated(missing);
}

RulesOfUser Authorizer::RulesFor(const http::User& user, const std::string& ns) const {
  RulesOfUser found;
  Once once;
  size_t words = 0;
  const auto add = [&](const Given& given) {
    if (!given.rules || !once.First(given)) return false;
    for (const api::PolicyRule& rule : given.rules->rules()) {
      words +=
          1 + rule.verbs.size() + rule.groups.size() + rule.resources.size() + rule.names.size() + rule.paths.size();
      if (words > kMostWordsOfOne) return found.cut = true;
      found.rules.push_back(rule);
    }
    return false;
  };
  Now()->Any(user, ns, add);
  return found;
}

bool Authorizer::Writes(const http::User& user) const { return IsMaster(user) || Now()->Writes(user); }

std::string ForbiddenMessage(const http::User& user, const Attributes& attributes, const std::string& reason) {
  const std::string why = reason.empty() ? "" : ": " + reason;
  if (!attributes.path.empty()) {
    return fmt::format("forbidden: User \"{}\" cannot {} path \"{}\"{}", user.name, attributes.verb, attributes.path,
                       why);
  }
  const std::string object = attributes.name.empty() ? "" : fmt::format(" \"{}\"", attributes.name);
  const std::string where =
      attributes.ns.empty() ? "at the cluster scope" : fmt::format("in the namespace \"{}\"", attributes.ns);
  return fmt::format("{}{} is forbidden: User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {}{}",
                     GroupResource(attributes), object, user.name, attributes.verb, attributes.Qualified(),
                     attributes.group, where, why);
}

http::Response Forbidden(const http::User& user, const Attributes& attributes, const std::string& reason) {
  api::Json details = api::Json::object();
  if (!attributes.name.empty()) details["name"] = attributes.name;
  if (!attributes.group.empty()) details["group"] = attributes.group;
  if (!attributes.resource.empty()) details["kind"] = attributes.resource;
  http::Response response = Failure(403, "Forbidden", ForbiddenMessage(user, attributes, reason), std::move(details));
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace ordinal::apiserver::auth
