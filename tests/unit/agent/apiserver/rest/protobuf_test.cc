// A pod in protobuf is the pod that the same fields make in JSON, on its way in and on its way out.
#include <gmock/gmock.h>

#include "agent/api/kinds/shared/fields.h"
#include "agent/api/openapi/more_types.h"
#include "agent/api/protobuf/message.h"
#include "agent/apiserver/rest/protobuf.h"
#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::HasSubstr;

std::string Varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
std::string Bytes(int number, const std::string& bytes) {
  return Varint(static_cast<uint64_t>(number) << 3 | 2) + Varint(bytes.size()) + bytes;
}
std::string Number(int number, uint64_t value) { return Varint(static_cast<uint64_t>(number) << 3) + Varint(value); }
std::string Entry(int number, const std::string& key, const std::string& value) {
  return Bytes(number, Bytes(1, key) + Bytes(2, value));
}

/// The envelope of a v1 Pod with this metadata and spec.
std::string Envelope(const std::string& name, const std::string& spec) {
  const std::string pod = Bytes(1, Bytes(1, name) + Entry(11, "app", "a")) + Bytes(2, spec);
  return std::string("k8s\0", 4) + Bytes(1, Bytes(1, "v1") + Bytes(2, "Pod")) + Bytes(2, pod);
}

constexpr const char* kSpec = R"({
  "containers": [{"name": "c", "image": "i:1", "command": ["sh", "-c", "true"], "stdin": true, "tty": true,
    "ports": [{"containerPort": 80, "protocol": "UDP"}],
    "env": [{"name": "A", "value": "b"}, {"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
    "resources": {"limits": {"memory": "64Mi"}},
    "volumeMounts": [{"name": "host", "mountPath": "/host", "readOnly": true}],
    "securityContext": {"privileged": false, "capabilities": {"add": ["SYS_PTRACE"]}}}],
  "initContainers": [{"name": "first", "image": "i:1"}],
  "volumes": [{"name": "host", "hostPath": {"path": "/", "type": ""}}, {"name": "e", "emptyDir": {}}],
  "restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "hostPID": true, "hostNetwork": true,
  "nodeName": "n", "nodeSelector": {"a": "b"},
  "tolerations": [{"operator": "Exists"}],
  "securityContext": {"runAsUser": 0, "fsGroup": 7},
  "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
    {"matchExpressions": [{"key": "k", "operator": "In", "values": ["v"]}]}]}}}})";

/// kSpec by the numbers of core/v1.
std::string SpecBytes() {
  const std::string env =
      Bytes(7, Bytes(1, "A") + Bytes(2, "b")) +
      Bytes(7, Bytes(1, "N") + Bytes(2, "") + Bytes(3, Bytes(1, Bytes(1, "") + Bytes(2, "metadata.name"))));
  const std::string container = Bytes(1, "c") + Bytes(2, "i:1") + Bytes(3, "sh") + Bytes(3, "-c") + Bytes(3, "true") +
                                Bytes(6, Bytes(1, "") + Number(2, 0) + Number(3, 80) + Bytes(4, "UDP") + Bytes(5, "")) +
                                env + Bytes(8, Entry(1, "memory", Bytes(1, "64Mi"))) +
                                Bytes(9, Bytes(1, "host") + Number(2, 1) + Bytes(3, "/host") + Bytes(4, "")) +
                                Bytes(15, Bytes(1, Bytes(1, "SYS_PTRACE")) + Number(2, 0)) + Number(16, 1) +
                                Number(17, 0) + Number(18, 1);
  const std::string volumes = Bytes(1, Bytes(1, "host") + Bytes(2, Bytes(1, Bytes(1, "/") + Bytes(2, "")))) +
                              Bytes(1, Bytes(1, "e") + Bytes(2, Bytes(2, Bytes(1, ""))));
  const std::string term = Bytes(1, Bytes(1, "k") + Bytes(2, "In") + Bytes(3, "v"));
  return volumes + Bytes(2, container) + Bytes(3, "Never") + Number(4, 0) + Entry(7, "a", "b") + Bytes(10, "n") +
         Number(11, 1) + Number(12, 1) + Bytes(14, Number(2, 0) + Number(5, 7)) +
         Bytes(18, Bytes(1, Bytes(1, Bytes(1, term)))) + Bytes(20, Bytes(1, "first") + Bytes(2, "i:1")) +
         Bytes(22, Bytes(1, "") + Bytes(2, "Exists"));
}

