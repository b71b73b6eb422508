#include "agent/app/config.h"

#include <fmt/format.h>
#include <sys/un.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>

#include "agent/api/names.h"
#include "agent/api/quantity.h"
#include "agent/app/directories.h"
#include "agent/app/guard_flags.h"
#include "agent/podsync/sysctls.h"

namespace ordinal {
namespace {

constexpr char kDefaultConfig[] = "/etc/ordinald/config.yaml";
constexpr double kLongestSettling = 3600;  // seconds
constexpr int64_t kMostLogFiles = 100;     // whoever reads a log holds all of its files open

/// Lets CLI11 read its configuration file as YAML: a flat mapping, the keys are the flags' names.
class YamlConfig final : public CLI::Config {
 public:
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    std::vector<CLI::ConfigItem> out;
    std::vector<YAML::Node> documents;
    try {
      documents = YAML::LoadAll(input);
    } catch (const YAML::Exception& error) {
      throw CLI::ConversionError(std::string("configuration file: ") + error.what());
    }
    if (documents.size() > 1) throw CLI::ConversionError("configuration file: more than one document");
    const YAML::Node root = documents.empty() ? YAML::Node() : documents.front();
    if (!root.IsMap() && !root.IsNull()) throw CLI::ConversionError("configuration file: not a mapping of key: value");
    for (const auto& entry : root) out.push_back(ItemOf(entry.first, entry.second));
    return out;
  }

 private:
  static CLI::ConfigItem ItemOf(const YAML::Node& key, const YAML::Node& value) {
    if (!key.IsScalar()) {
      throw CLI::ConversionError(fmt::format("configuration file: line {}: a key is a word", key.Mark().line + 1));
    }
    CLI::ConfigItem item;
    item.name = key.Scalar();
    const auto add = [&](const YAML::Node& one) {
      if (one.IsScalar()) return item.inputs.push_back(one.Scalar());
      throw CLI::ConversionError(fmt::format("configuration file: line {}: {} is neither a value nor a list of values",
                                             key.Mark().line + 1, item.name));
    };
    if (value.IsSequence()) {
      for (const auto& one : value) add(one);
    } else {
      add(value);
    }
    return item;
  }
};

std::string HostName() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  std::string out = name.data();
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out.empty() ? "localhost" : out;
}

void AddResourceFlags(CLI::App& app, Config& config) {
  app.add_option("--pod-pids-limit", config.pod_pids_limit,
                 "Processes and threads in one pod at most; 0: a quarter of what the host allows, -1: no limit")
      ->check(CLI::Range(int64_t{-1}, int64_t{4} << 20))
      ->capture_default_str();
  app.add_option("--swap-behavior", config.swap_behavior,
                 "NoSwap, or LimitedSwap: Burstable pods may use swap in proportion to the memory they request")
      ->check(CLI::IsMember({kNoSwap, kLimitedSwap}))
      ->capture_default_str();
}

void AddUpdateFlags(CLI::App& app, Config& config) {
  // A comparison that is false for "nan" too.
  const auto sensible = [](const std::string& text) {
    const double seconds = std::strtod(text.c_str(), nullptr);
    return seconds >= 0 && seconds <= kLongestSettling
               ? std::string()
               : fmt::format("{} is no number of seconds from 0 to {}", text, kLongestSettling);
  };
  app.add_option("--update-settle-first", config.update_settle_first,
                 "Seconds that the first pod of a new revision stays ready before an update of a StatefulSet or "
                 "Deployment goes on, when it has no readiness probe; minReadySeconds where that is longer")
      ->check(sensible)
      ->capture_default_str();
  app.add_option("--horizontal-pod-autoscaler-sync-period", config.autoscaling_sync_period,
                 "Seconds between two looks at what the pods of a HorizontalPodAutoscaler use")
      ->check(CLI::Range(int64_t{1}, int64_t{3600}))
      ->capture_default_str();
  app.add_option("--update-settle-others", config.update_settle_others,
                 "The same as --update-settle-first, for the pods of an update after the first one")
      ->check(sensible)
      ->capture_default_str();
}

