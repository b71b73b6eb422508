#include "agent/podsync/steps/runtime_class.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/podsync/steps/find_image.h"
#include "agent/podsync/sub_path.h"
#include "cri/images/reference.h"

namespace ordinal::podsync {
namespace {

Error OfSandbox(std::string message) {
  return MakeError(ErrorCode::kFailedPrecondition, std::move(message), "FailedCreatePodSandBox");
}

/// containerd looks for an image to be mounted among the names of its records, and one that was imported has none by
/// its id.
std::string NameOf(const cri::Image& image, const std::string& reference) {
  const Result<std::string> full = cri::NormalizeReference(reference);
  for (const std::vector<std::string>* names : {&image.repo_tags, &image.repo_digests}) {
    if (full.ok() && std::find(names->begin(), names->end(), *full) != names->end()) return *full;
  }
  if (!image.repo_tags.empty()) return image.repo_tags.front();
  return image.repo_digests.empty() ? image.id : image.repo_digests.front();
}

}  // namespace

Result<std::string> HandlerFor(const StepContext& context) {
  const std::string& name = context.pod.spec.runtime_class;
  if (name.empty()) return std::string();
  if (context.services.handler_of) {
    Result<std::string> handler = context.services.handler_of(name);
    if (handler.ok()) return handler;
  }
  return OfSandbox(fmt::format(
      "failed to get sandbox runtime: runtimeclass.node.k8s.io \"{}\" not found: create it, or delete the pod", name));
}

Task<Result<std::optional<cri::IdRange>>> UsersOf(StepContext& context) {
  if (context.pod.spec.host_users || context.users) co_return context.users;
  CO_TRY(const std::string handler, HandlerFor(context));
  const RuntimeFeatures& features = context.services.node.runtime;
  if (!features.Of(handler).user_namespaces) {
    const std::string who = handler.empty() ? "runtime" : fmt::format("RuntimeClass handler \"{}\"", handler);
    co_return OfSandbox(
        fmt::format("can't set `spec.hostUsers: false`, {} does not support user namespaces: they need containerd 2.0 "
                    "and runc 1.2, or later ones, on a kernel that maps ids of mounts; here is {}",
                    who, features.runtime));
  }
  auto claim = [namespaces = context.services.user_namespaces, layout = context.services.layout,
                uid = context.pod.meta.uid] { return namespaces->Claim(layout, uid); };
  CO_TRY(const cri::IdRange range, co_await context.services.pool.Run(std::move(claim)));
  context.users = range;
  co_return context.users;
}

Status CheckImageVolumes(const StepContext& context) {
  if (context.services.node.runtime.image_volumes) return {};
  for (const api::Volume& volume : context.pod.spec.volumes) {
    if (volume.source != "image") continue;
    return MakeError(
        ErrorCode::kNotSupported,
        fmt::format("volume \"{}\": the runtime cannot mount an image: that needs containerd 2.1 or later, "
                    "and here is {}",
                    volume.name, context.services.node.runtime.runtime),
        "FailedMount");
  }
  return {};
}

Result<bool> IsRecursivelyReadOnly(const StepContext& context, const api::VolumeMount& mount) {
  const std::string& mode = mount.recursive_read_only;
  if (mode.empty() || mode == "Disabled") return false;
  TRY(const std::string handler, HandlerFor(context));
  if (context.services.node.runtime.Of(handler).recursive_read_only_mounts) return true;
  if (mode != "Enabled") return false;
  return MakeError(
      ErrorCode::kNotSupported,
      fmt::format("volume \"{}\" requested recursive read-only mode, but it is not supported by the runtime "
                  "({}): write recursiveReadOnly: IfPossible",
                  mount.name, context.services.node.runtime.runtime),
      "CreateContainerConfigError");
}

Task<Result<std::optional<cri::Mount>>> ImageMountFor(StepContext& context, const api::Container& container,
                                                      const api::VolumeMount& mount) {
  const std::vector<api::Volume>& volumes = context.pod.spec.volumes;
  const auto volume =
      std::find_if(volumes.begin(), volumes.end(), [&](const api::Volume& each) { return each.name == mount.name; });
  if (volume == volumes.end()) co_return std::optional<cri::Mount>();
  api::Container wanted;  // an image is waited for under the name of the container that mounts it
  wanted.name = container.name;
  wanted.image = api::ReadString(volume->spec, "reference");
  wanted.image_pull_policy = api::ReadString(volume->spec, "pullPolicy");
  CO_TRY(const std::optional<cri::Image> image, co_await FindImage(context, wanted));
  if (!image) co_return std::optional<cri::Mount>();
  Environment env;
  if (!mount.sub_path_expr.empty()) {
    const EnvFacts facts = FactsOf(context.services, context.pod, context.ips);
    CO_TRY(env, BuildEnv(context.pod, container, facts));
  }
  cri::Mount out;
  out.container_path = mount.mount_path;
  out.readonly = true;
  out.image = NameOf(*image, wanted.image);
  CO_TRY(out.image_sub_path, SubPathOf(container, mount, env));
  if (!out.image_sub_path.empty() && !context.services.node.runtime.image_sub_paths) {
    co_return MakeError(ErrorCode::kNotSupported,
                        fmt::format("volume \"{}\": the runtime would mount the image whole: a subPath of it needs "
                                    "containerd 2.2 or later, and here is {}",
                                    mount.name, context.services.node.runtime.runtime),
                        "CreateContainerConfigError");
  }
  co_return std::optional<cri::Mount>(std::move(out));
}

}  // namespace ordinal::podsync