class ProtobufTest : public RestFixture {
 protected:
  /// Each pod's volume with its token has a name of its own.
  static Json WithoutToken(Json spec) {
    spec["volumes"].erase(spec["volumes"].size() - 1);
    for (const char* list : {"containers", "initContainers"}) {
      for (Json& container : spec[list]) container["volumeMounts"].erase(container["volumeMounts"].size() - 1);
    }
    return spec;
  }
  http::Response PostBytes(const std::string& bytes) {
    return Send("POST", kPods, Sent{bytes, "application/vnd.kubernetes.protobuf", "application/json"});
  }
  http::Response PostJson(const std::string& name, const Json& spec) {
    Json body = PodBody(name);
    body["spec"] = spec;
    return Post(kPods, body);
  }
};

TEST_F(ProtobufTest, APodIsReadWithAllItsFields) {
  const http::Response read = PostBytes(Envelope("a", SpecBytes()));
  ASSERT_EQ(read.status, 201) << Text(read);
  const http::Response json = PostJson("b", Json::parse(kSpec));
  ASSERT_EQ(json.status, 201) << Text(json);
  EXPECT_EQ(WithoutToken(Body(read)["spec"]), WithoutToken(Body(json)["spec"]));
  EXPECT_EQ(Body(read)["metadata"]["labels"], Body(json)["metadata"]["labels"]);
}

TEST_F(ProtobufTest, QuestionsAreReadAndAnsweredInIt) {
  const std::string extra = Entry(4, "scopes", Bytes(1, "a") + Bytes(1, "b"));
  const Json scopes = Json::parse(R"({"scopes": ["a", "b"]})");
  struct Case {
    const char* version;
    const char* kind;
    std::string message;
    Json::json_pointer at;
    Json value;
  };
  const std::string subject = Bytes(2, Bytes(3, "eve") + Entry(5, "scopes", Bytes(1, "a") + Bytes(1, "b")));
  const Case cases[] = {
      {"authorization.k8s.io/v1", "SubjectAccessReview", subject, "/spec/user"_json_pointer, "eve"},
      {"authorization.k8s.io/v1", "SubjectAccessReview", subject, "/spec/extra"_json_pointer, scopes},
      {"authorization.k8s.io/v1", "LocalSubjectAccessReview", subject, "/spec/user"_json_pointer, "eve"},
      {"authorization.k8s.io/v1", "SelfSubjectAccessReview", Bytes(2, Bytes(2, Bytes(1, "/x"))),
       "/spec/nonResourceAttributes/path"_json_pointer, "/x"},
      {"authorization.k8s.io/v1", "SelfSubjectRulesReview", Bytes(2, Bytes(1, "n")), "/spec/namespace"_json_pointer,
       "n"},
      {"authentication.k8s.io/v1", "TokenReview", Bytes(3, Number(1, 1) + Bytes(2, Bytes(1, "eve") + extra)),
       "/status/user/extra"_json_pointer, scopes},
      {"authentication.k8s.io/v1", "SelfSubjectReview", Bytes(2, Bytes(1, extra)),
       "/status/userInfo/extra"_json_pointer, scopes},
      {"authentication.k8s.io/v1", "TokenRequest", Bytes(2, Bytes(1, "aud")), "/spec/audiences"_json_pointer,
       Json::array({"aud"})},
      {"policy/v1", "Eviction", Bytes(2, Number(1, 5)), "/deleteOptions/gracePeriodSeconds"_json_pointer, 5},
      {"v1", "Binding", Bytes(2, Bytes(3, "node")), "/target/name"_json_pointer, "node"},
      {"autoscaling/v1", "Scale", Bytes(2, Number(1, 3)), "/spec/replicas"_json_pointer, 3},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(std::string(one.kind) + " " + one.at.to_string());
    const std::string type = Bytes(1, one.version) + Bytes(2, one.kind);
    const auto read = ReadProtobuf(std::string("k8s\0", 4) + Bytes(1, type) + Bytes(2, one.message));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->value(one.at, Json()), one.value);
    http::Response answer;
    answer.body = read->dump();
    AnswerInProtobuf(answer);
    const auto again = ReadProtobuf(Text(answer));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->value(one.at, Json()), one.value);
  }
}

TEST_F(ProtobufTest, NumbersThatNoFieldHasArePassedOver) {
  const std::string newer =
      Bytes(4001, "x") + Number(4002, 5) + Varint(4003 << 3 | 1) + "12345678" + Varint(4004 << 3 | 5) + "1234";
  const http::Response read = PostBytes(Envelope("a", newer + Bytes(2, Bytes(1, "c") + Bytes(2, "i:1"))));
  EXPECT_EQ(read.status, 201) << Text(read);
}