/// The names and defaults of a kubelet, but for the first: there it is 1.
void AddImageFlags(CLI::App& app, Config& config) {
  constexpr int64_t kLongest = int64_t{10} * 365 * 24 * 3600;  // seconds
  app.add_option("--max-parallel-image-pulls", config.max_parallel_image_pulls, "Images pulled at once at most")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--image-gc-high-threshold", config.image_gc_high,
                 "Percent of the disk of images from which unused ones are removed; 100: never")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  app.add_option("--image-gc-low-threshold", config.image_gc_low, "Percent of that disk to which they are removed")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  app.add_option("--image-minimum-gc-age", config.image_minimum_gc_age,
                 "Seconds since it was first seen that an image is kept in any case")
      ->check(CLI::Range(int64_t{0}, kLongest))
      ->capture_default_str();
  app.add_option("--image-maximum-gc-age", config.image_maximum_gc_age,
                 "Seconds since its last use after which an image is removed, whatever the disk; 0: none is")
      ->check(CLI::Range(int64_t{0}, kLongest))
      ->capture_default_str();
  app.add_option("--image-gc-period", config.image_gc_period, "Seconds between two looks at unused images")
      ->check(CLI::Range(int64_t{1}, kLongest))
      ->capture_default_str();
}

void AddLogFlags(CLI::App& app, Config& config) {
  const auto size = [](const std::string& text) {
    const Result<api::Quantity> bytes = api::Quantity::Parse(text);
    return bytes.ok() && bytes->Value() > 0 ? std::string()
                                            : fmt::format("{} is no number of bytes above 0, as 10Mi", text);
  };
  app.add_option("--log-dir", config.log_dir, "Directory of container logs")->capture_default_str();
  app.add_option("--container-log-dir", config.container_log_dir, "Directory of links to container logs")
      ->capture_default_str();
  app.add_option("--container-log-max-size", config.container_log_max_size,
                 "Size at which the log of a container is rotated, as 10Mi")
      ->check(size)
      ->capture_default_str();
  app.add_option("--container-log-max-files", config.container_log_max_files,
                 "Log files of one run of a container at most, the one that is written too; older ones are removed")
      ->check(CLI::Range(int64_t{2}, kMostLogFiles))
      ->capture_default_str();
}

/// The name of a kubelet's.
void AddSysctlFlag(CLI::App& app, Config& config) {
  app.add_option("--allowed-unsafe-sysctls", config.allowed_unsafe_sysctls,
                 "Sysctls that pods may set beside the safe ones, with commas; kernel.msg* is all that begin so")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check([](const std::string& pattern) { return podsync::FaultOfSysctlPattern(pattern); });
}

void AddFlags(CLI::App& app, Config& config) {
  app.add_option("--manifest-dir", config.manifest_dir, "Directory of manifests that are run")->capture_default_str();
  app.add_option("--state-dir", config.state_dir, "Store, image tarballs, pod directories")->capture_default_str();
  app.add_option("--volumes-dir", config.volumes_dir, "Persistent directories (default: STATE-DIR/volumes)");
  app.add_option("--run-dir", config.run_dir, "Lock and command socket")->capture_default_str();
  app.add_option("--runtime-endpoint", config.runtime_endpoint, "CRI socket of the container runtime")
      ->capture_default_str();
  app.add_option("--node-name", config.node_name, "Name of this node (default: the host's name)");
  app.add_option("--cluster-domain", config.cluster_domain, "DNS zone of services")->capture_default_str();
  app.add_option("--pod-cidr", config.pod_cidr, "Addresses of pods, when the host has no CNI configuration")
      ->capture_default_str();
  app.add_option("--api-listen", config.api_listen,
                 "Address and port of the Kubernetes API; the first is the one in admin.kubeconfig")
      ->capture_default_str();
  app.add_option("--authentication-config", config.authentication_config,
                 "File of an AuthenticationConfiguration, as kube-apiserver's: issuers by whose tokens people sign in, "
                 "and who may come without a credential");
  app.add_option("--dns-listen", config.dns_listen, "Address and port DNS answers on; may be given several times")
      ->capture_default_str();
  app.add_option("--node-api-listen", config.node_api_listen,
                 "Address and port of the node's own API, a kubelet's: metrics, statistics, pods; off: nowhere "
                 "(default: port 10250 of every address)");
  app.add_option("--dns-link", config.dns_link, "Link made to hold the DNS address")->capture_default_str();
  app.add_option("--bridge", config.bridge, "Bridge of the CNI configuration written when the host has none")
      ->capture_default_str();
  AddLogFlags(app, config);
  AddUpdateFlags(app, config);
  AddResourceFlags(app, config);
  app.add_option(
         "--restart-backoff", config.restart_backoff,
         "How long a container that keeps ending is waited for: quick (1, 2, 4 ... 60 s) or kubernetes (10, 20 ... "
         "300 s)")
      ->check(CLI::IsMember({kQuickRestarts, kKubernetesRestarts}))
      ->capture_default_str();
  AddSysctlFlag(app, config);
  AddImageFlags(app, config);
  AddGuardFlags(app, config);
  app.add_option("--log-level", config.log_level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
}

/// What no single flag shows; empty when all is well.
std::string FaultOf(const Config& config) {
  if (const api::Complaint wrong = api::CheckDnsSubdomain(config.node_name)) {
    return fmt::format("--node-name \"{}\" cannot be the name of a node: {}", config.node_name, *wrong);
  }
  if (config.image_gc_low >= config.image_gc_high && config.image_gc_high < 100) {
    return fmt::format("--image-gc-low-threshold {}: must be less than --image-gc-high-threshold {}",
                       config.image_gc_low, config.image_gc_high);
  }
  if (std::string fault = GuardFault(config); !fault.empty()) return fault;
  constexpr size_t kLongestSocket = sizeof(sockaddr_un::sun_path) - 1;
  const std::string socket = Layout(DirectoriesOf(config)).Socket();
  if (socket.size() > kLongestSocket) {
    return fmt::format("--run-dir {}: too long; the path of the socket {} may have {} characters", config.run_dir,
                       socket, kLongestSocket);
  }
  const std::string& node_api = config.node_api_listen;
  if (!node_api.empty() && node_api != kNoNodeApi &&
      (node_api.rfind(':') == std::string::npos || node_api.starts_with("unix:"))) {
    return fmt::format("--node-api-listen {}: must be ADDRESS:PORT, or {}", node_api, kNoNodeApi);
  }
  for (const std::string& listen : config.api_listen) {
    if (listen.starts_with("unix:")) {
      return fmt::format("--api-listen {}: must be ADDRESS:PORT; {} serves the API without one", listen, socket);
    }
  }
  return {};
}

std::string IsSaid(const std::string& text) { return text.empty() ? "must not be empty" : ""; }

}  // namespace

