#include "agent/controllers/namespaces/contents.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "agent/controllers/conditions.h"

namespace ordinal::controllers::namespaces {
namespace {

/// "configmaps. has 2 resource instances, pods. has 1 resource instances", by name.
std::string Listed(const std::map<std::string, int>& counts, const char* verb) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts)
    parts.push_back(fmt::format("{} {} {} resource instances", name, verb, count));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::string Contents::ResourceOf(const api::KindInfo& kind) { return fmt::format("{}.{}", kind.plural, kind.group); }

void Contents::Stays(const api::KindInfo& kind, const api::Json& body) {
  ++lingering[ResourceOf(kind)];
  for (const std::string& finalizer : api::ReadStrings(api::Member(body, "metadata"), "finalizers")) {
    ++finalizers[finalizer];
  }
}

void Contents::Failed(std::string why) {
  if (++failed <= kNamedFailures) failures.push_back(std::move(why));
}

void SayContents(const Contents& contents, WallTime now, api::Json& conditions) {
  // What went at once was made again meanwhile, or another look would not have found it.
  const auto& remaining = contents.lingering.empty() ? contents.found : contents.lingering;
  const auto say = [&](const char* type, bool holds, const char* bad, const std::string& message, const char* good,
                       const char* well) {
    SetCondition({type, holds ? "True" : "False", holds ? bad : good, holds ? message : well}, now, conditions);
  };
  say("NamespaceDeletionDiscoveryFailure", false, "", "", "ResourcesDiscovered",
      "All resources successfully discovered");
  say("NamespaceDeletionGroupVersionParsingFailure", false, "", "", "ParsedGroupVersions",
      "All legacy kube types successfully parsed");
  say("NamespaceDeletionContentFailure", contents.failed > 0, "ContentDeletionFailed",
      fmt::format("Failed to delete all resource types, {} remaining: {}{}", contents.failed,
                  fmt::join(contents.failures, ", "), contents.failed > kNamedFailures ? ", …" : ""),
      "ContentDeleted", "All content successfully deleted, may be waiting on finalization");
  say("NamespaceContentRemaining", !remaining.empty(), "SomeResourcesRemain",
      "Some resources are remaining: " + Listed(remaining, "has"), "ContentRemoved",
      "All content successfully removed");
  say("NamespaceFinalizersRemaining", !contents.finalizers.empty(), "SomeFinalizersRemain",
      "Some content in the namespace has finalizers remaining: " + Listed(contents.finalizers, "in"),
      "ContentHasNoFinalizers", "All content-preserving finalizers finished");
}

}  // namespace ordinal::controllers::namespaces
