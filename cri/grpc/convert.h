// Plain types of cri/runtime.h ↔ messages of CRI v1. Pure.
#pragma once

#include <optional>

#include "cri/proto/cri.pb.h"
#include "cri/runtime.h"

namespace ordinal::cri {

runtime::v1::PodSandboxConfig ToProto(const SandboxConfig& config);
runtime::v1::ContainerConfig ToProto(const ContainerConfig& config);
runtime::v1::LinuxContainerResources ToProto(const Resources& resources);
runtime::v1::PodSandboxFilter ToProto(const SandboxFilter& filter);
runtime::v1::ContainerFilter ToProto(const ContainerFilter& filter);

Sandbox FromProto(const runtime::v1::PodSandbox& sandbox);
Sandbox FromProto(const runtime::v1::PodSandboxStatus& status);
Container FromProto(const runtime::v1::Container& container);
/// A status does not name its sandbox: sandbox_id stays empty.
Container FromProto(const runtime::v1::ContainerStatus& status);
Image FromProto(const runtime::v1::Image& image);
runtime::v1::AuthConfig ToProto(const ImageAuth& auth);
/// Nothing when it names no file system.
std::optional<ImageFilesystem> FromProto(const runtime::v1::ImageFsInfoResponse& info);

/// Of CRI's nanoseconds since 1970; a time before that means that there is none.
inline WallTime ToTime(int64_t nanoseconds) {
  return WallTime(std::chrono::nanoseconds(nanoseconds > 0 ? nanoseconds : 0));
}

}  // namespace ordinal::cri
