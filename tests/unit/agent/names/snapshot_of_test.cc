#include "agent/names/snapshot_of.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

namespace ordinal::names {
namespace {

using api::Json;
using api::Object;
using dns::wire::Type;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kZone = "cluster.local";

Json ServiceJson(const std::string& name, Json spec) {
  return Json{{"apiVersion", "v1"},
              {"kind", "Service"},
              {"metadata", Json{{"name", name}, {"namespace", "default"}, {"uid", name}}},
              {"spec", std::move(spec)}};
}

Json Headless() {
  return Json{{"clusterIP", "None"},
              {"clusterIPs", Json::array({"None"})},
              {"ports", Json::array({Json{{"name", "http"}, {"protocol", "TCP"}, {"port", 80}}})}};
}

Json EndpointJson(const std::string& hostname, const std::string& address, Json conditions) {
  Json endpoint{{"addresses", Json::array({address})}, {"conditions", std::move(conditions)}};
  if (!hostname.empty()) endpoint["hostname"] = hostname;
  return endpoint;
}

Json Conditions(bool ready, bool terminating) {
  return Json{{"ready", ready}, {"serving", ready}, {"terminating", terminating}};
}

Json SliceJson(const std::string& service, Json endpoints) {
  return Json{{"apiVersion", "discovery.k8s.io/v1"},
              {"kind", "EndpointSlice"},
              {"metadata", Json{{"name", service + "-abcde"},
                                {"namespace", "default"},
                                {"labels", Json{{"kubernetes.io/service-name", service}}}}},
              {"addressType", "IPv4"},
              {"endpoints", std::move(endpoints)},
              {"ports", Json::array({Json{{"name", "http"}, {"protocol", "TCP"}, {"port", 8080}}})}};
}

Names NamesOf(const std::vector<Json>& services, const std::vector<Json>& slices) {
  Names names;
  for (const Json& body : services) names.services.push_back(api::Service::From(Object(body)));
  for (const Json& body : slices) names.slices.push_back(api::EndpointSlice::From(Object(body)));
  return names;
}

/// What `name` has of `type`: "NXDOMAIN", "NODATA", or for A records the addresses by number, else the count.
std::string Lookup(const Built& built, const std::string& name, Type type) {
  const auto wire = dns::wire::Name::FromText(name);
  if (!wire.ok()) return wire.error().message;
  const dns::Node* node = built.snapshot->Find(wire->Lower().wire());
  if (node == nullptr) return "NXDOMAIN";
  const dns::RecordSet* set = node->Find(type);
  if (set == nullptr) return "NODATA";
  if (type != Type::kA) return std::to_string(set->count);
  std::vector<std::string> addresses;
  constexpr size_t kARecord = 16;  // pointer, type, class, TTL, length, address
  for (size_t at = 0; at + kARecord <= set->rendered.size(); at += kARecord) {
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(set->rendered[at + 12 + i]); };
    addresses.push_back(fmt::format("{}.{}.{}.{}", byte(0), byte(1), byte(2), byte(3)));
  }
  std::sort(addresses.begin(), addresses.end());
  return fmt::format("{}", fmt::join(addresses, " "));
}

struct LookupCase {
  std::string name;
  Type type;
  std::string expected;
};

void ExpectAll(const Built& built, const std::vector<LookupCase>& cases) {
  for (const LookupCase& test : cases) {
    EXPECT_EQ(Lookup(built, test.name, test.type), test.expected)
        << test.name << " type " << static_cast<int>(test.type);
  }
}

TEST(SnapshotOf, EndpointsOfAHeadlessService) {
  const Names names = NamesOf({ServiceJson("kubia", Headless())},
                              {SliceJson("kubia", Json::array({
                                                      EndpointJson("kubia-0", "10.244.0.3", Conditions(true, false)),
                                                      EndpointJson("kubia-1", "10.244.0.4", Conditions(false, false)),
                                                      EndpointJson("kubia-2", "10.244.0.5", Conditions(true, true)),
                                                      EndpointJson("", "10.244.0.6", Conditions(true, false)),
                                                  }))});
  const Built built = SnapshotOf(names, kZone, 7);
  EXPECT_THAT(built.problems, IsEmpty());
  EXPECT_TRUE(built.snapshot->synced());
  EXPECT_EQ(built.snapshot->serial(), 7u);
  ExpectAll(built, {
                       {"kubia.default.svc.cluster.local", Type::kA, "10.244.0.3 10.244.0.6"},
                       {"kubia.default.svc.cluster.local", Type::kSrv, "2"},
                       {"_http._tcp.kubia.default.svc.cluster.local", Type::kSrv, "2"},
                       {"kubia-0.kubia.default.svc.cluster.local", Type::kA, "10.244.0.3"},
                       {"kubia-0.kubia.default.svc.cluster.local", Type::kAaaa, "NODATA"},
                       {"kubia-1.kubia.default.svc.cluster.local", Type::kA, "NXDOMAIN"},
                       {"kubia-2.kubia.default.svc.cluster.local", Type::kA, "NXDOMAIN"},
                       {"10-244-0-6.kubia.default.svc.cluster.local", Type::kA, "10.244.0.6"},
                       {"3.0.244.10.in-addr.arpa", Type::kPtr, "1"},
                       {"4.0.244.10.in-addr.arpa", Type::kPtr, "NXDOMAIN"},
                   });
}

TEST(SnapshotOf, PublishNotReadyAddressesPublishesUnreadyAndLeavingEndpoints) {
  Json spec = Headless();
  spec["publishNotReadyAddresses"] = true;
  const Names names = NamesOf({ServiceJson("kubia", spec)},
                              {SliceJson("kubia", Json::array({
                                                      EndpointJson("kubia-0", "10.244.0.3", Conditions(false, false)),
                                                      EndpointJson("kubia-1", "10.244.0.4", Conditions(true, true)),
                                                  }))});
  ExpectAll(SnapshotOf(names, kZone, 1), {
                                             {"kubia-0.kubia.default.svc.cluster.local", Type::kA, "10.244.0.3"},
                                             {"kubia-1.kubia.default.svc.cluster.local", Type::kA, "10.244.0.4"},
                                             {"kubia.default.svc.cluster.local", Type::kA, "10.244.0.3 10.244.0.4"},
                                             {"4.0.244.10.in-addr.arpa", Type::kPtr, "1"},
                                         });
}

TEST(SnapshotOf, ServicesOfOtherTypes) {
  const Json ports = Json::array({Json{{"name", "http"}, {"protocol", "TCP"}, {"port", 80}}});
  const Names names = NamesOf(
      {ServiceJson("web",
                   Json{{"clusterIP", "10.96.0.9"}, {"clusterIPs", Json::array({"10.96.0.9"})}, {"ports", ports}}),
       ServiceJson("far", Json{{"type", "ExternalName"}, {"externalName", "db.example.org"}}),
       ServiceJson("pending", Json{{"type", "ClusterIP"}, {"ports", ports}}), ServiceJson("alone", Headless())},
      {SliceJson("web", Json::array({EndpointJson("web-0", "10.244.0.3", Conditions(true, false))}))});
  ExpectAll(SnapshotOf(names, kZone, 1),
            {
                {"web.default.svc.cluster.local", Type::kA, "10.96.0.9"},
                {"_http._tcp.web.default.svc.cluster.local", Type::kSrv, "1"},
                {"far.default.svc.cluster.local", Type::kCname, "1"},
                {"far.default.svc.cluster.local", Type::kA, "NODATA"},
                // A service that has no address yet, and a headless one without endpoints, have no name.
                {"pending.default.svc.cluster.local", Type::kA, "NXDOMAIN"},
                {"alone.default.svc.cluster.local", Type::kA, "NXDOMAIN"},
            });
}

TEST(EntryOf, IsWhatTheServiceAndItsSlicesSayInTheirOrder) {
  const Names names =
      NamesOf({ServiceJson("kubia", Headless())},
              {SliceJson("kubia", Json::array({EndpointJson("kubia-1", "10.244.0.4", Conditions(true, false)),
                                               EndpointJson("kubia-2", "10.244.0.5", Conditions(false, false))})),
               SliceJson("kubia", Json::array({EndpointJson("kubia-0", "10.244.0.3", Conditions(true, false))}))});
  const dns::ServiceEntry expected{
      .ns = "default",
      .name = "kubia",
      .headless = true,
      .ports = {{"http", "tcp", 80}},
      .endpoints = {{"kubia-1", {"10.244.0.4"}, {{"http", "tcp", 8080}}},
                    {"kubia-0", {"10.244.0.3"}, {{"http", "tcp", 8080}}}},
  };
  EXPECT_EQ(EntryOf(names.services[0], {names.slices[0].get(), names.slices[1].get()}), expected);
}

TEST(EntryOf, AServiceThatWaitsForItsAddressIsNone) {
  const Names names = NamesOf({ServiceJson("pending", Json{{"type", "ClusterIP"}}),
                               ServiceJson("far", Json{{"type", "ExternalName"}, {"externalName", "db.example.org"}})},
                              {});
  EXPECT_EQ(EntryOf(names.services[0], {}), std::nullopt);
  EXPECT_EQ(EntryOf(names.services[1], {}),
            (dns::ServiceEntry{.ns = "default", .name = "far", .external_name = "db.example.org"}));
}

TEST(SnapshotOf, NamespacesExistWithoutServices) {
  Names names;
  names.namespaces = {"shop"};
  ExpectAll(SnapshotOf(names, kZone, 1), {
                                             {"shop.svc.cluster.local", Type::kA, "NODATA"},
                                             {"default.svc.cluster.local", Type::kA, "NODATA"},
                                             {"other.svc.cluster.local", Type::kA, "NXDOMAIN"},
                                         });
}

TEST(SnapshotOf, SlicesOfOneServiceAddUpAndThoseOfOthersDoNotMix) {
  Json second = SliceJson("kubia", Json::array({EndpointJson("kubia-1", "10.244.0.4", Conditions(true, false))}));
  second["metadata"]["name"] = "kubia-second";
  Json elsewhere = SliceJson("kubia", Json::array({EndpointJson("kubia-9", "10.244.0.9", Conditions(true, false))}));
  elsewhere["metadata"]["namespace"] = "shop";
  const Names names =
      NamesOf({ServiceJson("kubia", Headless())},
              {SliceJson("kubia", Json::array({EndpointJson("kubia-0", "10.244.0.3", Conditions(true, false))})),
               second, elsewhere});
  ExpectAll(SnapshotOf(names, kZone, 1), {{"kubia.default.svc.cluster.local", Type::kA, "10.244.0.3 10.244.0.4"}});
}

TEST(SnapshotOf, AnAddressThatIsNoneIsLeftOutAndNamed) {
  const Names names =
      NamesOf({ServiceJson("kubia", Headless())},
              {SliceJson("kubia", Json::array({EndpointJson("kubia-0", "no-address", Conditions(true, false)),
                                               EndpointJson("kubia-1", "10.244.0.4", Conditions(true, false))}))});
  const Built built = SnapshotOf(names, kZone, 1);
  ASSERT_EQ(built.problems.size(), 1u);
  EXPECT_THAT(built.problems[0], HasSubstr("no-address"));
  ExpectAll(built, {{"kubia.default.svc.cluster.local", Type::kA, "10.244.0.4"}});
}

}  // namespace
}  // namespace ordinal::names
