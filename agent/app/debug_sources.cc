#include "agent/app/debug_sources.h"

#include <fmt/format.h>

#include <utility>

#include "agent/api/kind.h"

namespace ordinal {
namespace {

Task<Result<std::vector<api::Object>>> ObjectsOf(store::ObjectReader& store, std::string kind, std::string ns) {
  if (api::FindKind(kind) == nullptr) {
    co_return MakeError(ErrorCode::kNotFound, fmt::format("there is no kind \"{}\"", kind));
  }
  store::ListOptions options;
  options.ns = ns;
  CO_TRY(store::ListResult listed, co_await store.List(kind, options));
  co_return std::move(listed.items);
}

}  // namespace

debug::Sources DebugSources(std::function<api::Json()> readiness, store::ObjectReader& store,
                            const manifests::ManifestWatcher& manifests) {
  debug::Sources sources;
  sources.readiness = std::move(readiness);
  sources.objects = [&store](std::string kind, std::string ns) {
    return ObjectsOf(store, std::move(kind), std::move(ns));
  };
  sources.manifests = [&manifests] {
    api::Json out = api::Json::object();
    for (const auto& [file, errors] : manifests.Errors()) out[file] = errors;
    return out;
  };
  return sources;
}

}  // namespace ordinal