TEST_F(ProtobufTest, WhatIsNotSupportedIsRefusedAsInJson) {
  const std::string device = Bytes(21, Bytes(1, "v") + Bytes(2, "/dev/x"));  // volumeDevices
  const http::Response read = PostBytes(Envelope("a", Bytes(2, Bytes(1, "c") + Bytes(2, "i:1") + device)));
  const http::Response json = PostJson("a", Json::parse(R"({"containers": [{"name": "c", "image": "i:1",
    "volumeDevices": [{"name": "v", "devicePath": "/dev/x"}]}]})"));
  EXPECT_EQ(read.status, 422) << Text(read);
  EXPECT_EQ(Body(read), Body(json));
  EXPECT_THAT(Text(read), HasSubstr("spec.containers[0].volumeDevices"));
}

TEST_F(ProtobufTest, NoCutOfItIsTakenForSomethingElse) {
  const std::string bytes = Envelope("a", SpecBytes());
  for (size_t length = 1; length < bytes.size(); ++length) {
    EXPECT_THAT(PostBytes(bytes.substr(0, length)).status, testing::AnyOf(400, 415, 422)) << length;
  }
}

constexpr const char* kAcceptsIt = "application/vnd.kubernetes.protobuf,application/json";

struct Unwrapped {
  std::string version, kind, raw;
};

Unwrapped Unwrap(std::string_view bytes) {
  EXPECT_TRUE(bytes.starts_with(std::string_view("k8s\0", 4))) << bytes;
  bytes.remove_prefix(std::min<size_t>(bytes.size(), 4));
  const auto part = [](std::string_view of, int number) { return std::string(api::protobuf::Part(of, number)->bytes); };
  return {part(part(bytes, 1), 1), part(part(bytes, 1), 2), part(bytes, 2)};
}

/// The items of a list's message.
std::vector<std::string> ItemsOf(const std::string& raw) {
  std::vector<std::string> items;
  for (api::protobuf::Wire wire(raw); !wire.AtEnd();) {
    const auto value = wire.Next();
    if (value->number == 2) items.emplace_back(value->bytes);
  }
  return items;
}

/// {type, enveloped object} of each event of a piece.
std::vector<std::pair<std::string, std::string>> FramesOf(std::string_view piece) {
  std::vector<std::pair<std::string, std::string>> events;
  while (piece.size() > 4) {
    size_t size = 0;
    for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(piece[static_cast<size_t>(i)]);
    const std::string_view event = piece.substr(4, size);
    const auto object = api::protobuf::Part(event, 2);
    events.emplace_back(api::protobuf::Part(event, 1)->bytes, api::protobuf::Part(object->bytes, 1)->bytes);
    piece.remove_prefix(std::min(piece.size(), 4 + size));
  }
  EXPECT_TRUE(piece.empty());
  return events;
}

TEST_F(ProtobufTest, AnObjectIsAnsweredInIt) {
  PostJson("a", Json::parse(kSpec));
  const std::string path = std::string(kPods) + "/a";
  const http::Response answer = Send("GET", path, Sent{"", "", kAcceptsIt});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/vnd.kubernetes.protobuf");
  const auto read = ReadProtobuf(Text(answer));
  ASSERT_TRUE(read.ok());
  const Json json = Body(Send("GET", path));
  EXPECT_EQ((*read)["spec"]["containers"][0]["env"], json["spec"]["containers"][0]["env"]);
  EXPECT_EQ((*read)["metadata"]["name"], "a");
  EXPECT_EQ((*read)["status"], json["status"]);
  const http::Response patched =
      Send("PATCH", path, Sent{R"({"metadata":{"labels":{"x":"y"}}})", "application/merge-patch+json", kAcceptsIt});
  EXPECT_EQ((*ReadProtobuf(Text(patched)))["metadata"]["labels"]["x"], "y");
}

TEST_F(ProtobufTest, ListsAreAnsweredInItShortAndLong) {
  for (int i = 0; i < 30; ++i) {
    PostJson("p" + std::to_string(100 + i), Json::parse(kSpec));
    if (i != 1 && i != 29) continue;
    const http::Response answer = Send("GET", std::string(kPods) + "?limit=25", Sent{"", "", kAcceptsIt});
    EXPECT_EQ(answer.content_type, "application/vnd.kubernetes.protobuf");
    const Unwrapped list = Unwrap(Text(answer));
    EXPECT_EQ(list.version + " " + list.kind, "v1 PodList");
    const auto meta = api::protobuf::ReadMessage(api::openapi::kListMeta, api::protobuf::Part(list.raw, 1)->bytes);
    const auto items = ItemsOf(list.raw);
    ASSERT_EQ(items.size(), i == 1 ? 2U : 25U);
    EXPECT_EQ(meta->contains("remainingItemCount"), i == 29);
    const auto first = api::protobuf::ReadMessage(*api::FindKind("Pod")->schema, items[0]);
    EXPECT_EQ((*first)["metadata"]["name"], "p100");
  }
}

