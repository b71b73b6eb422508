#include "agent/api/kinds/network_policy/rules.h"

#include "agent/api/kinds/network_policy/fields.h"
#include "agent/api/kinds/shared/domain_rules.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr size_t kDirections = 2;

void ValidatePolicyPort(const Json& port, const Path& path, Faults& faults) {
  faults.OneOf(path / "protocol", ReadString(port, "protocol"), schema::kProtocols);
  const Json& number = Member(port, "port");
  if (number.is_number_integer()) faults.Range(path / "port", number.get<int64_t>(), 1, kLastPort);
  if (number.is_string()) faults.Named(path / "port", number.get<std::string>(), CheckPortName);
  if (Member(port, "endPort").is_null()) return;
  const int64_t end = ReadInt(port, "endPort");
  if (number.is_null()) {
    faults.Required(path / "port", "must be specified when `endPort` is specified");
  } else if (number.is_string()) {
    faults.Invalid(path / "endPort", end, "may not be specified when `port` is non-numeric");
  } else if (end < number.get<int64_t>()) {
    faults.Invalid(path / "endPort", end, "must be greater than or equal to `port`");
  } else {
    faults.Range(path / "endPort", end, 1, kLastPort);
  }
}

void ValidateBlock(const Json& block, const Path& path, Faults& faults) {
  const std::string whole = ReadString(block, "cidr");
  faults.Named(path / "cidr", whole, CheckAddressRange);
  if (CheckAddressRange(whole)) return;
  const std::vector<std::string> without = ReadStrings(block, "except");
  for (size_t i = 0; i < without.size(); ++i) {
    const Path at = (path / "except")[i];
    faults.Named(at, without[i], CheckAddressRange);
    if (CheckAddressRange(without[i]) || IsStrictlyWithin(without[i], whole)) continue;
    faults.Invalid(at, without[i], "must be a strict subset of `cidr`");
  }
}

void ValidatePeer(const Json& peer, const Path& path, Faults& faults) {
  const bool selects = Member(peer, "podSelector").is_object() || Member(peer, "namespaceSelector").is_object();
  const bool block = Member(peer, "ipBlock").is_object();
  if (!selects && !block) faults.Required(path, "must specify a peer");
  if (selects && block) {
    faults.Forbidden(path, "may not specify both ipBlock and another peer");
  }
  for (const std::string_view member : {"podSelector", "namespaceSelector"}) {
    ValidateSelector(Member(peer, member), path / member, faults);
  }
  if (block) ValidateBlock(Member(peer, "ipBlock"), path / "ipBlock", faults);
}

void ValidateDirection(const Json& spec, std::string_view direction, std::string_view peers, Faults& faults) {
  const Json& rules = Items(spec, direction);
  for (size_t i = 0; i < rules.size(); ++i) {
    const Path path = (Path("spec") / direction)[i];
    const Json& ports = Items(rules[i], "ports");
    for (size_t k = 0; k < ports.size(); ++k) ValidatePolicyPort(ports[k], (path / "ports")[k], faults);
    const Json& others = Items(rules[i], peers);
    for (size_t k = 0; k < others.size(); ++k) ValidatePeer(others[k], (path / peers)[k], faults);
  }
}

}  // namespace

void ValidateNetworkPolicy(const Json& spec, Faults& faults) {
  const Path path("spec");
  ValidateSelector(Member(spec, "podSelector"), path / "podSelector", faults);
  ValidateDirection(spec, "ingress", "from", faults);
  ValidateDirection(spec, "egress", "to", faults);
  const std::vector<std::string> types = ReadStrings(spec, "policyTypes");
  if (types.size() > kDirections) {
    return faults.Add(path / "policyTypes", kInvalid, "may not specify more than two policyTypes");
  }
  for (size_t i = 0; i < types.size(); ++i) faults.OneOf((path / "policyTypes")[i], types[i], schema::kPolicyTypes);
}

}  // namespace ordinal::api
