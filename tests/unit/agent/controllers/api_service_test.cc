// The service "kubernetes" is there, leads to the API, and comes back (agent/controllers/api_service).
#include <gmock/gmock.h>

#include "agent/controllers/api_service/controller.h"
#include "agent/controllers/endpoints/controller.h"
#include "agent/events/log_recorder.h"
#include "agent/objects/local/local_objects.h"
#include "agent/objects/read_your_writes.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::controllers::api_service {
namespace {

using api::Json;

class ApiServiceTest : public testing::Test {
 protected:
  void Start(Address address) {
    address_ = std::move(address);
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "service", controller_.Run());
    Spawn(io_.get_executor(), "endpoints", endpoints_.Run());
    RunReady(io_);
  }
  void MakeNamespace() {
    Json body = {{"apiVersion", "v1"}, {"kind", "Namespace"}};
    body["metadata"] = Json{{"name", kNamespace}};
    ASSERT_TRUE(RunTask(io_, client_.Create(std::move(body))).ok());
    RunReady(io_);
  }
  Json Read(const char* kind) {
    const auto found = RunTask(io_, store_.Get({kind, kNamespace, kName}));
    return found.ok() ? found->body() : Json();
  }
  void Change(const char* kind, std::function<bool(Json&)> change) {
    ASSERT_TRUE(RunTask(io_, client_.Modify({kind, kNamespace, kName}, std::move(change))).ok());
    RunReady(io_);
  }
  /// Address and port of all three, which say the same.
  void ExpectAll(const std::string& host, int port) {
    const Json service = Read("Service"), endpoints = Read("Endpoints"), slice = Read("EndpointSlice");
    ASSERT_TRUE(service.is_object() && endpoints.is_object() && slice.is_object());
    EXPECT_EQ(service["spec"]["ports"][0]["port"], port);
    EXPECT_EQ(service["spec"]["clusterIP"], "None");
    EXPECT_EQ(endpoints["subsets"][0]["addresses"][0]["ip"], host);
    EXPECT_EQ(endpoints["subsets"][0]["ports"][0]["port"], port);
    EXPECT_EQ(slice["endpoints"][0]["addresses"], Json::array({host}));
    EXPECT_EQ(slice["metadata"]["labels"]["kubernetes.io/service-name"], "kubernetes");
    EXPECT_EQ(slice["ports"][0]["name"], "https");
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SystemRandom random_;
  store::MemoryStore store_;
  objects::Caches caches_{store_, clock_};
  objects::ReadYourWrites written_{store_, caches_};
  objects::LocalObjects client_{written_, clock_, random_};
  events::LogRecorder recorder_;
  Address address_;
  Context context_{io_.get_executor(), clock_, client_, recorder_, random_, "node-a"};
  Controller controller_{context_, caches_, [this] { return address_; }};
  endpoints::Controller endpoints_{context_, caches_};  // which leaves it alone
};

TEST_F(ApiServiceTest, IsMadeWithItsNamespace) {
  Start({"10.244.0.1", 6443});
  EXPECT_TRUE(Read("Service").is_null());
  MakeNamespace();
  ExpectAll("10.244.0.1", 6443);
  EXPECT_EQ(Read("EndpointSlice")["addressType"], "IPv4");
  EXPECT_EQ(Read("Service")["metadata"]["labels"], Json({{"component", "apiserver"}, {"provider", "kubernetes"}}));
}

TEST_F(ApiServiceTest, WhatWasTakenOrChangedComesBack) {
  MakeNamespace();
  Start({"10.244.0.1", 6443});
  for (const char* kind : {"Service", "Endpoints", "EndpointSlice"}) {
    ASSERT_TRUE(RunTask(io_, client_.Delete({kind, kNamespace, kName}, {})).ok());
    RunReady(io_);
    ExpectAll("10.244.0.1", 6443);
  }
  Change("Service", [](Json& body) { return (body["spec"]["ports"][0]["port"] = 1).is_number(); });
  Change("Endpoints", [](Json& body) { return body.erase("subsets") > 0; });
  Change("EndpointSlice", [](Json& body) { return (body["endpoints"] = Json::array()).is_array(); });
  ExpectAll("10.244.0.1", 6443);
  Change("Service", [](Json& body) { return (body["metadata"]["labels"]["mine"] = "x").is_string(); });
  EXPECT_EQ(Read("Service")["metadata"]["labels"]["mine"], "x");
}

TEST_F(ApiServiceTest, ItSelectsNoPodsAndKeepsItsType) {
  MakeNamespace();
  Start({"10.244.0.1", 6443});
  const Json before = Read("Service")["spec"];
  for (const char* patch : {R"({"selector":{"app":"mine"}})", R"({"type":"ExternalName","externalName":"example.com",
          "clusterIP":null,"clusterIPs":null,"selector":{"app":"mine"}})"}) {
    Change("Service", [patch](Json& body) { return body["spec"].merge_patch(Json::parse(patch)), true; });
    EXPECT_EQ(Read("Service")["spec"], before) << patch;
    ExpectAll("10.244.0.1", 6443);
    EXPECT_EQ(RunTask(io_, store_.List("EndpointSlice", {})).value().items.size(), 1U) << patch;
  }
}

TEST_F(ApiServiceTest, AnotherAddressIsFollowed) {
  MakeNamespace();
  Start({"10.244.0.1", 6443});
  address_ = {"10.244.0.9", 6443};
  clock_.Advance(std::chrono::minutes(1));
  RunReady(io_);
  ExpectAll("10.244.0.9", 6443);
}

TEST_F(ApiServiceTest, AnEarlierAddressIsReplaced) {
  MakeNamespace();
  for (Json body : DocumentsFor({"fd00::1", 7443})) {
    ASSERT_TRUE(RunTask(io_, client_.Create(std::move(body))).ok());
  }
  Start({"10.244.0.1", 6443});
  ExpectAll("10.244.0.1", 6443);
  EXPECT_EQ(Read("EndpointSlice")["addressType"], "IPv4");
}

TEST_F(ApiServiceTest, WithoutAnAddressItHasNoEndpoints) {
  MakeNamespace();
  Start({"", 0});
  EXPECT_EQ(Read("Service")["spec"]["clusterIP"], "None");
  EXPECT_TRUE(api::Member(Read("EndpointSlice"), "endpoints").empty());
  EXPECT_TRUE(api::Member(Read("Endpoints"), "subsets").empty());
}

TEST_F(ApiServiceTest, NothingIsWrittenTwice) {
  MakeNamespace();
  Start({"10.244.0.1", 6443});
  const uint64_t revision = RunTask(io_, store_.List("Service", {})).value().revision;
  clock_.Advance(std::chrono::minutes(10));
  RunReady(io_);
  EXPECT_EQ(RunTask(io_, store_.List("Service", {})).value().revision, revision);
}

}  // namespace
}  // namespace ordinal::controllers::api_service
