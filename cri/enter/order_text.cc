#include "cri/enter/order_text.h"

#include <algorithm>
#include <cstring>

#include "cri/enter/order.h"

namespace ordinal::cri {
namespace {

constexpr char kUsualPath[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr size_t kAligned = 8;

class Block {
 public:
  Block() : bytes_(sizeof(EnterOrder), '\0') {}

  uint32_t Put(const void* data, size_t size) {
    bytes_.resize((bytes_.size() + kAligned - 1) / kAligned * kAligned);
    const auto at = static_cast<uint32_t>(bytes_.size());
    bytes_.append(static_cast<const char*>(data), size);
    return at;
  }
  uint32_t Put(const std::string& text) { return Put(text.c_str(), text.size() + 1); }
  template <class T>
  EnterList PutList(const std::vector<T>& items) {
    return {Put(items.data(), items.size() * sizeof(T)), static_cast<uint32_t>(items.size())};
  }
  EnterList PutTexts(const std::vector<std::string>& texts) {
    std::vector<uint32_t> places;
    for (const std::string& text : texts) places.push_back(Put(text));
    return PutList(places);
  }

  std::string Finish(EnterOrder order) {
    order.size = static_cast<uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &order, sizeof(order));
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
};

std::string VariableOf(const std::vector<std::string>& environment, const std::string& name, std::string otherwise) {
  for (const std::string& variable : environment) {
    if (variable.starts_with(name + "=")) otherwise = variable.substr(name.size() + 1);
  }
  return otherwise;
}

}  // namespace

std::string MakeOrder(const ProcessSpec& spec, const std::vector<std::string>& command,
                      const std::vector<std::string>& cgroups) {
  Block block;
  EnterOrder order{};
  order.oom_score_adj = spec.oom_score_adj;
  order.uid = spec.uid;
  order.gid = spec.gid;
  order.umask = spec.umask < 0 ? UINT32_MAX : static_cast<uint32_t>(spec.umask);
  order.no_new_privs = spec.no_new_privs ? 1 : 0;
  order.bounding = spec.bounding;
  order.effective = spec.effective;
  order.permitted = spec.permitted;
  order.inheritable = spec.inheritable;
  order.ambient = spec.ambient;
  order.groups = block.PutList(spec.groups);
  std::vector<EnterLimit> limits;
  for (const ResourceLimit& limit : spec.limits) limits.push_back({limit.resource, 0, limit.soft, limit.hard});
  order.limits = block.PutList(limits);
  order.cgroups = block.PutTexts(cgroups);
  order.seccomp = block.PutList(spec.seccomp);
  order.arguments = block.PutTexts(command);
  order.environment = block.PutTexts(spec.environment);
  order.directory = block.Put(spec.directory);
  order.keyring = block.Put("_ses." + spec.id);
  order.label = spec.label.empty() ? 0 : block.Put(spec.label);
  order.home = VariableOf(spec.environment, "HOME", "").empty() ? 1 : 0;
  order.path = block.Put(VariableOf(spec.environment, "PATH", kUsualPath));
  return block.Finish(order);
}

const char* StepName(int step) {
  switch (step) {
    case kEnterJoinCgroup: return "join its cgroup";
    case kEnterPidNamespace: return "enter its pid namespace";
    case kEnterFork: return "start a process in it";
    case kEnterLabel: return "take its label";
    case kEnterNamespaces: return "enter its namespaces";
    case kEnterSession: return "begin a session";
    case kEnterLimits: return "take its limits";
    case kEnterDirectory: return "change to its directory";
    case kEnterIds: return "become its user";
    case kEnterCapabilities: return "take its capabilities";
    case kEnterSeccomp: return "take its seccomp filter";
    case kEnterExecute: return "execute the command";
    default: return "enter it";
  }
}

}  // namespace ordinal::cri