TEST_F(ProtobufTest, RefusalsAreAnsweredInIt) {
  const http::Response answer = Send("GET", std::string(kPods) + "/none", Sent{"", "", kAcceptsIt});
  EXPECT_EQ(answer.status, 404);
  const Unwrapped status = Unwrap(Text(answer));
  EXPECT_EQ(status.version + " " + status.kind, "v1 Status");
  const auto read = api::protobuf::ReadMessage(api::openapi::kStatus, status.raw);
  EXPECT_EQ((*read)["message"], "pods \"none\" not found");
  EXPECT_EQ((*read)["code"], 404);
}

TEST_F(ProtobufTest, AWatchIsFramed) {
  PostJson("a", Json::parse(kSpec));
  const std::string query =
      "?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
  const http::Response watch =
      Send("GET", kPods + query, Sent{"", "", "application/vnd.kubernetes.protobuf;stream=watch"});
  EXPECT_EQ(watch.content_type, "application/vnd.kubernetes.protobuf;stream=watch");
  const auto piece = RunTask(io_, std::get<std::shared_ptr<http::Stream>>(watch.body)->Next());
  const auto events = FramesOf(*piece);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].first, "ADDED");
  EXPECT_EQ((*ReadProtobuf(events[0].second))["metadata"]["name"], "a");
  EXPECT_EQ(events[1].first, "BOOKMARK");
  EXPECT_EQ((*ReadProtobuf(events[1].second))["metadata"]["annotations"]["k8s.io/initial-events-end"], "true");
  for (int i = 0; i < 40; ++i) PostJson("q" + std::to_string(i), Json::parse(kSpec));
  const http::Response old = Send("GET", std::string(kPods) + "?watch=1&resourceVersion=1", Sent{"", "", kAcceptsIt});
  const auto error = FramesOf(Text(old));
  ASSERT_EQ(error.size(), 1U);
  EXPECT_EQ(error[0].first, "ERROR");
  EXPECT_EQ(Unwrap(error[0].second).kind, "Status");
}

TEST_F(ProtobufTest, MetadataAloneIsAnsweredInIt) {
  PostJson("a", Json::parse(kSpec));
  const std::string one = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
  const std::string all = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
  const Unwrapped object = Unwrap(Text(Send("GET", std::string(kPods) + "/a", Sent{"", "", one})));
  EXPECT_EQ(object.version + " " + object.kind, "meta.k8s.io/v1 PartialObjectMetadata");
  const auto meta = api::protobuf::ReadMessage(api::schema::kObjectMeta, api::protobuf::Part(object.raw, 1)->bytes);
  EXPECT_EQ((*meta)["name"], "a");
  EXPECT_FALSE(api::protobuf::Part(object.raw, 2)->bytes.size());
  const Unwrapped list = Unwrap(Text(Send("GET", kPods, Sent{"", "", all})));
  EXPECT_EQ(list.version + " " + list.kind, "meta.k8s.io/v1 PartialObjectMetadataList");
  EXPECT_EQ(ItemsOf(list.raw).size(), 1U);
}

TEST_F(ProtobufTest, TheClientChoosesTheFormat) {
  PostJson("a", Json::parse(kSpec));
  const std::string table = ";as=Table;g=meta.k8s.io;v=v1";
  const struct {
    std::string accept;
    const char* type;
  } cases[] = {
      {"application/json,application/vnd.kubernetes.protobuf", "application/json"},
      {"application/json;q=0.5, application/vnd.kubernetes.protobuf", "application/vnd.kubernetes.protobuf"},
      {"*/*, application/vnd.kubernetes.protobuf", "application/vnd.kubernetes.protobuf"},
      {"application/*", "application/json"},
      {"text/html, application/yaml", "application/yaml"},
      {"application/vnd.kubernetes.protobuf" + table + ", application/yaml", "application/yaml"},
      {"application/vnd.kubernetes.protobuf, application/json" + table, "application/vnd.kubernetes.protobuf"},
  };
  for (const auto& each : cases) {
    const http::Response answer = Send("GET", std::string(kPods) + "/a", Sent{"", "", each.accept});
    EXPECT_EQ(answer.content_type, each.type) << each.accept;
  }
  for (const std::string& accept : {std::string("text/html"), "application/vnd.kubernetes.protobuf" + table,
                                    std::string("application/json;as=Chair;g=meta.k8s.io;v=v1")}) {
    const http::Response answer = Send("GET", std::string(kPods) + "/a", Sent{"", "", accept});
    EXPECT_EQ(answer.status, 406) << accept;
    EXPECT_EQ(Body(answer)["reason"], "NotAcceptable");
    EXPECT_EQ(Body(answer)["message"],
              "only the following media types are accepted: application/json, application/yaml, "
              "application/vnd.kubernetes.protobuf");
  }
}

}  // namespace
}  // namespace ordinal::apiserver::rest
