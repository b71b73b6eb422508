#include "cri/grpc/runtime_config.h"

#include <nlohmann/json.hpp>

#include "agent/base/utf8.h"

namespace ordinal::cri {
namespace {

using Json = nlohmann::json;

/// The value at a path of keys, or null.
Json At(const Json& root, std::initializer_list<const char*> path) {
  const Json* node = &root;
  for (const char* key : path) {
    if (!node->is_object()) return nullptr;
    const auto found = node->find(key);
    if (found == node->end()) return nullptr;
    node = &*found;
  }
  return *node;
}

std::string Text(const Json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }
bool Flag(const Json& value) { return value.is_boolean() && value.get<bool>(); }

void ReadConfig(const Json& config, RuntimeStatus& status) {
  status.sandbox_image = Text(At(config, {"sandboxImage"}));
  // A list since containerd 2.1, where the single directory stays empty.
  for (const Json& directory : At(config, {"cni", "binDirs"})) {
    if (directory.is_string()) status.cni_bin_dirs.push_back(directory.get<std::string>());
  }
  const std::string single = Text(At(config, {"cni", "binDir"}));
  if (status.cni_bin_dirs.empty() && !single.empty()) status.cni_bin_dirs.push_back(single);
  status.cni_conf_dir = Text(At(config, {"cni", "confDir"}));
  status.default_runtime = Text(At(config, {"containerd", "defaultRuntimeName"}));
  const Json runtime = At(config, {"containerd", "runtimes", status.default_runtime.c_str()});
  status.systemd_cgroup = Flag(At(runtime, {"options", "SystemdCgroup"})) || Flag(At(config, {"systemdCgroup"}));
  status.restrict_oom_score_adj = Flag(At(config, {"restrictOOMScoreAdj"}));
}

}  // namespace

Result<RuntimeStatus> ReadRuntimeStatus(const runtime::v1::StatusResponse& response) {
  RuntimeStatus status;
  for (const auto& condition : response.status().conditions()) {
    if (condition.type() == "RuntimeReady") status.runtime_ready = condition.status();
    if (condition.type() == "NetworkReady") status.network_ready = condition.status();
    // Runtimes have conditions of their own beside these two, deprecation warnings for one.
    const bool counts = condition.type() == "RuntimeReady" || condition.type() == "NetworkReady";
    if (counts && !condition.status() && status.message.empty()) {
      status.message = ValidText(condition.type() + ": " + condition.reason() + ": " + condition.message());
    }
  }
  for (const auto& handler : response.runtime_handlers()) {
    const HandlerFeatures features{handler.features().recursive_read_only_mounts(),
                                   handler.features().user_namespaces()};
    status.handlers.emplace(ValidText(handler.name()), features);
  }
  if (response.has_features()) {
    status.supplemental_groups_policy = response.features().supplemental_groups_policy();
  }
  const auto config = response.info().find("config");
  if (config == response.info().end()) return status;
  const Json parsed = Json::parse(config->second, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) {
    return MakeError(ErrorCode::kInvalid, "the runtime's Status(verbose) has an info[\"config\"] that is not JSON");
  }
  ReadConfig(parsed, status);
  return status;
}

}  // namespace ordinal::cri