Command ParseCommandLine(int argc, char** argv, Config& config) {
  Command command;
  CLI::App app{"ordinald runs the pods, ordinals, volumes and names of one node", "ordinald"};
  app.set_version_flag("--version", std::string("ordinald ") + ORDINAL_VERSION);
  app.config_formatter(std::make_shared<YamlConfig>());
  app.set_config("--config", kDefaultConfig, "YAML file; its keys are the names of these flags");
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.fallthrough();
  AddFlags(app, config);

  CLI::App* get = app.add_subcommand("get", "Print objects of the running agent");
  get->add_option("resource", command.resource, "pods, statefulsets, services, pv, pvc, endpointslices …")->required();
  get->add_option("name", command.name, "Only the one of this name");
  get->add_option("-n,--namespace", command.ns, "Namespace")->capture_default_str();
  get->add_flag("-A,--all-namespaces", command.all_namespaces, "All namespaces");
  get->add_option("-o,--output", command.output, "wide or json")->check(CLI::IsMember({"wide", "json"}));
  CLI::App* status = app.add_subcommand("status", "Print what the running agent is ready for; 0 when ready");
  CLI::App* kubeconfig = app.add_subcommand("kubeconfig", "Print a kubeconfig for kubectl and other clients");
  CLI::Option* role = kubeconfig->add_option("--role", command.role, "admin, view or node")
                          ->check(CLI::IsMember({"admin", "view", "node"}))
                          ->capture_default_str();
  CLI::Option* user =
      kubeconfig->add_option("--user", command.user, "A new client certificate of this user, in place of a role's")
          ->check(IsSaid)
          ->excludes(role);
  kubeconfig->add_option("--group", command.groups, "A group of the user; repeatable")->check(IsSaid)->needs(user);
  kubeconfig->add_option("--duration", command.duration, "How long the user's certificate is good: 30m, 24h, 365d")
      ->needs(user)
      ->capture_default_str();
  CLI::App* down =
      app.add_subcommand("down", "With the agent stopped: end its pods, remove its mounts, links and rules");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ConfigError& error) {
    const std::string text = error.what();
    std::cerr << fmt::format("configuration file: {} is no setting; ordinald --help lists them\n",
                             text.substr(text.rfind(' ') + 1));
    command.kind = Command::Kind::kExit;
    command.exit_code = error.get_exit_code();
    return command;
  } catch (const CLI::ParseError& error) {
    command.kind = Command::Kind::kExit;
    command.exit_code = app.exit(error);
    return command;
  }
  if (*get) command.kind = Command::Kind::kGet;
  if (*status) command.kind = Command::Kind::kStatus;
  if (*kubeconfig) command.kind = Command::Kind::kKubeconfig;
  if (*down) command.kind = Command::Kind::kDown;
  if (config.node_name.empty()) config.node_name = HostName();
  if (config.volumes_dir.empty()) config.volumes_dir = Layout::VolumesIn(config.state_dir);
  if (const std::string fault = FaultOf(config); !fault.empty()) {
    std::cerr << fault << '\n';
    command.kind = Command::Kind::kExit;
    command.exit_code = 1;
  }
  return command;
}

}  // namespace ordinal
