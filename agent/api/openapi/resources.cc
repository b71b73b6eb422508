#include "agent/api/openapi/resources.h"

#include <algorithm>
#include <tuple>

#include "agent/api/custom/definition.h"
#include "agent/api/custom/version_order.h"
#include "agent/api/openapi/more_types.h"

namespace ordinal::api::openapi {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::string_view kAllVerbs[] = {"create", "delete", "deletecollection", "get",
                                          "list",   "patch",  "update",           "watch"};
// The contents of all namespaces go one namespace at a time.
constexpr std::string_view kNamespaceVerbs[] = {"create", "delete", "get", "list", "patch", "update", "watch"};
constexpr std::string_view kGetPatchUpdate[] = {"get", "patch", "update"};
constexpr std::string_view kCreateGet[] = {"create", "get"};
constexpr std::string_view kProxyVerbs[] = {"create", "delete", "get", "patch", "update"};
constexpr std::string_view kCreate[] = {"create"};
constexpr std::string_view kGet[] = {"get"};
constexpr std::string_view kGetList[] = {"get", "list"};
constexpr std::string_view kUpdate[] = {"update"};

/// A subresource whose bodies are of a kind of its own. `owner` empty: of every resource.
struct Subresource {
  std::string_view owner, name, kind;  ///< kind empty: the owner's kind
  GroupVersion kind_version;           ///< empty: the owner's
  Words verbs;
  const StructType* schema = nullptr;
};

// As the reference lists them (recorded discovery of core and apps).
constexpr Subresource kSubresources[] = {
    {"", "status", "", {}, kGetPatchUpdate},
    {"", "ephemeralcontainers", "", {}, kGetPatchUpdate},
    {"", "resize", "", {}, kGetPatchUpdate},
    {"", "finalize", "", {}, kUpdate},
    {"", "approval", "", {}, kGetPatchUpdate},
    {"", "log", "", {}, kGet},
    {"", "scale", "Scale", {"autoscaling", "v1"}, kGetPatchUpdate, &kScale},
    {"", "binding", "Binding", {}, kCreate, &kBinding},
    {"", "eviction", "Eviction", {"policy", "v1"}, kCreate, &kEviction},
    {"", "token", "TokenRequest", {"authentication.k8s.io", "v1"}, kCreate, &kTokenRequest},
    {"", "attach", "PodAttachOptions", {}, kCreateGet},
    {"", "exec", "PodExecOptions", {}, kCreateGet},
    {"", "portforward", "PodPortForwardOptions", {}, kCreateGet},
    {"pods", "proxy", "PodProxyOptions", {}, kProxyVerbs},
    {"services", "proxy", "ServiceProxyOptions", {}, kProxyVerbs},
    {"nodes", "proxy", "NodeProxyOptions", {}, kProxyVerbs},
};

/// Resources nothing is stored of: questions that are answered, and measurements.
struct Computed {
  GroupVersion group_version;
  std::string_view plural, singular, kind;
  bool namespaced;
  Words verbs;
  const StructType* schema;
};

constexpr GroupVersion kAuthentication{"authentication.k8s.io", "v1"};
constexpr GroupVersion kAuthorization{"authorization.k8s.io", "v1"};
constexpr GroupVersion kMetrics{"metrics.k8s.io", "v1beta1"};

constexpr Computed kComputed[] = {
    {kAuthentication, "selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview", false, kCreate,
     &kSelfSubjectReview},
    {kAuthentication, "tokenreviews", "tokenreview", "TokenReview", false, kCreate, &kTokenReview},
    {kAuthorization, "selfsubjectaccessreviews", "selfsubjectaccessreview", "SelfSubjectAccessReview", false, kCreate,
     &kSelfSubjectAccessReview},
    {kAuthorization, "selfsubjectrulesreviews", "selfsubjectrulesreview", "SelfSubjectRulesReview", false, kCreate,
     &kSelfSubjectRulesReview},
    {kAuthorization, "localsubjectaccessreviews", "localsubjectaccessreview", "LocalSubjectAccessReview", true, kCreate,
     &kLocalSubjectAccessReview},
    {kAuthorization, "subjectaccessreviews", "subjectaccessreview", "SubjectAccessReview", false, kCreate,
     &kSubjectAccessReview},
    {kMetrics, "nodes", "", "NodeMetrics", false, kGetList, &kNodeMetrics},
    {kMetrics, "pods", "", "PodMetrics", true, kGetList, &kPodMetrics},
};

// The order of the reference: a name such as "events" that two groups have means the earlier one. Groups that are not
// named come after these.
constexpr std::string_view kOrder[] = {
    "",
    "apiregistration.k8s.io",
    "apps",
    "events.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
    "node.k8s.io",
    "discovery.k8s.io",
    "flowcontrol.apiserver.k8s.io",
};

GroupVersion Parse(std::string_view api_version) {
  const size_t slash = api_version.find('/');
  if (slash == std::string_view::npos) return {"", api_version};
  return {api_version.substr(0, slash), api_version.substr(slash + 1)};
}

bool IsBeta(std::string_view version) { return version.find("beta") != std::string_view::npos; }

size_t Rank(std::string_view group) {
  return static_cast<size_t>(std::find(std::begin(kOrder), std::end(kOrder), group) - std::begin(kOrder));
}

/// Calls `each` with every group version of a kind that clients may ask for.
template <class Each>
void EachServed(const KindInfo& info, const Each& each) {
  if (info.custom != nullptr) {
    for (const auto& version : info.custom->versions()) {
      if (version->served) each(GroupVersion{info.group, version->name});
    }
    return;
  }
  each(GroupVersion{info.group, info.version});
  for (const std::string_view old_version : info.old_versions) each(Parse(old_version));
}

void AddSubresources(const KindInfo& info, const Resource& of, std::vector<Resource>& out) {
  for (const std::string_view name : SubresourcesOf(info, ToString(of.kind_version))) {
    const auto* known = std::find_if(std::begin(kSubresources), std::end(kSubresources), [&](const Subresource& each) {
      return each.name == name && (each.owner.empty() || each.owner == info.plural);
    });
    if (known == std::end(kSubresources)) continue;
    Resource added = of;
    added.subresource = name;
    added.singular = {};
    added.short_names = added.categories = {};
    added.verbs = known->verbs;
    if (!known->kind.empty()) {
      added.kind = known->kind;
      added.schema = known->schema;
    }
    if (!known->kind_version.version.empty()) added.kind_version = added.stored_version = known->kind_version;
    out.push_back(added);
  }
}

void AddKind(const KindInfo& info, GroupVersion served, std::vector<Resource>& out) {
  const GroupVersion stored{info.group, info.version};
  // An old spelling of the same fields, or a version with fields of its own.
  const bool respelled = served != stored && info.old_schema == nullptr && info.custom == nullptr;
  Resource added{.plural = info.plural,
                 .subresource = {},
                 .singular = info.singular,
                 .kind = info.kind,
                 .kind_version = served,
                 .stored_version = respelled ? stored : served,
                 .namespaced = info.namespaced,
                 .verbs = info.deleted_together ? Words(kAllVerbs) : Words(kNamespaceVerbs),
                 .schema = &SchemaOf(info, ToString(served))};
  // Old spellings are there for old manifests; "rs" and "all" mean the stored version, once.
  if (!respelled) {
    added.short_names = info.short_names;
    added.categories = info.categories;
  }
  out.push_back(added);
  AddSubresources(info, added, out);
}

}  // namespace

