#include "agent/objects/ending_namespace.h"

#include <fmt/format.h>

namespace ordinal::objects {
namespace {

constexpr std::string_view kNamespaceTerminating = "NamespaceTerminating";  // corev1.NamespaceTerminatingCause

}  // namespace

Error EndingNamespaceError(const api::KindInfo& kind, std::string_view name, std::string_view ns) {
  std::string message = fmt::format(
      "{}{}{} \"{}\" is forbidden: unable to create new content in namespace {} because it is being terminated",
      kind.plural, kind.group.empty() ? "" : ".", kind.group, name, ns);
  return MakeError(ErrorCode::kPermissionDenied, std::move(message), std::string(kNamespaceTerminating));
}

bool InEndingNamespace(const Error& error) { return error.reason == kNamespaceTerminating; }

}  // namespace ordinal::objects
