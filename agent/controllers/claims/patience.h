// How long claims without a class wait for a volume without a class before they get the default class.
//
// Volumes made by hand are often applied together with the claims, in any order, from several files; a claim that was
// provisioned can never change to one of them. Whoever wants no wait names the class. When one claim has waited in
// vain and no such volume came since, those that follow do not wait: of a set's ordinals only the first does.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "agent/base/clock.h"

namespace ordinal::controllers::claims {

inline constexpr Duration kClassPatience = std::chrono::milliseconds(500);
inline constexpr Duration kInVainFor = std::chrono::seconds(10);

class Patience {
 public:
  /// A claim without class and volume.
  void ClaimCame(const std::string& uid, WallTime now);
  void ClaimWent(const std::string& uid) { until_.erase(uid); }
  /// A volume without a class was made.
  void VolumeCame() { in_vain_until_.reset(); }
  /// A claim got the default class.
  void ClassAssigned(WallTime now) { in_vain_until_ = now + kInVainFor; }

  /// Of the claim with that uid; nothing when it need not wait.
  std::optional<WallTime> Until(const std::string& uid) const {
    const auto found = until_.find(uid);
    return found == until_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::map<std::string, WallTime> until_;
  std::optional<WallTime> in_vain_until_;
};

}  // namespace ordinal::controllers::claims