std::string ToString(GroupVersion group_version) {
  if (group_version.group.empty()) return std::string(group_version.version);
  return std::string(group_version.group) + "/" + std::string(group_version.version);
}

std::string BasePath(GroupVersion group_version) {
  return (group_version.group.empty() ? "/api/" : "/apis/") + ToString(group_version);
}

std::vector<Group> ServedGroups(KindList kinds) {
  std::vector<Group> groups;
  const auto add = [&](GroupVersion served) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.name == served.group; });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{served.group, {}});
    auto& versions = group->versions;
    if (std::find(versions.begin(), versions.end(), served.version) == versions.end()) {
      versions.push_back(served.version);
    }
  };
  for (const KindInfo* info : kinds) {
    EachServed(*info, add);
  }
  for (const Computed& each : kComputed) add(each.group_version);
  for (Group& group : groups) std::sort(group.versions.begin(), group.versions.end(), custom::IsPreferred);
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return std::make_tuple(Rank(a.name), IsBeta(a.versions.front())) <
           std::make_tuple(Rank(b.name), IsBeta(b.versions.front()));
  });
  return groups;
}

std::vector<Resource> ServedResources(GroupVersion group_version, KindList kinds) {
  std::vector<Resource> resources;
  for (const KindInfo* info : kinds) {
    EachServed(*info, [&](GroupVersion served) {
      if (served == group_version) AddKind(*info, served, resources);
    });
  }
  for (const Computed& each : kComputed) {
    if (each.group_version != group_version) continue;
    resources.push_back({.plural = each.plural,
                         .subresource = {},
                         .singular = each.singular,
                         .kind = each.kind,
                         .kind_version = group_version,
                         .stored_version = group_version,
                         .namespaced = each.namespaced,
                         .verbs = each.verbs,
                         .schema = each.schema});
  }
  std::sort(resources.begin(), resources.end(), [](const Resource& a, const Resource& b) {
    return std::tie(a.plural, a.subresource) < std::tie(b.plural, b.subresource);
  });
  return resources;
}

std::vector<GroupVersion> ServedVersions(KindList kinds) {
  std::vector<GroupVersion> versions;
  for (const Group& group : ServedGroups(kinds)) {
    for (const std::string_view version : group.versions) versions.push_back({group.name, version});
  }
  return versions;
}

}  // namespace ordinal::api::openapi
