// What several DNS tests share: a snapshot like the recorded cluster's and a way to ask it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "dns/resolve/resolver.h"
#include "dns/snapshot/snapshot.h"
#include "dns/snapshot/source.h"
#include "dns/wire/message.h"

namespace ordinal::dns::testing {

inline ServiceEntry KubernetesService() {
  ServiceEntry service;
  service.ns = "default";
  service.name = "kubernetes";
  service.cluster_ips = {"10.96.0.1"};
  service.ports = {{"https", "tcp", 443}};
  return service;
}

/// The headless service of the recorded session with this many pods, addresses from 10.244.0.3 on.
inline ServiceEntry KubiaService(int pods) {
  ServiceEntry service;
  service.ns = "default";
  service.name = "kubia";
  service.headless = true;
  service.ports = {{"http", "tcp", 80}};
  for (int i = 0; i < pods; ++i) {
    service.endpoints.push_back(
        {"kubia-" + std::to_string(i), {"10.244.0." + std::to_string(3 + i)}, {{"http", "tcp", 80}}});
  }
  return service;
}

inline std::shared_ptr<const Snapshot> RecordedCluster(int pods, uint32_t serial = 1795302942) {
  SnapshotSource source("cluster.local");
  for (const char* ns : {"default", "kube-system", "kube-public", "kube-node-lease"}) source.AddNamespace(ns);
  source.SetService(KubernetesService());
  source.SetService(KubiaService(pods));
  return source.Publish(serial);
}

inline wire::Name NameOf(std::string_view text) {
  auto name = wire::Name::FromText(text);
  EXPECT_TRUE(name.ok()) << text;
  return name.ok() ? *name : wire::Name();
}

inline wire::Message Ask(std::string_view name, wire::Type type, bool edns = true) {
  wire::Message message;
  message.id = 0x1234;
  message.flags = wire::kFlagRd;
  message.questions.push_back({NameOf(name), type, wire::kClassIn});
  if (edns) message.edns = wire::Edns{};
  return message;
}

inline std::vector<uint8_t> Bytes(const wire::Message& message) {
  auto bytes = wire::Encode(message, wire::kMaxMessageSize);
  EXPECT_TRUE(bytes.ok());
  return bytes.ok() ? *bytes : std::vector<uint8_t>();
}

struct Resolved {
  Outcome outcome;
  wire::Message reply;
  size_t size = 0;
};

inline Resolved ResolveBytes(const Snapshot& snapshot, wire::Bytes request, Transport transport = Transport::kUdp,
                             uint32_t rotation = 0) {
  std::vector<uint8_t> out(transport == Transport::kUdp ? wire::kMaxUdpSize : wire::kMaxMessageSize);
  wire::Query query;
  Resolved resolved;
  resolved.outcome = Resolve(snapshot, request, transport, rotation, out, query);
  resolved.size = resolved.outcome.size;
  if (resolved.size > 0) {
    const auto reply = wire::Decode(wire::Bytes(out).first(resolved.size));
    EXPECT_TRUE(reply.ok()) << "the reply cannot be read";
    if (reply.ok()) resolved.reply = *reply;
  }
  return resolved;
}

inline Resolved ResolveMessage(const Snapshot& snapshot, const wire::Message& message,
                               Transport transport = Transport::kUdp, uint32_t rotation = 0) {
  return ResolveBytes(snapshot, Bytes(message), transport, rotation);
}

/// One record as dig prints it, with single spaces: "kubia.default.svc.cluster.local. 5 IN A 10.244.0.3". The
/// serial of an SOA is printed as "*": it differs from run to run.
std::string ToText(const wire::Record& record);
std::vector<std::string> ToTexts(const std::vector<wire::Record>& records);

}  // namespace ordinal::dns::testing
