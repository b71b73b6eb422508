#include "agent/api/kinds/shared/config_rules.h"

namespace ordinal::api {

void ValidateConfigKeys(const Json& body, std::string_view member, Faults& faults) {
  const Json& data = Member(body, member);
  if (!data.is_object()) return;
  for (const auto& item : data.items()) {
    const Path at = Path(member)[item.key()];
    if (auto complaint = CheckConfigKey(item.key())) faults.Invalid(at, item.key(), *complaint);
  }
}

void ValidateImmutable(const Json& body, const Json& old_body, std::initializer_list<std::string_view> members,
                       Faults& faults) {
  if (!ReadBool(old_body, "immutable")) return;
  if (!ReadBool(body, "immutable")) faults.Forbidden(Path("immutable"), "may not be taken back once it is true");
  for (const auto member : members) {
    const Json& now = Member(body, member);
    const Json& before = Member(old_body, member);
    const bool same = now == before || (now.empty() && before.empty());
    if (!same) faults.Forbidden(Path(member), "may not change when immutable is true");
  }
}

}  // namespace ordinal::api
