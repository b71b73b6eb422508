// A pod runs as a service account: it must be there, gives the pod its pull secrets, and a volume with a token for the
// API, its CA and the namespace, unless the pod or the account does not want one
// (kubernetes/plugin/pkg/admission/serviceaccount).
#include <fmt/format.h>

#include <algorithm>

#include "agent/api/read.h"
#include "agent/objects/local/admission/admitter.h"

namespace ordinal::objects {
namespace {

using api::Json;

constexpr char kPlace[] = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr char kPrefix[] = "kube-api-access-";
constexpr char kDefaultAccount[] = "default";
constexpr int64_t kTokenSeconds = 3607;  // the reference's: the odd number tells it from what people write
constexpr size_t kVolumeSuffix = 5;
constexpr const char* kContainerLists[] = {"initContainers", "containers"};

Json TokenVolume(const std::string& name) {
  Json sources = Json::array();
  sources.push_back({{"serviceAccountToken", {{"expirationSeconds", kTokenSeconds}, {"path", "token"}}}});
  sources.push_back(
      {{"configMap",
        {{"name", "kube-root-ca.crt"}, {"items", Json::array({Json{{"key", "ca.crt"}, {"path", "ca.crt"}}})}}}});
  sources.push_back(
      {{"downwardAPI",
        {{"items", Json::array({Json{{"path", "namespace"},
                                     {"fieldRef", {{"apiVersion", "v1"}, {"fieldPath", "metadata.namespace"}}}}})}}}});
  return Json{{"name", name}, {"projected", {{"sources", std::move(sources)}, {"defaultMode", 0644}}}};
}

bool HasMountAt(const Json& container, std::string_view place) {
  const Json& mounts = api::Items(container, "volumeMounts");
  return std::any_of(mounts.begin(), mounts.end(),
                     [&](const Json& mount) { return api::ReadString(mount, "mountPath") == place; });
}

/// The pod's word goes before the account's.
bool WantsToken(const Json& spec, const Json& account) {
  for (const Json* said : {&spec, &account}) {
    const Json& wish = api::Member(*said, "automountServiceAccountToken");
    if (wish.is_boolean()) return wish.get<bool>();
  }
  return true;
}

/// A template that was read from a pod brings the volume of that pod along.
std::string VolumeThere(const Json& spec) {
  for (const Json& volume : api::Items(spec, "volumes")) {
    const std::string name = api::ReadString(volume, "name");
    if (name.starts_with(kPrefix)) return name;
  }
  return {};
}

void AddToken(Json& spec, Random& random) {
  std::string name = VolumeThere(spec);
  const bool there = !name.empty();
  if (!there) name = kPrefix + NameSuffix(random, kVolumeSuffix);
  bool used = false;
  for (const char* list : kContainerLists) {
    if (!spec.contains(list) || !spec[list].is_array()) continue;
    for (Json& container : spec[list]) {
      if (HasMountAt(container, kPlace)) continue;
      Json& mounts = container["volumeMounts"];
      if (!mounts.is_array()) mounts = Json::array();
      mounts.push_back({{"name", name}, {"readOnly", true}, {"mountPath", kPlace}});
      used = true;
    }
  }
  if (!used || there) return;
  Json& volumes = spec["volumes"];
  if (!volumes.is_array()) volumes = Json::array();
  volumes.push_back(TokenVolume(name));
}

class ServiceAccounts final : public Admitter {
 public:
  bool Concerns(const api::KindInfo& kind) const override { return api::IsBuiltIn(kind, "Pod"); }

  Task<Status> Admit(Attempt& attempt) override {
    if (!attempt.creates()) co_return Status();
    Json& spec = attempt.body["spec"];
    const Json& metadata = api::Member(attempt.body, "metadata");
    const std::string name = api::ReadString(spec, "serviceAccountName", kDefaultAccount);
    store::ObjectKey key{"ServiceAccount", api::ReadString(metadata, "namespace"), name};
    const auto account = co_await attempt.objects.Get(key);
    // Every namespace gets its default account in a moment: a pod that comes together with its namespace waits for that
    // when its volume is made.
    const bool missing = !account.ok() && account.error().code == ErrorCode::kNotFound;
    if (!account.ok() && !(missing && name == kDefaultAccount)) co_return NotThere(key, attempt, account.error());
    const Json known = account.ok() ? account->body() : Json::object();
    if (!spec.contains("imagePullSecrets") && !api::Items(known, "imagePullSecrets").empty()) {
      spec["imagePullSecrets"] = known["imagePullSecrets"];
    }
    if (WantsToken(spec, known)) AddToken(spec, attempt.random);
    co_return Status();
  }

 private:
  static Error NotThere(const store::ObjectKey& key, Attempt& attempt, const Error& error) {
    if (error.code != ErrorCode::kNotFound) return error;
    return attempt.Forbidden(fmt::format("error looking up service account {}/{}: serviceaccount \"{}\" not found",
                                         key.ns, key.name, key.name));
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitServiceAccounts() { return std::make_unique<ServiceAccounts>(); }

}  // namespace ordinal::objects
